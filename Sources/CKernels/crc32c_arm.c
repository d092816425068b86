// crc32c_arm.c
// CRC-32C by the instructions of ARMv8.

#if defined(__aarch64__)

#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#include "crc32c.h"

int ck_crc32c_has_armv8(void) {
#if defined(__ARM_FEATURE_CRC32)
  return 1;
#elif defined(__linux__)
  return (getauxval(AT_HWCAP) & (1 << 7)) != 0;  // HWCAP_CRC32
#else
  return 0;
#endif
}

__attribute__((target("crc"))) uint32_t ck_crc32c_armv8(uint32_t state, const uint8_t *bytes, size_t count) {
  for (; count >= 8; bytes += 8, count -= 8) state = __crc32cd(state, ck_load64(bytes));
  for (; count > 0; bytes++, count--) state = __crc32cb(state, *bytes);
  return state;
}

#endif
