// ck_descent.h
// One epoch of UMAP's stochastic gradient descent: the same bits on every processor.
#ifndef CK_DESCENT_H
#define CK_DESCENT_H

#include <stdint.h>

/// Random points that repel a point for each edge that attracts it: as many as 128 bits choose, 25 for each.
#define CK_REPULSIONS 5

/// A graph, the forces along its edges, and an epoch.
///
/// A force is a factor of yᵢ − yⱼ that depends on the squared distance. Each cell holds two of them as lines: constant and slope of
/// the attraction, constant and slope of the repulsion. A square's cell is given by its highest bits.
typedef struct {
  const int64_t *starts;     // [count + 1], each point's edges
  const int32_t *numbers;    // the points at the other ends
  const uint32_t *paces;     // fractions of the epochs in which an edge attracts, as fractions of 2³²
  const float *cells;        // [cell_count, 4]
  int64_t count;             // points, at most 2²⁵
  int32_t dimensions;        // 2 or 3
  int32_t cell_count;
  int32_t first_cell;        // of the bits of a square, shifted
  int32_t cell_shift;
  uint32_t key[2];           // of the random points
  uint32_t epoch;
  float rate;
  float limit;               // the farthest that a force moves a point along an axis, for a rate of 1
} ck_descent;

/// The plain form of the kernel `descend`, which gives the same bits.
///
/// Moves points first, first + step, … (`points` of them): moved = place after all their edges that attract in this epoch. A point
/// moves toward the other end twice, as the one end and as the other, and away from random points. All others are seen at `places`.
/// places, moved: [count, dimensions].
void ck_descend(const ck_descent *, const float *places, int64_t first, int64_t step, int64_t points, float *moved);

#endif
