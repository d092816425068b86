// ck_pixels.h
// What moves over pixels without multiplying matrices: few outputs from many channels, pooling, bias gradients.

// The sum over channels of one pixel and one output, eight lanes of channels at a time.
static void narrow(const ck_narrow *d, const float *x, const float *w, const float *bias, float *y) {
  for (int row = 0; row < d->rows; row++)
    for (int k = 0; k < d->outputs; k++) {
      const float *wk = w + k * (ptrdiff_t)d->channels;
      for (int q = 0; q < d->columns; q += 8) {
        const int count = d->columns - q < 8 ? d->columns - q : 8;
        hf sum[8];
        UNROLL for (int p = 0; p < 8; p++) sum[p] = hf_all(0);
        const float *xq = x + row * (ptrdiff_t)d->x_row + q * (ptrdiff_t)d->x_step;
        for (int t = 0; t < d->taps; t++)
          for (int c = 0; c < d->channels; c += 8) {
            const float *xt = xq + d->tap_x[t] + c;
            const hf wv = hf_load(wk + d->tap_w[t] + c);
            if (count == 8) {
              UNROLL for (int p = 0; p < 8; p++) sum[p] += hf_load(xt + p * (ptrdiff_t)d->x_step) * wv;
            } else {
              for (int p = 0; p < count; p++) sum[p] += hf_load(xt + p * (ptrdiff_t)d->x_step) * wv;
            }
          }
        // Eight horizontal sums at once, by adding transposed halves.
        hf pair[4], quad[2];
        UNROLL for (int i = 0; i < 4; i++)
          pair[i] = __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
                    __builtin_shufflevector(sum[2 * i], sum[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
        UNROLL for (int i = 0; i < 2; i++)
          quad[i] = __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 0, 2, 8, 10, 4, 6, 12, 14) +
                    __builtin_shufflevector(pair[2 * i], pair[2 * i + 1], 1, 3, 9, 11, 5, 7, 13, 15);
        hf total = __builtin_shufflevector(quad[0], quad[1], 0, 1, 2, 3, 8, 9, 10, 11) +
                   __builtin_shufflevector(quad[0], quad[1], 4, 5, 6, 7, 12, 13, 14, 15) + hf_all(bias[k]);
        float *to = y + row * (ptrdiff_t)d->y_row + q * (ptrdiff_t)d->y_step + k;
        UNROLL for (int p = 0; p < 8; p++)
          if (p < count) to[p * (ptrdiff_t)d->y_step] = total[p];
      }
    }
}

static void pool(const ck_pool *d, const float *x, float *y) {
  for (int row = 0; row < d->rows; row++)
    for (int q = 0; q < d->columns; q++) {
      const float *xp = x + 2 * row * (ptrdiff_t)d->x_row + 2 * q * (ptrdiff_t)d->x_step;
      float *yp = y + row * (ptrdiff_t)d->y_row + q * (ptrdiff_t)d->y_step;
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
        const hf top = hf_max(hf_max(value[0], value[1]), hf_max(value[2], value[3]));
        const hf g = hf_gate(top, hf_load(gp + c) * d->scale);
        hi open = top == top;
        UNROLL for (int i = 0; i < 4; i++) {
          const hi winner = (value[i] == top) & open;
          open &= ~winner;
          hf_store(gx + at + corner[i] + c, (hf)((hi)g & winner));
        }
      }
    }
}

static void sum_pixels(const float *g, int32_t rows, int32_t columns, int32_t outputs, int32_t step, int32_t row_step,
                       int32_t accumulate, float *sums) {
  for (int k = 0; k < outputs; k += 8) {
    hf sum[4] = {hf_all(0), hf_all(0), hf_all(0), hf_all(0)};
    for (int row = 0; row < rows; row++) {
      const float *gp = g + row * (ptrdiff_t)row_step + k;
      int q = 0;
      for (; q + 4 <= columns; q += 4, gp += 4 * (ptrdiff_t)step)
        UNROLL for (int i = 0; i < 4; i++) sum[i] += hf_load(gp + i * (ptrdiff_t)step);
      for (; q < columns; q++, gp += step) sum[0] += hf_load(gp);
    }
    const hf total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    hf_store(sums + k, accumulate ? hf_load(sums + k) + total : total);
  }
}
