// ck_pixels.h
// The kernels over pixels that multiply no matrices: few outputs from many channels, pooling, bias gradients.

// The sums of eight vectors, in order: halves are added in pairs, so that every addition is of whole vectors.
INLINE hf hf_sums(const hf sum[8]) {
  hf pair[4], quad[2];
  UNROLL for (int i = 0; i < 4; i++)
    pair[i] = __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
              __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
  UNROLL for (int i = 0; i < 2; i++)
    quad[i] = __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
              __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
  return __builtin_shufflevector(quad[0], quad[1], 0, 1, 2, 3, 8, 9, 10, 11) +
         __builtin_shufflevector(quad[0], quad[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

// P neighboring pixels of one output: a vector of channels each, summed over taps and channels.
#define NARROW(v, lanes)                                                                                              \
  INLINE void v##_narrow_pixels(const int P, const ck_narrow *d, const float *x, const float *w, v sum[]) {           \
    const ptrdiff_t step = d->x_step;                                                                                 \
    UNROLL for (int p = 0; p < P; p++) sum[p] = v##_all(0);                                                           \
    for (int t = 0; t < d->taps; t++) {                                                                               \
      const float *xt = x + d->tap_x[t], *wt = w + d->tap_w[t];                                                       \
      for (int c = 0; c < d->channels; c += lanes) {                                                                  \
        const v wv = v##_load(wt + c);                                                                                \
        UNROLL for (int p = 0; p < P; p++) sum[p] += v##_load(xt + c + p * step) * wv;                                \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  /* The same of one vector of channels, and of taps in rows of three, each a pixel to the left of the one before: a  \
     pixel is loaded once for three of the sums, whose additions keep their order. */                                 \
  INLINE void v##_narrow_tap_rows(const ck_narrow *d, const float *x, const float *w, v sum[lanes]) {                 \
    UNROLL for (int p = 0; p < lanes; p++) sum[p] = v##_all(0);                                                       \
    UNROLL for (int t = 0; t < 9; t += 3) {                                                                           \
      const float *xt = x + d->tap_x[t];                                                                              \
      v wv[3];                                                                                                        \
      UNROLL for (int i = 0; i < 3; i++) wv[i] = v##_load(w + d->tap_w[t + i]);                                       \
      UNROLL for (int q = lanes - 1; q >= -2; q--) {                                                                  \
        const v xv = v##_load(xt + q * lanes);                                                                        \
        UNROLL for (int i = 0; i < 3; i++)                                                                            \
          if (q + i >= 0 && q + i < lanes) sum[q + i] += xv * wv[i];                                                  \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  /* A row in vectors of pixels, the last of which overlaps its neighbor. */                                         \
  INLINE void v##_narrow_row(const int in_rows, const ck_narrow *d, const float *x, const float *w, float bias,       \
                             float *y) {                                                                              \
    for (int start = 0; start < d->columns; start += lanes) {                                                         \
      const int q = start + lanes <= d->columns ? start : d->columns - lanes;                                         \
      const float *from = x + q * (ptrdiff_t)d->x_step;                                                               \
      v sum[lanes];                                                                                                   \
      if (in_rows) v##_narrow_tap_rows(d, from, w, sum);                                                              \
      else v##_narrow_pixels(lanes, d, from, w, sum);                                                                 \
      const v total = v##_sums(sum) + v##_all(bias);                                                                  \
      float *to = y + q * (ptrdiff_t)d->y_step;                                                                       \
      if (d->y_step == 1) v##_store(to, total);                                                                       \
      else UNROLL for (int p = 0; p < lanes; p++) to[p * (ptrdiff_t)d->y_step] = total[p];                            \
    }                                                                                                                 \
  }

NARROW(hf, 8)
#if CK_LANES == 16
INLINE vf vf_sums(const vf sum[16]) {
  vf pair[8], quad[4], half[2];
  UNROLL for (int i = 0; i < 8; i++)
    pair[i] = __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30) +
              __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
  UNROLL for (int i = 0; i < 4; i++)
    quad[i] = __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30) +
              __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
  UNROLL for (int i = 0; i < 2; i++)
    half[i] = __builtin_shufflevector(quad[2 * i], quad[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
              __builtin_shufflevector(quad[2 * i], quad[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  return __builtin_shufflevector(half[0], half[1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
         __builtin_shufflevector(half[0], half[1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
NARROW(vf, 16)
#endif

// Whether there are nine taps in rows of three, each a pixel to the left of the one before, and no gap between pixels.
static int has_falling_rows(const ck_narrow *d) {
  if (d->taps != 9 || d->x_step != d->channels) return 0;
  for (int t = 0; t < 9; t++)
    if (d->tap_x[t] != d->tap_x[t / 3 * 3] - t % 3 * d->x_step) return 0;
  return 1;
}

static void narrow(const ck_narrow *d, const float *x, const float *w, const float *bias, float *y) {
  const int in_rows = has_falling_rows(d);
  for (int row = 0; row < d->rows; row++)
    for (int k = 0; k < d->outputs; k++) {
      const float *xr = x + row * (ptrdiff_t)d->x_row, *wk = w + k * (ptrdiff_t)d->channels;
      float *yr = y + row * (ptrdiff_t)d->y_row + k;
#if CK_LANES == 16
      if (d->channels % 16 == 0 && d->columns >= 16) {
        if (in_rows && d->channels == 16) vf_narrow_row(1, d, xr, wk, bias[k], yr);
        else vf_narrow_row(0, d, xr, wk, bias[k], yr);
        continue;
      }
#endif
      if (d->columns >= 8) {
        if (in_rows && d->channels == 8) hf_narrow_row(1, d, xr, wk, bias[k], yr);
        else hf_narrow_row(0, d, xr, wk, bias[k], yr);
        continue;
      }
      for (int q = 0; q < d->columns; q++) {
        hf sum[8] = {hf_all(0), hf_all(0), hf_all(0), hf_all(0), hf_all(0), hf_all(0), hf_all(0), hf_all(0)};
        hf_narrow_pixels(1, d, xr + q * (ptrdiff_t)d->x_step, wk, sum);
        yr[q * (ptrdiff_t)d->y_step] = hf_sums(sum)[0] + bias[k];
      }
    }
}

static void pool(const ck_pool *d, const float *x, float *y) {
  for (int row = 0; row < d->rows; row++)
    for (int q = 0; q < d->columns; q++) {
      const float *xp = x + 2 * row * (ptrdiff_t)d->x_row + 2 * q * (ptrdiff_t)d->x_step;
      float *yp = y + row * (ptrdiff_t)d->y_row + q * (ptrdiff_t)d->y_step;
      if (d->is_mean) {
        for (int c = 0; c < d->channels; c += 8)
          hf_store(yp + c, ((hf_load(xp + c) + hf_load(xp + d->x_step + c)) +
                            (hf_load(xp + d->x_row + c) + hf_load(xp + d->x_row + d->x_step + c))) * 0.25f);
        continue;
      }
      for (int c = 0; c < d->channels; c += 8)
        hf_store(yp + c, hf_max(hf_max(hf_load(xp + c), hf_load(xp + d->x_step + c)),
                                hf_max(hf_load(xp + d->x_row + c), hf_load(xp + d->x_row + d->x_step + c))));
    }
}

static void pool_gradient(const ck_pool *d, const float *x, const float *gy, float *gx) {
  for (int row = 0; row < d->rows; row++)
    for (int q = 0; q < d->columns; q++) {
      const ptrdiff_t at = 2 * row * (ptrdiff_t)d->x_row + 2 * q * (ptrdiff_t)d->x_step;
      const ptrdiff_t corner[4] = {0, d->x_step, d->x_row, d->x_row + d->x_step};
      const float *gp = gy + row * (ptrdiff_t)d->y_row + q * (ptrdiff_t)d->y_step;
      for (int c = 0; c < d->channels; c += 8) {
        hf value[4];
        UNROLL for (int i = 0; i < 4; i++) value[i] = hf_load(x + at + corner[i] + c);
        if (d->is_mean) {
          const hf share = hf_load(gp + c) * (0.25f * d->scale);
          UNROLL for (int i = 0; i < 4; i++)
            hf_store(gx + at + corner[i] + c, d->is_gated ? hf_gate(value[i], share) : share);
          continue;
        }
        const hf top = hf_max(hf_max(value[0], value[1]), hf_max(value[2], value[3]));
        const hf scaled = hf_load(gp + c) * d->scale, g = d->is_gated ? hf_gate(top, scaled) : scaled;
        hi open = top == top;
        UNROLL for (int i = 0; i < 4; i++) {
          const hi winner = (value[i] == top) & open;
          open &= ~winner;
          hf_store(gx + at + corner[i] + c, (hf)((hi)g & winner));
        }
      }
    }
}

// The sum of a block of pixels, eight outputs each.
INLINE hf hf_pixel_sum(const float *g, int rows, int columns, ptrdiff_t step, ptrdiff_t row_step) {
  hf sum[4] = {hf_all(0), hf_all(0), hf_all(0), hf_all(0)};
  for (int row = 0; row < rows; row++) {
    const float *gp = g + row * row_step;
    int q = 0;
    for (; q + 4 <= columns; q += 4, gp += 4 * step)
      UNROLL for (int i = 0; i < 4; i++) sum[i] += hf_load(gp + i * step);
    for (; q < columns; q++, gp += step) sum[0] += hf_load(gp);
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void sum_pixels(const float *g, int32_t rows, int32_t columns, int32_t outputs, int32_t step, int32_t row_step,
                       int32_t accumulate, float *sums) {
  const block_size block = block_of(rows, columns);
  for (int k = 0; k < outputs; k += 8) {
    hd total = accumulate ? hd_of(hf_load(sums + k)) : (hd){0};
    for (int top = 0; top < rows; top += block.rows)
      for (int left = 0; left < columns; left += block.columns)
        total += hd_of(hf_pixel_sum(g + top * (ptrdiff_t)row_step + left * (ptrdiff_t)step + k, at_most(block.rows, rows - top),
                                    at_most(block.columns, columns - left), step, row_step));
    hf_store(sums + k, hf_of(total));
  }
}
