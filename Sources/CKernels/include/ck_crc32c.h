// ck_crc32c.h
// CRC-32C (Castagnoli): polynomial 0x1EDC6F41 reflected, initial value and final xor 0xFFFFFFFF.

#ifndef CK_CRC32C_H
#define CK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// Returns the checksum after `bytes`, given the checksum `crc` of the bytes before them (0: there are none), by the fastest
// implementation for this processor.
uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count);

// Every implementation, for tests and benchmarks: 0 is the reference, one bit at a time.
int ck_crc32c_implementations(void);

// Returns the name of implementation `index`, or NULL if this processor cannot run it.
const char *ck_crc32c_name(int index);

// Computes ck_crc32c by implementation `index`, which must have a name.
uint32_t ck_crc32c_by(int index, uint32_t crc, const void *bytes, size_t count);

#endif
