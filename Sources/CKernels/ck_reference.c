// ck_reference.c
// The kernels as ck_network.h defines them, one loop a letter, summed in double precision: the specification that every
// other set is tested against.

#include <math.h>
#include <stddef.h>
#include "ck_network.h"
#include "ck_philox.h"

static void correlate(const ck_correlation *d, const float *x, const float *w, const float *bias, const float *gate,
                      float *y) {
  for (int p = 0; p < d->rows; p++)
    for (int q = 0; q < d->columns; q++)
      for (int k = 0; k < d->outputs; k++) {
        const ptrdiff_t at = (ptrdiff_t)p * d->y_row + (ptrdiff_t)q * d->y_step + k;
        double sum = d->epilogue == CK_BIAS || d->epilogue == CK_BIAS_RELU ? bias[k] : 0;
        for (int t = 0; t < d->taps; t++)
          for (int c = 0; c < d->channels; c++)
            sum += (double)x[(ptrdiff_t)p * d->x_row + (ptrdiff_t)q * d->x_step + d->tap_x[t] + c] *
                   w[d->tap_w[t] + (ptrdiff_t)c * d->outputs + k];
        if (d->epilogue == CK_BIAS_RELU && !(sum > 0)) sum = 0;
        if (d->epilogue == CK_GATE) sum = gate[at] > 0 ? d->scale * sum : 0;
        y[at] = (float)sum;
      }
}

static void outer_sum(const ck_outer_sum *d, const float *a, const float *b, float *w) {
  for (int t = 0; t < d->taps; t++)
    for (int c = 0; c < d->channels; c++)
      for (int k = 0; k < d->outputs; k++) {
        double sum = 0;
        for (int p = 0; p < d->rows; p++)
          for (int q = 0; q < d->columns; q++)
            sum += (double)a[(ptrdiff_t)p * d->a_row + (ptrdiff_t)q * d->a_step + d->tap_a[t] + c] *
                   b[(ptrdiff_t)p * d->b_row + (ptrdiff_t)q * d->b_step + d->tap_b[t] + k];
        float *to = w + ((ptrdiff_t)t * d->channels + c) * d->outputs + k;
        *to = (float)(d->accumulate ? *to + sum : sum);
      }
}

static void narrow(const ck_narrow *d, const float *x, const float *w, const float *bias, float *y) {
  for (int p = 0; p < d->rows; p++)
    for (int q = 0; q < d->columns; q++)
      for (int k = 0; k < d->outputs; k++) {
        double sum = bias[k];
        for (int t = 0; t < d->taps; t++)
          for (int c = 0; c < d->channels; c++)
            sum += (double)x[(ptrdiff_t)p * d->x_row + (ptrdiff_t)q * d->x_step + d->tap_x[t] + c] *
                   w[d->tap_w[t] + (ptrdiff_t)k * d->channels + c];
        y[(ptrdiff_t)p * d->y_row + (ptrdiff_t)q * d->y_step + k] = (float)sum;
      }
}

static void pool(const ck_pool *d, const float *x, float *y) {
  for (int p = 0; p < d->rows; p++)
    for (int q = 0; q < d->columns; q++)
      for (int c = 0; c < d->channels; c++) {
        const float *corner = x + (ptrdiff_t)2 * p * d->x_row + (ptrdiff_t)2 * q * d->x_step + c;
        float top = corner[0];
        double sum = corner[0];
        for (int i = 1; i < 4; i++) {
          const float value = corner[i / 2 * (ptrdiff_t)d->x_row + i % 2 * (ptrdiff_t)d->x_step];
          if (value > top) top = value;
          sum += value;
        }
        y[(ptrdiff_t)p * d->y_row + (ptrdiff_t)q * d->y_step + c] = d->is_mean ? (float)(sum / 4) : top;
      }
}

static void pool_gradient(const ck_pool *d, const float *x, const float *gy, float *gx) {
  for (int p = 0; p < d->rows; p++)
    for (int q = 0; q < d->columns; q++)
      for (int c = 0; c < d->channels; c++) {
        const ptrdiff_t at = (ptrdiff_t)2 * p * d->x_row + (ptrdiff_t)2 * q * d->x_step + c;
        const float g = gy[(ptrdiff_t)p * d->y_row + (ptrdiff_t)q * d->y_step + c] * d->scale;
        ptrdiff_t winner = at;
        for (int i = 0; i < 4; i++) {
          const ptrdiff_t corner = at + i / 2 * (ptrdiff_t)d->x_row + i % 2 * (ptrdiff_t)d->x_step;
          gx[corner] = d->is_mean && (x[corner] > 0 || !d->is_gated) ? g / 4 : 0;
          if (x[corner] > x[winner]) winner = corner;
        }
        if (!d->is_mean && (x[winner] > 0 || !d->is_gated)) gx[winner] = g;
      }
}

static void sum_pixels(const float *g, int32_t rows, int32_t columns, int32_t outputs, int32_t step, int32_t row_step,
                       int32_t accumulate, float *sums) {
  for (int k = 0; k < outputs; k++) {
    double sum = accumulate ? sums[k] : 0;
    for (int p = 0; p < rows; p++)
      for (int q = 0; q < columns; q++) sum += g[(ptrdiff_t)p * row_step + (ptrdiff_t)q * step + k];
    sums[k] = (float)sum;
  }
}

static void repel(const float *x, const float *y, const float *z, const float *m, int64_t n, int64_t first, int64_t count,
                  float *fx, float *fy, float *fz, double *sums) {
  for (int64_t i = 0; i < count; i++) {
    double sx = 0, sy = 0, sz = 0, sum = 0;
    for (int64_t j = 0; j < n; j++) {
      const double dx = (double)x[first + i] - x[j], dy = (double)y[first + i] - y[j], dz = z ? (double)z[first + i] - z[j] : 0;
      const double mass = m ? m[j] : 1, q = 1 / (1 + dx * dx + dy * dy + dz * dz);
      sum += mass * q;
      sx += mass * q * q * dx;
      sy += mass * q * q * dy;
      sz += mass * q * q * dz;
    }
    fx[i] = (float)sx, fy[i] = (float)sy, sums[i] = sum;
    if (z) fz[i] = (float)sz;
  }
}

static void add_squared_distances(const double *x, int32_t rows, const double *y, int32_t columns, int32_t dimensions,
                                  int32_t fused, double *sums) {
#pragma clang fp contract(off)
  (void)fused;
  for (int32_t r = 0; r < rows; r++)
    for (int32_t c = 0; c < columns; c++)
      for (int32_t k = 0; k < dimensions; k++) {
        const double difference = x[r * (ptrdiff_t)dimensions + k] - y[k * (ptrdiff_t)columns + c];
        const double square = difference * difference;
        sums[r * (ptrdiff_t)columns + c] += square;
      }
}

static double logistic(double z) { return 1 / (1 + exp(-z)); }

static double cross_entropy(const float *z, const float *x, float *g, int64_t n, float scale) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    sum += (z[i] > 0 ? z[i] : 0) - (double)z[i] * x[i] + log1p(exp(-fabs((double)z[i])));
    if (g) g[i] = (float)((logistic(z[i]) - x[i]) * scale);
  }
  return sum;
}

static double squared_error(const float *z, const float *x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (logistic(z[i]) - x[i]) * (logistic(z[i]) - x[i]);
  return sum;
}

static double squared_loss(const float *z, const float *x, float *g, int64_t n, float scale) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const double s = logistic(z[i]);
    sum += (s - x[i]) * (s - x[i]);
    g[i] = (float)(2 * scale * (s - x[i]) * s * (1 - s));
  }
  return sum;
}

static void sigmoid(const float *z, float *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (float)logistic(z[i]);
}

static double activated(int32_t function, double x) {
  switch (function) {
    case CK_LEAKY_RELU: return x > 0 ? x : 0.01f * x;
    case CK_ELU: return x > 0 ? x : expm1(x);
    case CK_SIGMOID: return logistic(x);
    case CK_TANH: return tanh(x);
    default: return x > 0 ? x : x == x ? 0 : x;
  }
}

// f′(x) from y = f(x).
static double slope(int32_t function, double y) {
  switch (function) {
    case CK_LEAKY_RELU: return y > 0 ? 1 : 0.01f;
    case CK_ELU: return y > 0 ? 1 : y + 1;
    case CK_SIGMOID: return y * (1 - y);
    case CK_TANH: return 1 - y * y;
    default: return y > 0;
  }
}

static void activate(int32_t function, float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] = (float)activated(function, x[i]);
}

static void activation_gradient(int32_t function, const float *y, float scale, float *g, int64_t n) {
  for (int64_t i = 0; i < n; i++) g[i] = (float)(g[i] * slope(function, y[i] / (double)scale));
}

static void bytes_to_floats(const uint8_t *x, float *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (float)(x[i] / 255.0);
}

static void add_noise(float *x, int64_t n, float factor, const uint32_t key[2], uint32_t index, uint32_t epoch) {
  for (int64_t i = 0; i < n; i += 2) {
    uint32_t word[4];
    ck_philox(word, (uint64_t)i / 4, index, epoch, key);
    const int pair = (int)(i % 4);
    const double radius = sqrt(-2 * log(((word[pair] >> 8) + 0.5) * 0x1p-24));
    const double angle = 2 * 3.14159265358979323846 * ((int32_t)word[pair + 1] >> 8) * 0x1p-24;
    const double normal[2] = {radius * cos(angle), radius * sin(angle)};
    for (int j = 0; j < 2 && i + j < n; j++) {
      const double noisy = x[i + j] + factor * normal[j];
      x[i + j] = (float)(noisy < 0 ? 0 : noisy > 1 ? 1 : noisy);
    }
  }
}

static void dropout(float *x, int64_t n, uint32_t threshold, float scale, const uint32_t key[2], uint64_t first,
                    uint32_t index, uint32_t epoch) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t word[4];
    ck_philox(word, first + (uint64_t)i / 4, index, epoch, key);
    x[i] = word[i % 4] < threshold ? 0 : x[i] * scale;
  }
}

static void widen(float *sum, int64_t n, int32_t accumulate, double *total) {
  for (int64_t i = 0; i < n; i++) total[i] = (accumulate ? total[i] : 0) + sum[i], sum[i] = 0;
}

static void settle(const double *total, float *sum, int64_t n) {
  for (int64_t i = 0; i < n; i++) sum[i] = (float)(total[i] + sum[i]);
}

static void tree_sum(const float *partials, int64_t stride, int32_t count, int64_t n, float *sum) {
  for (int64_t i = 0; i < n; i++) {
    double total = 0;
    for (int32_t p = 0; p < count; p++) total += partials[p * stride + i];
    sum[i] = (float)total;
  }
}

static void adam(const ck_adam *d, float *g, float *m, float *v, float *w, int64_t n, double sums[2]) {
  sums[0] = sums[1] = 0;
  for (int64_t i = 0; i < n; i++) {
    const double whole = g[i] + (double)d->decay * w[i], gradient = whole * d->gain;
    sums[0] += whole * whole;
    sums[1] += (double)w[i] * w[i];
    if (d->is_sgd) {
      const double moment = (double)d->beta1 * m[i] + gradient;
      w[i] = (float)(w[i] * (double)d->shrink - d->rate * moment);
      g[i] = (float)gradient, m[i] = (float)moment;
      continue;
    }
    const double moment1 = (double)d->beta1 * m[i] + (1.0f - d->beta1) * gradient;
    const double moment2 = (double)d->beta2 * v[i] + (1.0f - d->beta2) * gradient * gradient;
    w[i] = (float)(w[i] * (double)d->shrink - d->rate * moment1 / (sqrt(moment2) * d->root_correction + d->epsilon));
    g[i] = (float)gradient, m[i] = (float)moment1, v[i] = (float)moment2;
  }
}

static void count_above(const float *x, const float *y, int32_t n, const float *limits, int32_t count, int32_t *above) {
  for (int32_t k = 0; k < count; k++)
    for (int32_t j = 0; j < n; j++) above[k] += x[j] + y[j] > limits[k];
}

static void transpose(const float *from, int32_t rows, int32_t columns, int32_t from_row, int32_t to_row, float *to) {
  for (int32_t r = 0; r < rows; r++)
    for (int32_t c = 0; c < columns; c++) to[(ptrdiff_t)c * to_row + r] = from[(ptrdiff_t)r * from_row + c];
}

static int64_t multiply_adds(int64_t rounds, float *sum) {
  double chain[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int64_t r = 0; r < rounds; r++)
    for (int c = 0; c < 8; c++) chain[c] = chain[c] * 0.999 + 0.001;
  *sum = 0;
  for (int c = 0; c < 8; c++) *sum += (float)chain[c];
  return rounds * 8;
}

const ck_kernels ck_kernels_reference = {
  .name = "reference", .lanes = 1,
  .correlate = correlate, .outer_sum = outer_sum, .narrow = narrow, .pool = pool, .pool_gradient = pool_gradient,
  .sum_pixels = sum_pixels, .cross_entropy = cross_entropy, .squared_error = squared_error,
  .squared_loss = squared_loss, .sigmoid = sigmoid,
  .activate = activate, .activation_gradient = activation_gradient,
  .bytes_to_floats = bytes_to_floats, .add_noise = add_noise, .dropout = dropout, .tree_sum = tree_sum,
  .widen = widen, .settle = settle, .adam = adam, .transpose = transpose, .count_above = count_above, .repel = repel,
  .add_squared_distances = add_squared_distances, .descend = ck_descend,
  .multiply_adds = multiply_adds,
};
