// agreement.c
// Compares the kernels of this processor with the reference, over small shapes, as the Swift tests do where Swift runs.
// It prints a line for each kernel; the status is 1 if one differs by more than its tolerance.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "CKernels.h"

static float *noise(size_t count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 1023) / 64 * 64);
  if (!values) exit(2);
  for (size_t i = 0; i < count; i++) values[i] = (float)rand() / (float)RAND_MAX * 2 - 1;
  return values;
}

static double worst[8];

// Computes ‖got − want‖ / ‖want‖ and keeps the largest of each kernel; frees neither array.
static void compare(int kernel, const float *got, const float *want, size_t count) {
  double difference = 0, norm = 1e-30;
  for (size_t i = 0; i < count; i++) {
    difference += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
    norm += (double)want[i] * want[i];
  }
  const double error = sqrt(difference / norm);
  if (!(error <= worst[kernel])) worst[kernel] = error;
}

// A picture with a border of zeros, side × side pixels of `channels`.
static float *picture(int side, int channels) {
  const int row = (side + 2) * channels;
  float *values = noise((size_t)(side + 2) * row + 64);
  for (int p = 0; p < side + 2; p++)
    for (int q = 0; q < side + 2; q++)
      if (p == 0 || q == 0 || p == side + 1 || q == side + 1)
        memset(values + p * row + q * channels, 0, sizeof(float) * (size_t)channels);
  return values;
}

static void convolutions(const ck_kernels *k, const ck_kernels *reference, int side, int channels, int outputs) {
  const int x_row = (side + 2) * channels, y_row = (side + 2) * outputs, size = (side + 2) * y_row;
  float *x = picture(side, channels), *g = picture(side, outputs), *w = noise(9 * (size_t)channels * outputs);
  float *bias = noise((size_t)outputs), *got = noise((size_t)size + 64), *want = noise((size_t)size + 64);
  float *dw = noise(9 * (size_t)channels * outputs), *dw_want = noise(9 * (size_t)channels * outputs);
  const size_t points = 36 * (size_t)ck_winograd_apart(channels, outputs);
  float *u = noise(points), *du = noise(points), *scratch = noise((size_t)ck_winograd_scratch(channels, outputs));
  memset(got, 0, sizeof(float) * (size_t)size), memset(want, 0, sizeof(float) * (size_t)size);
  double *totals = malloc(sizeof(double) * points);
  ck_correlation c = {.rows = side, .columns = side, .channels = channels, .outputs = outputs, .x_step = channels,
                      .x_row = x_row, .y_step = outputs, .y_row = y_row, .taps = 9, .epilogue = CK_BIAS_RELU, .scale = 1};
  ck_outer_sum o = {.rows = side, .columns = side, .channels = channels, .outputs = outputs, .a_step = channels,
                    .a_row = x_row, .b_step = outputs, .b_row = y_row, .taps = 9};
  ck_winograd f = {.height = side, .width = side, .channels = channels, .outputs = outputs, .x_step = channels,
                   .x_row = x_row, .y_step = outputs, .y_row = y_row, .kernel_channels = channels, .kernel_outputs = outputs,
                   .epilogue = CK_BIAS_RELU, .scale = 1};
  for (int t = 0; t < 9; t++) {
    c.tap_x[t] = o.tap_a[t] = (t / 3 - 1) * x_row + (t % 3 - 1) * channels;
    c.tap_w[t] = f.tap_w[t] = t * channels * outputs;
  }
  const float *xo = x + x_row + channels, *go = g + y_row + outputs;
  const int y_origin = y_row + outputs;
  reference->correlate(&c, xo, w, bias, NULL, want + y_origin);
  k->correlate(&c, xo, w, bias, NULL, got + y_origin);
  compare(0, got, want, (size_t)size);
  k->winograd_kernel(&f, w, u);
  k->winograd(&f, xo, u, bias, NULL, scratch, got + y_origin);
  compare(1, got, want, (size_t)size);
  reference->outer_sum(&o, xo, go, dw_want);
  k->outer_sum(&o, xo, go, dw);
  compare(2, dw, dw_want, 9 * (size_t)channels * outputs);
  k->winograd_gradient(&f, xo, go, scratch, 0, du, totals);
  k->winograd_kernel_gradient(&f, ck_winograd_blocks(side, side), du, totals, dw);
  compare(3, dw, dw_want, 9 * (size_t)channels * outputs);
  float *all[] = {x, g, w, bias, got, want, dw, dw_want, u, du, scratch};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
  free(totals);
}

static void elements(const ck_kernels *k, const ck_kernels *reference) {
  enum { count = 1003 };
  float *z = noise(count), *x = noise(count), *got = noise(count), *want = noise(count);
  for (int i = 0; i < count; i++) z[i] *= 12, x[i] = (x[i] + 1) / 2;
  double a = k->cross_entropy(z, x, got, count, 0.5f), b = reference->cross_entropy(z, x, want, count, 0.5f);
  compare(4, got, want, count);
  worst[5] = fabs(a - b) / b;
  k->sigmoid(z, got, count);
  reference->sigmoid(z, want, count);
  compare(6, got, want, count);
  uint32_t crc = ck_crc32c(0, "123456789", 9);
  worst[7] = crc == 0xe3069283 ? 0 : 1;
}

int main(void) {
  static const char *const names[] = {"correlate", "winograd", "outer_sum", "winograd_gradient",
                                      "cross_entropy gradient", "cross_entropy", "sigmoid", "crc32c"};
  static const double tolerances[] = {2e-6, 1e-5, 2e-6, 1e-5, 1e-5, 1e-5, 1e-5, 0};
  const ck_kernels *k = ck_kernels_for(ck_best_instruction_set()), *reference = ck_kernels_for(CK_REFERENCE);
  static const int sides[] = {1, 2, 3, 4, 5, 7, 8, 9, 14}, widths[] = {8, 16, 24};
  for (size_t s = 0; s < sizeof sides / sizeof sides[0]; s++)
    for (int c = 0; c < 3; c++)
      for (int o = 0; o < 3; o++) convolutions(k, reference, sides[s], widths[c], widths[o]);
  elements(k, reference);
  int failed = 0;
  for (int i = 0; i < 8; i++) {
    const int good = worst[i] <= tolerances[i];
    failed += !good;
    printf("%s: %s: error %.2g, at most %.2g\n", good ? "ok" : "FAILED", names[i], worst[i], tolerances[i]);
  }
  printf("%d passed, %d failed (%s)\n", 8 - failed, failed, k->name);
  return failed > 0;
}
