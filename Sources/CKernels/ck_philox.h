// ck_philox.h
// Random words by counter: Philox 4×32 with ten rounds, one counter at a time.
#ifndef CK_PHILOX_H
#define CK_PHILOX_H

#include <stdint.h>

// Writes the four words of a counter (its number, index, epoch) under a key.
static inline void ck_philox(uint32_t word[4], uint64_t counter, uint32_t index, uint32_t epoch, const uint32_t key[2]) {
  uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), index, epoch}, k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    const uint64_t p0 = (uint64_t)c[0] * 0xD2511F53u, p1 = (uint64_t)c[2] * 0xCD9E8D57u;
    const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c[1] ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c[3] ^ k1;
    c[0] = n0, c[1] = (uint32_t)p1, c[2] = n2, c[3] = (uint32_t)p0;
  }
  for (int j = 0; j < 4; j++) word[j] = c[j];
}

#endif
