// crc32c.c
// The one place that chooses how CRC-32C is computed.

#include "ck_crc32c.h"

#include "crc32c.h"

typedef uint32_t (*crc_function)(uint32_t, const uint8_t *, size_t);

static int always(void) { return 1; }

// From the simplest to the fastest; the last that runs here is used.
static const struct {
  const char *name;
  int (*runs_here)(void);
  crc_function function;
} implementations[] = {
    {"bitwise", always, ck_crc32c_bitwise},
    {"slicing by 8", always, ck_crc32c_slicing},
#if defined(__x86_64__)
    {"SSE4.2", ck_crc32c_has_sse42, ck_crc32c_sse42},
    {"SSE4.2, three streams", ck_crc32c_has_interleaved, ck_crc32c_interleaved},
#elif defined(__aarch64__)
    {"ARMv8", ck_crc32c_has_armv8, ck_crc32c_armv8},
#endif
};

enum { implementation_count = sizeof implementations / sizeof implementations[0] };

static crc_function fastest = ck_crc32c_slicing;

__attribute__((constructor)) static void choose(void) {
  for (int i = 0; i < implementation_count; i++) {
    if (implementations[i].runs_here()) fastest = implementations[i].function;
  }
}

uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count) { return ~fastest(~crc, bytes, count); }

int ck_crc32c_implementations(void) { return implementation_count; }

const char *ck_crc32c_name(int index) {
  return implementations[index].runs_here() ? implementations[index].name : NULL;
}

uint32_t ck_crc32c_by(int index, uint32_t crc, const void *bytes, size_t count) {
  return ~implementations[index].function(~crc, bytes, count);
}
