// ck_repel.h
// The repulsion of t-SNE, every point against every other: exact, and short enough in registers to need no tree.

// 1 / x for x ≥ 1, to the last bit or two.
#ifndef CK_RECIPROCAL
#define CK_RECIPROCAL(x) (1.0f / (x))
#endif

// Points whose sums are computed together, so that they all use one load.
#define REPEL_BLOCK 2048

INLINE void repel_rows(const int R, const float *x, const float *y, const float *z, const float *m, int64_t n, int64_t i,
                       float *fx, float *fy, float *fz, double *sums) {
  double total[R], tx[R], ty[R], tz[R];
  for (int r = 0; r < R; r++) total[r] = tx[r] = ty[r] = tz[r] = 0;
  for (int64_t start = 0; start < n; start += REPEL_BLOCK) {
    const int64_t end = start + REPEL_BLOCK < n ? start + REPEL_BLOCK : n;
    vf xi[R], yi[R], zi[R], sum[R], ax[R], ay[R], az[R];
    UNROLL for (int r = 0; r < R; r++) {
      xi[r] = vf_all(x[i + r]), yi[r] = vf_all(y[i + r]), zi[r] = vf_all(z ? z[i + r] : 0);
      sum[r] = ax[r] = ay[r] = az[r] = vf_all(0);
    }
    for (int64_t j = start; j < end; j += CK_LANES) {
      const vf xj = vf_load(x + j), yj = vf_load(y + j), zj = z ? vf_load(z + j) : vf_all(0);
      UNROLL for (int r = 0; r < R; r++) {
        vf dx = xi[r] - xj, dy = yi[r] - yj, dz = zi[r] - zj, d = dx * dx + 1.0f;
        d = dy * dy + d;
        if (z) d = dz * dz + d;
        vf q = CK_RECIPROCAL(d), q2 = q * q;
        if (m) {
          const vf mass = vf_load(m + j);
          sum[r] += q * mass;
          q2 *= mass;
        } else {
          sum[r] += q;
        }
        ax[r] += q2 * dx;
        ay[r] += q2 * dy;
        if (z) az[r] += q2 * dz;
      }
    }
    for (int r = 0; r < R; r++) total[r] += vf_sum(sum[r]), tx[r] += vf_sum(ax[r]), ty[r] += vf_sum(ay[r]);
    if (z)
      for (int r = 0; r < R; r++) tz[r] += vf_sum(az[r]);
  }
  for (int r = 0; r < R; r++) fx[r] = (float)tx[r], fy[r] = (float)ty[r], sums[r] = total[r];
  if (z)
    for (int r = 0; r < R; r++) fz[r] = (float)tz[r];
}

// One loop for each of plane and space, with masses and without.
#define REPEL_ALL(Z, M)                                                                                                    \
  for (; done + CK_REPEL_ROWS <= count; done += CK_REPEL_ROWS)                                                             \
    repel_rows(CK_REPEL_ROWS, x, y, Z, M, n, first + done, fx + done, fy + done, fz + done, sums + done)

static void repel(const float *x, const float *y, const float *z, const float *m, int64_t n, int64_t first, int64_t count,
                  float *fx, float *fy, float *fz, double *sums) {
  int64_t done = 0;
  // A plane has no third force; its address alone is used.
  if (!fz) fz = fx;
  if (z && m) REPEL_ALL(z, m);
  else if (z) REPEL_ALL(z, NULL);
  else if (m) REPEL_ALL(NULL, m);
  else REPEL_ALL(NULL, NULL);
  for (; done < count; done++) repel_rows(1, x, y, z, m, n, first + done, fx + done, fy + done, fz + done, sums + done);
}
