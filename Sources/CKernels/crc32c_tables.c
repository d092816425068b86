// crc32c_tables.c
// CRC-32C on any processor: one bit at a time (the specification), and eight bytes at a time from tables.

#include "crc32c.h"

enum { polynomial_reflected = (int)0x82F63B78u };

static uint32_t after_bit(uint32_t state) { return (state >> 1) ^ ((state & 1) ? (uint32_t)polynomial_reflected : 0); }

uint32_t ck_crc32c_bitwise(uint32_t state, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    state ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) state = after_bit(state);
  }
  return state;
}

// table[k][b]: the checksum's contribution of byte b, followed by k zero bytes.
static uint32_t table[8][256];

__attribute__((constructor)) static void make_table(void) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t state = b;
    for (int bit = 0; bit < 8; bit++) state = after_bit(state);
    table[0][b] = state;
  }
  for (int k = 1; k < 8; k++) {
    for (int b = 0; b < 256; b++) table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 255];
  }
}

uint32_t ck_crc32c_slicing(uint32_t state, const uint8_t *bytes, size_t count) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word = ck_load64(bytes) ^ state;
    state = 0;
    for (int k = 0; k < 8; k++) state ^= table[7 - k][(word >> (8 * k)) & 255];
  }
#endif
  for (; count > 0; bytes++, count--) state = (state >> 8) ^ table[0][(state ^ *bytes) & 255];
  return state;
}
