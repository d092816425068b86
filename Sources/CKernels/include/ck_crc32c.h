// ck_crc32c.h
// CRC-32C (Castagnoli): polynomial 0x1EDC6F41 reflected, initial value and final xor 0xFFFFFFFF.

#ifndef CK_CRC32C_H
#define CK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// The checksum of the bytes whose first part has the checksum `crc` (0: no first part) and whose rest is `bytes`, by the
// fastest implementation of this processor.
uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count);

// Every implementation, for tests and benchmarks: 0 is the reference, one bit at a time.
int ck_crc32c_implementations(void);

// The name of implementation `index`, or NULL where this processor cannot run it.
const char *ck_crc32c_name(int index);

// As ck_crc32c, by implementation `index`, which must have a name.
uint32_t ck_crc32c_by(int index, uint32_t crc, const void *bytes, size_t count);

#endif
