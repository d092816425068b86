// crc32c_x86.c
// CRC-32C by the instruction of SSE4.2: one stream, or three at once whose states a carry-less product joins.

#if defined(__x86_64__)

#include <immintrin.h>

#include "crc32c.h"

int ck_crc32c_has_sse42(void) {
  __builtin_cpu_init();  // may run before the constructor that would do it
  return __builtin_cpu_supports("sse4.2") != 0;
}

int ck_crc32c_has_interleaved(void) { return ck_crc32c_has_sse42() && __builtin_cpu_supports("pclmul") != 0; }

__attribute__((target("sse4.2"))) uint32_t ck_crc32c_sse42(uint32_t state, const uint8_t *bytes, size_t count) {
  uint64_t wide = state;
  for (; count >= 8; bytes += 8, count -= 8) wide = _mm_crc32_u64(wide, ck_load64(bytes));
  state = (uint32_t)wide;
  for (; count > 0; bytes++, count--) state = _mm_crc32_u8(state, *bytes);
  return state;
}

// The instruction takes three cycles and one can start each cycle: three neighboring stretches of `stretch` bytes keep it
// busy. A state moves over n zero bytes by multiplication with x^(8n) modulo the polynomial; the product of two reflected
// polynomials is one bit short, and reducing it by the instruction multiplies by x^32, hence x^(8n - 33).
typedef struct {
  size_t stretch;
  uint32_t over_two, over_one;  // x^(16 stretch - 33), x^(8 stretch - 33)
} interleaving;

__attribute__((target("sse4.2,pclmul"), always_inline)) static inline uint64_t times(uint64_t state, uint32_t factor) {
  __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)state), _mm_cvtsi32_si128((int)factor), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

__attribute__((target("sse4.2,pclmul"), always_inline)) static inline uint64_t three_stretches(
    uint64_t first, const uint8_t *bytes, interleaving by) {
  uint64_t second = 0, third = 0;
  for (size_t i = 0; i < by.stretch; i += 8) {
    first = _mm_crc32_u64(first, ck_load64(bytes + i));
    second = _mm_crc32_u64(second, ck_load64(bytes + by.stretch + i));
    third = _mm_crc32_u64(third, ck_load64(bytes + 2 * by.stretch + i));
  }
  return third ^ _mm_crc32_u64(0, times(first, by.over_two) ^ times(second, by.over_one));
}

__attribute__((target("sse4.2,pclmul"))) uint32_t ck_crc32c_interleaved(
    uint32_t state, const uint8_t *bytes, size_t count) {
  static const interleaving by_long = {1024, 0xA51B6135u, 0x170076FAu}, by_short = {128, 0xB9E02B86u, 0x0D3B6092u};
  uint64_t wide = state;
  for (; count >= 3 * 1024; bytes += 3 * 1024, count -= 3 * 1024) wide = three_stretches(wide, bytes, by_long);
  for (; count >= 3 * 128; bytes += 3 * 128, count -= 3 * 128) wide = three_stretches(wide, bytes, by_short);
  return ck_crc32c_sse42((uint32_t)wide, bytes, count);
}

#endif
