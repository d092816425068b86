// framing.c
// The barest loop that frames ready bytes as TFRecords: what a writer of scalars could reach at most.

#include "counting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck_crc32c.h"

static uint32_t masked(const void *bytes, size_t count) {
  uint32_t crc = ck_crc32c(0, bytes, count);
  return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

int frame_ready_bytes(int file, const uint8_t *payload, size_t size, size_t count, size_t buffer_size) {
  uint8_t *buffer = malloc(buffer_size + size + 16);
  size_t filled = 0;
  int failure = 0;
  for (size_t record = 0; record < count && !failure; record++) {
    uint8_t *target = buffer + filled;
    uint64_t length = size;
    uint32_t checksum = masked(&length, sizeof length);
    memcpy(target, &length, 8);
    memcpy(target + 8, &checksum, 4);
    memcpy(target + 12, payload, size);
    checksum = masked(target + 12, size);
    memcpy(target + 12 + size, &checksum, 4);
    filled += size + 16;
    if (filled >= buffer_size || record + 1 == count) {
      if (write(file, buffer, filled) != (ssize_t)filled) failure = errno;
      filled = 0;
    }
  }
  free(buffer);
  return failure;
}
