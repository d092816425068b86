// ck_distances.h
// Squared distances between two sets of points in double precision: differences first, so no offset costs a digit.

// A register of doubles.
typedef double rd __attribute__((vector_size(CK_LANES * 4)));
typedef double rd_at __attribute__((vector_size(CK_LANES * 4), aligned(8), may_alias));
#define DISTANCE_LANES (CK_LANES / 2)

INLINE rd rd_load(const double *p) { return *(const rd_at *)p; }
INLINE void rd_store(double *p, rd x) { *(rd_at *)p = x; }
INLINE rd rd_all(double x) { return x - (rd){0}; }

// x² + sum, with one rounding where the processor can, and with two.
INLINE rd rd_fused(rd x, rd sum) {
#pragma clang fp contract(fast)
  return x * x + sum;
}
INLINE rd rd_rounded(rd x, rd sum) {
#pragma clang fp contract(off)
  return x * x + sum;
}

// Where FUSED is 0, squares are rounded before they are added: every instruction set, and a scalar loop, gives the same bits.
INLINE void distance_rows(const int FUSED, const int R, const double *x, const double *y, int64_t dimensions, int64_t y_row,
                          double *sums, int64_t sums_row) {
  rd sum[R][2];
  UNROLL for (int r = 0; r < R; r++) {
    sum[r][0] = rd_load(sums + r * sums_row);
    sum[r][1] = rd_load(sums + r * sums_row + DISTANCE_LANES);
  }
  for (int64_t k = 0; k < dimensions; k++) {
    const rd y0 = rd_load(y + k * y_row), y1 = rd_load(y + k * y_row + DISTANCE_LANES);
    UNROLL for (int r = 0; r < R; r++) {
      const rd xr = rd_all(x[r * dimensions + k]);
      const rd d0 = xr - y0, d1 = xr - y1;
      if (FUSED) {
        sum[r][0] = rd_fused(d0, sum[r][0]);
        sum[r][1] = rd_fused(d1, sum[r][1]);
      } else {
        sum[r][0] = rd_rounded(d0, sum[r][0]);
        sum[r][1] = rd_rounded(d1, sum[r][1]);
      }
    }
  }
  UNROLL for (int r = 0; r < R; r++) {
    rd_store(sums + r * sums_row, sum[r][0]);
    rd_store(sums + r * sums_row + DISTANCE_LANES, sum[r][1]);
  }
}

INLINE void distance_tile(const int FUSED, const double *x, int32_t rows, const double *y, int32_t columns,
                          int32_t dimensions, double *sums) {
  for (int32_t c = 0; c < columns; c += 2 * DISTANCE_LANES) {
    int32_t r = 0;
    for (; r + CK_DISTANCE_ROWS <= rows; r += CK_DISTANCE_ROWS)
      distance_rows(FUSED, CK_DISTANCE_ROWS, x + r * (ptrdiff_t)dimensions, y + c, dimensions, columns,
                    sums + r * (ptrdiff_t)columns + c, columns);
    for (; r < rows; r++)
      distance_rows(FUSED, 1, x + r * (ptrdiff_t)dimensions, y + c, dimensions, columns,
                    sums + r * (ptrdiff_t)columns + c, columns);
  }
}

static void add_squared_distances(const double *x, int32_t rows, const double *y, int32_t columns, int32_t dimensions,
                                  int32_t fused, double *sums) {
  if (fused) distance_tile(1, x, rows, y, columns, dimensions, sums);
  else distance_tile(0, x, rows, y, columns, dimensions, sums);
}
