// ck_descent.c
// One epoch of UMAP's stochastic gradient descent, point after point and edge after edge.

#include "ck_descent.h"
#include "ck_philox.h"
#include <string.h>

// Layouts are the same on every processor, so nothing is rounded differently.
#pragma clang fp contract(off)

#define INLINE static inline __attribute__((always_inline))

INLINE const float *cell_of(const ck_descent *d, float square) {
  uint32_t bits;
  memcpy(&bits, &square, sizeof bits);
  int32_t cell = (int32_t)(bits >> d->cell_shift) - d->first_cell;
  cell = cell < 0 ? 0 : cell;
  return d->cells + 4 * (cell < d->cell_count ? cell : d->cell_count - 1);
}

// Moves a place by one force; which: 0 attraction, 2 repulsion.
INLINE void push(const ck_descent *d, const int dimensions, float *at, const float *other, int which) {
  float offset[3], square = 0;
  for (int k = 0; k < dimensions; k++) offset[k] = at[k] - other[k], square += offset[k] * offset[k];
  const float *cell = cell_of(d, square) + which;
  const float factor = cell[0] + cell[1] * square;
  for (int k = 0; k < dimensions; k++) {
    float force = factor * offset[k];
    force = force > d->limit ? d->limit : force < -d->limit ? -d->limit : force;
    at[k] += d->rate * force;
  }
}

INLINE void repel_from_random(const ck_descent *d, const int dimensions, int64_t point, uint64_t edge, const float *places,
                              float *at) {
  uint32_t word[4];
  ck_philox(word, edge, (uint32_t)point, d->epoch, d->key);
  uint64_t low = (uint64_t)word[1] << 32 | word[0], high = (uint64_t)word[3] << 32 | word[2];
  for (int j = 0; j < CK_REPULSIONS; j++, low = low >> 25 | high << 39, high >>= 25) {
    const int64_t other = (int64_t)((low & 0x1FFFFFF) * (uint64_t)d->count >> 25);
    if (other != point) push(d, dimensions, at, places + other * dimensions, 2);
  }
}

INLINE void descend(const ck_descent *d, const int dimensions, const float *places, int64_t point, float *moved) {
  float at[3];
  for (int k = 0; k < dimensions; k++) at[k] = places[point * dimensions + k];
  const uint64_t now = d->epoch, before = now > 0 ? now - 1 : 0;
  for (int64_t edge = d->starts[point]; edge < d->starts[point + 1]; edge++) {
    const uint64_t pace = d->paces[edge];
    if (now * pace >> 32 == before * pace >> 32) continue;
    const float *other = places + (int64_t)d->numbers[edge] * dimensions;
    push(d, dimensions, at, other, 0);
    push(d, dimensions, at, other, 0);
    repel_from_random(d, dimensions, point, (uint64_t)(edge - d->starts[point]), places, at);
  }
  for (int k = 0; k < dimensions; k++) moved[point * dimensions + k] = at[k];
}

void ck_descend(const ck_descent *d, const float *places, int64_t first, int64_t step, int64_t points, float *moved) {
  for (int64_t i = 0; i < points; i++) {
    const int64_t point = first + i * step;
    if (d->dimensions == 2) descend(d, 2, places, point, moved);
    else descend(d, 3, places, point, moved);
  }
}
