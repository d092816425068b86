// counting.h
// C functions of the benchmark: a count of allocations, and a minimal loop that frames ready bytes.

#ifndef COUNTING_H
#define COUNTING_H

#include <stddef.h>
#include <stdint.h>

/// Calls of malloc, calloc, realloc and their like in this process so far; -1 where they can't be counted.
int64_t counted_allocations(void);

/// Frames `payload` `count` times with both checksums, `buffer_size` bytes a write call; 0, or the error's number.
int frame_ready_bytes(int file, const uint8_t *payload, size_t size, size_t count, size_t buffer_size);

#endif
