// ck_repel.h
// The repulsion of t-SNE, every point against every other: exact, and short enough in registers to need no tree.

// 1 / x for x ≥ 1, to the last bit or two.
#ifndef CK_RECIPROCAL
#define CK_RECIPROCAL(x) (1.0f / (x))
#endif

// Points whose sums are computed together, so that they all use one load.
#define REPEL_BLOCK 2048

INLINE void repel_rows(const int R, const float *x, const float *y, const float *m, int64_t n, int64_t i, float *fx,
                       float *fy, double *sums) {
  double total[R], tx[R], ty[R];
  for (int r = 0; r < R; r++) total[r] = tx[r] = ty[r] = 0;
  for (int64_t start = 0; start < n; start += REPEL_BLOCK) {
    const int64_t end = start + REPEL_BLOCK < n ? start + REPEL_BLOCK : n;
    vf xi[R], yi[R], z[R], ax[R], ay[R];
    UNROLL for (int r = 0; r < R; r++) {
      xi[r] = vf_all(x[i + r]), yi[r] = vf_all(y[i + r]);
      z[r] = ax[r] = ay[r] = vf_all(0);
    }
    for (int64_t j = start; j < end; j += CK_LANES) {
      const vf xj = vf_load(x + j), yj = vf_load(y + j);
      UNROLL for (int r = 0; r < R; r++) {
        vf dx = xi[r] - xj, dy = yi[r] - yj, d = dx * dx + 1.0f;
        d = dy * dy + d;
        vf q = CK_RECIPROCAL(d), q2 = q * q;
        if (m) {
          const vf mass = vf_load(m + j);
          z[r] += q * mass;
          q2 *= mass;
        } else {
          z[r] += q;
        }
        ax[r] += q2 * dx;
        ay[r] += q2 * dy;
      }
    }
    for (int r = 0; r < R; r++) total[r] += vf_sum(z[r]), tx[r] += vf_sum(ax[r]), ty[r] += vf_sum(ay[r]);
  }
  for (int r = 0; r < R; r++) fx[r] = (float)tx[r], fy[r] = (float)ty[r], sums[r] = total[r];
}

static void repel(const float *x, const float *y, const float *m, int64_t n, int64_t first, int64_t count, float *fx,
                  float *fy, double *sums) {
  int64_t done = 0;
  if (m) {
    for (; done + CK_REPEL_ROWS <= count; done += CK_REPEL_ROWS)
      repel_rows(CK_REPEL_ROWS, x, y, m, n, first + done, fx + done, fy + done, sums + done);
  } else {
    for (; done + CK_REPEL_ROWS <= count; done += CK_REPEL_ROWS)
      repel_rows(CK_REPEL_ROWS, x, y, NULL, n, first + done, fx + done, fy + done, sums + done);
  }
  for (; done < count; done++) repel_rows(1, x, y, m, n, first + done, fx + done, fy + done, sums + done);
}
