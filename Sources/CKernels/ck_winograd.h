// ck_winograd.h
// Winograd's F(4×4, 3×3): 36 products where 4×4 outputs of a 3×3 kernel take 144, between transforms of additions.
//
// With the polynomial's points at 0, ±1, ±2 and infinity, a tile's output is Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A. Tiles are taken in
// blocks whose points stay in cache; for each of the 36 points, a block is one small product of matrices.

typedef struct {
  int first, count;                        // tiles, row by row
  ptrdiff_t inputs_apart, outputs_apart;   // floats from one point to the next
} tile_block;

typedef struct {
  int top, left, rows, columns;            // the part of the picture that a tile covers
} tile_place;

INLINE tile_place place_of(const ck_winograd *d, int tile) {
  const int across = (d->width + 3) / 4, top = tile / across * 4, left = tile % across * 4;
  return (tile_place){top, left, at_most(4, d->height - top), at_most(4, d->width - left)};
}

// The next block. An extra vector between points keeps them off the same cache lines.
INLINE tile_block block_from(const ck_winograd *d, int first) {
  const int tiles = (d->height + 3) / 4 * ((d->width + 3) / 4), count = even_part(tiles - first, CK_WINOGRAD_BLOCK);
  return (tile_block){first, count, count * (ptrdiff_t)d->channels + 16, count * (ptrdiff_t)d->outputs + 16};
}

#define V vf
#define LANES CK_LANES
#include "ck_winograd_lanes.h"
#undef V
#undef LANES
#if CK_LANES != 8
#define V hf
#define LANES 8
#include "ck_winograd_lanes.h"
#undef V
#undef LANES
#endif

// `call(v, i)` for each vector of a row of `count` floats, whole ones first, then eights.
#if CK_LANES != 8
#define EACH_VECTOR_OF(count, call)                                  \
  {                                                                  \
    int i = 0;                                                       \
    for (; i + CK_LANES <= (count); i += CK_LANES) call(vf, i);      \
    for (; i < (count); i += 8) call(hf, i);                         \
  }
#else
#define EACH_VECTOR_OF(count, call) { for (int i = 0; i < (count); i += 8) call(vf, i); }
#endif

#define PRODUCT(v, B, P) case P: v##_product(P, B, x + t * channels, channels, u + k, outputs, m + t * outputs + k); break;
#define CASES_3(F, v, B) F(v, B, 1) F(v, B, 2) F(v, B, 3)
#define CASES_6(F, v, B) CASES_3(F, v, B) F(v, B, 4) F(v, B, 5) F(v, B, 6)
#define CASES_12(F, v, B) CASES_6(F, v, B) F(v, B, 7) F(v, B, 8) F(v, B, 9) F(v, B, 10) F(v, B, 11) F(v, B, 12)
#define CASES_14(F, v, B) CASES_12(F, v, B) F(v, B, 13) F(v, B, 14)
#define CASES_OF_(most) CASES_##most
#define CASES_OF(most) CASES_OF_(most)
#define EACH_PART(v, B, most)                                        \
  for (int t = 0, part; t < at.count; t += part) {                   \
    part = even_part(at.count - t, most);                            \
    switch (part) { CASES_OF(most)(PRODUCT, v, B) }                  \
  }

// One point's product of a block: m [tiles][outputs] = x [tiles][channels] · u [channels][outputs].
static void block_product(const ck_winograd *d, tile_block at, const float *x, const float *u, float *m) {
  const ptrdiff_t channels = d->channels, outputs = d->outputs;
  int k = 0;
  for (; k + 2 * CK_LANES <= outputs; k += 2 * CK_LANES) EACH_PART(vf, 2, CK_WINOGRAD_PART_2)
  for (; k + CK_LANES <= outputs; k += CK_LANES) EACH_PART(vf, 1, CK_WINOGRAD_PART_1)
#if CK_LANES != 8
  for (; k < outputs; k += 8) EACH_PART(hf, 1, CK_WINOGRAD_PART_1)
#endif
}

// One point's sum over a block: u [channels][outputs] (+)= x [tiles][channels]ᵀ · m [tiles][outputs].
static void block_outer_product(const ck_winograd *d, tile_block at, const float *x, const float *m, int adds, float *u) {
  const ptrdiff_t channels = d->channels, outputs = d->outputs;
#define OUTER(v, k)                                                                                                    \
  {                                                                                                                    \
    int c = 0;                                                                                                         \
    for (; c + CK_WINOGRAD_CHANNELS <= channels; c += CK_WINOGRAD_CHANNELS)                                            \
      v##_outer_product(CK_WINOGRAD_CHANNELS, at.count, x + c, channels, m + k, outputs, adds, u + c * outputs + k);   \
    for (; c < channels; c += 8)                                                                                       \
      v##_outer_product(8, at.count, x + c, channels, m + k, outputs, adds, u + c * outputs + k);                      \
  }
  EACH_VECTOR_OF(outputs, OUTER)
}

// Whether one of a pixel's channels is not zero.
INLINE int is_lit(const float *x, int channels) {
  hi lit = {0};
  for (int c = 0; c < channels; c += 8) lit |= hf_load(x + c) != 0;
  int64_t parts[4];
  __builtin_memcpy(parts, &lit, sizeof parts);
  return (parts[0] | parts[1] | parts[2] | parts[3]) != 0;
}

// Whether an output's bias is zero.
static int has_zero_bias(const ck_winograd *d, const float *bias) {
  for (int k = 0; k < d->kernel_outputs; k++)
    if (bias[k] == 0) return 1;
  return 0;
}

// Writes the bias to outputs whose inputs are all zeros. The transforms leave rounding errors there, and if the bias is zero,
// their signs would decide whether ReLU lets a gradient through.
static void write_dark_outputs(const ck_winograd *d, const float *x, const float *bias, float *y) {
  const int tiles = (d->height + 3) / 4 * ((d->width + 3) / 4);
  for (int t = 0; t < tiles; t++) {
    const tile_place p = place_of(d, t);
    const float *corner = x + (p.top - 1) * (ptrdiff_t)d->x_row + (p.left - 1) * (ptrdiff_t)d->x_step;
    uint64_t lit = 0;  // six bits a row of inputs
    for (int i = 0; i < p.rows + 2; i++)
      for (int j = 0; j < p.columns + 2; j++)
        lit |= (uint64_t)is_lit(corner + i * (ptrdiff_t)d->x_row + j * (ptrdiff_t)d->x_step, d->channels) << (6 * i + j);
    for (int i = 0; i < p.rows; i++)
      for (int j = 0; j < p.columns; j++) {
        if (lit >> (6 * i + j) & (7 | 7 << 6 | 7 << 12)) continue;
        float *to = y + (p.top + i) * (ptrdiff_t)d->y_row + (p.left + j) * (ptrdiff_t)d->y_step;
        for (int k = 0; k < d->outputs; k += 8) hf_store(to + k, hf_max(hf_load(bias + k), hf_all(0)));
      }
  }
}

static void winograd(const ck_winograd *d, const float *x, const float *u, const float *bias, const float *gate,
                     float *scratch, float *y) {
  const int tiles = (d->height + 3) / 4 * ((d->width + 3) / 4);
  const ptrdiff_t kernels_apart = ck_winograd_apart(d->channels, d->outputs);
  float *inputs = scratch, *sums = scratch + 36 * (CK_WINOGRAD_BLOCK * (ptrdiff_t)d->channels + 16);
  tile_block at;
  for (int first = 0; first < tiles; first += at.count) {
    at = block_from(d, first);
#define INPUTS(v, c) v##_block_inputs(d, at, x, inputs, c)
    EACH_VECTOR_OF(d->channels, INPUTS)
    for (int p = 0; p < 36; p++)
      block_product(d, at, inputs + p * at.inputs_apart, u + p * kernels_apart, sums + p * at.outputs_apart);
#define OUTPUTS(v, k) v##_block_outputs(d, at, sums, bias, gate, y, k)
    EACH_VECTOR_OF(d->outputs, OUTPUTS)
  }
  if (d->epilogue == CK_BIAS_RELU && has_zero_bias(d, bias)) write_dark_outputs(d, x, bias, y);
}

static void winograd_gradient(const ck_winograd *d, const float *x, const float *g, float *scratch, int64_t blocks, float *u,
                              double *total) {
  const int tiles = (d->height + 3) / 4 * ((d->width + 3) / 4);
  const ptrdiff_t kernels_apart = ck_winograd_apart(d->channels, d->outputs);
  float *inputs = scratch, *gradients = scratch + 36 * (CK_WINOGRAD_BLOCK * (ptrdiff_t)d->channels + 16);
  tile_block at;
  for (int first = 0; first < tiles; first += at.count) {
    at = block_from(d, first);
    EACH_VECTOR_OF(d->channels, INPUTS)
#define GRADIENTS(v, k) v##_block_gradients(d, at, g, gradients, k)
    EACH_VECTOR_OF(d->outputs, GRADIENTS)
    for (int p = 0; p < 36; p++)
      block_outer_product(d, at, inputs + p * at.inputs_apart, gradients + p * at.outputs_apart, blocks > 0,
                          u + p * kernels_apart);
    if (++blocks % CK_BLOCKS == 0) widen(u, 36 * kernels_apart, blocks > CK_BLOCKS, total);
  }
}

// Gw: the three weights in a row to the six points.
INLINE void kernel_to_points(const hf w[3], hf t[6]) {
  const hf even = (w[0] + w[2]) * (-1.0f / 6), odd = w[1] * (-1.0f / 6);
  const hf wide = (w[0] + 4.0f * w[2]) * (1.0f / 24), half = w[1] * (1.0f / 12);
  t[0] = 0.25f * w[0];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = wide + half;
  t[4] = wide - half;
  t[5] = w[2];
}

// Gᵀu: the gradients of six points to those of the three weights.
INLINE void kernel_from_points(const hf u[6], hf w[3]) {
  const hf s = u[1] + u[2], d = u[1] - u[2], p = u[3] + u[4], q = u[3] - u[4];
  w[0] = 0.25f * u[0] - (1.0f / 6) * s + (1.0f / 24) * p;
  w[1] = (1.0f / 12) * q - (1.0f / 6) * d;
  w[2] = (1.0f / 6) * (p - s) + u[5];
}

static void winograd_kernel(const ck_winograd *d, const float *w, float *u) {
  const ptrdiff_t size = d->kernel_channels * (ptrdiff_t)d->outputs, apart = ck_winograd_apart(d->channels, d->outputs);
  for (ptrdiff_t at = 0; at < size; at += 8) {
    hf down[3][6];
    for (int j = 0; j < 3; j++) {
      hf column[3];
      for (int i = 0; i < 3; i++) column[i] = hf_load(w + d->tap_w[i * 3 + j] + at);
      kernel_to_points(column, down[j]);
    }
    for (int i = 0; i < 6; i++) {
      const hf row[3] = {down[0][i], down[1][i], down[2][i]};
      hf t[6];
      kernel_to_points(row, t);
      for (int j = 0; j < 6; j++) hf_store(u + (i * 6 + j) * apart + at, t[j]);
    }
  }
}

static void winograd_kernel_gradient(const ck_winograd *d, int64_t blocks, float *u, const double *total, float *w) {
  const ptrdiff_t size = d->kernel_channels * (ptrdiff_t)d->outputs, apart = ck_winograd_apart(d->channels, d->outputs);
  if (blocks >= CK_BLOCKS) settle(total, u, 36 * apart);
  for (ptrdiff_t at = 0; at < size; at += 8) {
    hf down[6][3];
    for (int j = 0; j < 6; j++) {
      hf column[6];
      for (int i = 0; i < 6; i++) column[i] = hf_load(u + (i * 6 + j) * apart + at);
      kernel_from_points(column, down[j]);
    }
    for (int i = 0; i < 3; i++) {
      const hf row[6] = {down[0][i], down[1][i], down[2][i], down[3][i], down[4][i], down[5][i]};
      hf out[3];
      kernel_from_points(row, out);
      for (int j = 0; j < 3; j++) hf_store(w + d->tap_w[i * 3 + j] + at, out[j]);
    }
  }
}
