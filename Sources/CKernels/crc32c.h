// crc32c.h
// The declarations common to the implementations of CRC-32C. `state` is the checksum before the final xor.

#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t ck_load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

uint32_t ck_crc32c_bitwise(uint32_t state, const uint8_t *bytes, size_t count);
uint32_t ck_crc32c_slicing(uint32_t state, const uint8_t *bytes, size_t count);

#if defined(__x86_64__)
int ck_crc32c_has_sse42(void);
int ck_crc32c_has_interleaved(void);
uint32_t ck_crc32c_sse42(uint32_t state, const uint8_t *bytes, size_t count);
uint32_t ck_crc32c_interleaved(uint32_t state, const uint8_t *bytes, size_t count);
#elif defined(__aarch64__)
int ck_crc32c_has_armv8(void);
uint32_t ck_crc32c_armv8(uint32_t state, const uint8_t *bytes, size_t count);
#endif

#endif
