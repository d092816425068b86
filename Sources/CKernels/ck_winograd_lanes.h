// ck_winograd_lanes.h
// The transforms and products of ck_winograd.h for one vector width; the including file defines V (vf or hf) and LANES.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OF(name) JOIN(V, name)

// Bᵀd: six inputs in a row to the six points.
INLINE void OF(to_points)(const V d[6], V t[6]) {
  const V a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = d[3] - d[1], twice = e + e;
  t[0] = (d[4] + 4.0f * d[0]) - 5.0f * d[2];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + twice;
  t[4] = c - twice;
  t[5] = (d[5] + 4.0f * d[1]) - 5.0f * d[3];
}

// Aᵀm: six points to the four outputs in a row.
INLINE void OF(from_points)(const V m[6], V y[4]) {
  const V s = m[1] + m[2], d = m[1] - m[2], p = m[3] + m[4], q = m[3] - m[4];
  y[0] = m[0] + s + p;
  y[1] = d + 2.0f * q;
  y[2] = s + 4.0f * p;
  y[3] = d + 8.0f * q + m[5];
}

// Ag: the gradients of four outputs to those of the six points.
INLINE void OF(gradient_to_points)(const V g[4], V t[6]) {
  const V even = g[0] + g[2], odd = g[1] + g[3], wide = g[0] + 4.0f * g[2], half = g[1] + 4.0f * g[3];
  const V twice = half + half;
  t[0] = g[0];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = wide + twice;
  t[4] = wide - twice;
  t[5] = g[3];
}

// BᵀdB of one tile's 6×6 inputs: 36 points, `apart` floats from one to the next. In two halves, which fit the registers.
INLINE void OF(tile_input)(const float *x, ptrdiff_t step, ptrdiff_t row, float *points, ptrdiff_t apart) {
  UNROLL for (int half = 0; half < 6; half += 3) {
    V down[3][6];
    UNROLL for (int j = 0; j < 6; j++) {
      V d[6], t[6];
      UNROLL for (int i = 0; i < 6; i++) d[i] = OF(load)(x + i * row + j * step);
      OF(to_points)(d, t);
      UNROLL for (int i = 0; i < 3; i++) down[i][j] = t[half + i];
    }
    UNROLL for (int i = 0; i < 3; i++) {
      V t[6];
      OF(to_points)(down[i], t);
      UNROLL for (int j = 0; j < 6; j++) OF(store)(points + ((half + i) * 6 + j) * apart, t[j]);
    }
  }
}

// AᵀmA: one tile's 36 points to its 4×4 outputs.
INLINE void OF(tile_output)(const float *points, ptrdiff_t apart, V y[4][4]) {
  V down[4][6];
  UNROLL for (int j = 0; j < 6; j++) {
    V m[6], t[4];
    UNROLL for (int i = 0; i < 6; i++) m[i] = OF(load)(points + (i * 6 + j) * apart);
    OF(from_points)(m, t);
    UNROLL for (int i = 0; i < 4; i++) down[i][j] = t[i];
  }
  UNROLL for (int i = 0; i < 4; i++) OF(from_points)(down[i], y[i]);
}

// AgAᵀ: the gradients of one tile's 4×4 outputs to those of its 36 points.
INLINE void OF(tile_gradient)(const float *g, ptrdiff_t step, ptrdiff_t row, float *points, ptrdiff_t apart) {
  V down[6][4];
  UNROLL for (int j = 0; j < 4; j++) {
    V d[4], t[6];
    UNROLL for (int i = 0; i < 4; i++) d[i] = OF(load)(g + i * row + j * step);
    OF(gradient_to_points)(d, t);
    UNROLL for (int i = 0; i < 6; i++) down[i][j] = t[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    V t[6];
    OF(gradient_to_points)(down[i], t);
    UNROLL for (int j = 0; j < 6; j++) OF(store)(points + (i * 6 + j) * apart, t[j]);
  }
}

// A tile at the picture's edge: `rows` × `columns` pixels from `from`, zeros up to side × side.
INLINE void OF(fill)(const int side, const float *from, ptrdiff_t step, ptrdiff_t row, int rows, int columns, float *to) {
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++)
      OF(store)(to + (i * side + j) * LANES, i < rows && j < columns ? OF(load)(from + i * row + j * step) : OF(all)(0));
}

// One vector of channels of a block of tiles to points [36][tiles][channels].
static void OF(block_inputs)(const ck_winograd *d, tile_block at, const float *x, float *points, int channel) {
  for (int t = 0; t < at.count; t++) {
    const tile_place p = place_of(d, at.first + t);
    const float *corner = x + (p.top - 1) * (ptrdiff_t)d->x_row + (p.left - 1) * (ptrdiff_t)d->x_step + channel;
    float *to = points + t * (ptrdiff_t)d->channels + channel;
    if (p.rows == 4 && p.columns == 4) {
      OF(tile_input)(corner, d->x_step, d->x_row, to, at.inputs_apart);
    } else {
      float tile[36 * LANES];
      OF(fill)(6, corner, d->x_step, d->x_row, p.rows + 2, p.columns + 2, tile);
      OF(tile_input)(tile, LANES, 6 * LANES, to, at.inputs_apart);
    }
  }
}

// One vector of outputs of a block of tiles from points [36][tiles][outputs], with the epilogue.
static void OF(block_outputs)(const ck_winograd *d, tile_block at, const float *points, const float *bias,
                              const float *gate, float *y, int output) {
  const V offset = bias ? OF(load)(bias + output) : OF(all)(0);
  const V floor = OF(all)(d->epilogue == CK_BIAS_RELU ? 0 : -__builtin_inff());
  for (int t = 0; t < at.count; t++) {
    const tile_place p = place_of(d, at.first + t);
    const ptrdiff_t corner = p.top * (ptrdiff_t)d->y_row + p.left * (ptrdiff_t)d->y_step + output;
    V sum[4][4];
    OF(tile_output)(points + t * (ptrdiff_t)d->outputs + output, at.outputs_apart, sum);
    UNROLL for (int i = 0; i < 4; i++) UNROLL for (int j = 0; j < 4; j++) {
      if (i >= p.rows || j >= p.columns) continue;
      const ptrdiff_t to = corner + i * (ptrdiff_t)d->y_row + j * (ptrdiff_t)d->y_step;
      OF(store)(y + to, d->epilogue == CK_GATE ? OF(gate)(OF(load)(gate + to), sum[i][j] * d->scale)
                                                : OF(max)(sum[i][j] + offset, floor));
    }
  }
}

// One vector of outputs of a block of tiles: gradients to points [36][tiles][outputs].
static void OF(block_gradients)(const ck_winograd *d, tile_block at, const float *g, float *points, int output) {
  for (int t = 0; t < at.count; t++) {
    const tile_place p = place_of(d, at.first + t);
    const float *corner = g + p.top * (ptrdiff_t)d->y_row + p.left * (ptrdiff_t)d->y_step + output;
    float *to = points + t * (ptrdiff_t)d->outputs + output;
    if (p.rows == 4 && p.columns == 4) {
      OF(tile_gradient)(corner, d->y_step, d->y_row, to, at.outputs_apart);
    } else {
      float tile[16 * LANES];
      OF(fill)(4, corner, d->y_step, d->y_row, p.rows, p.columns, tile);
      OF(tile_gradient)(tile, LANES, 4 * LANES, to, at.outputs_apart);
    }
  }
}

// m[t][k] = Σ_c x[t][c] u[c][k] for P tiles and B vectors of outputs, every sum in a register.
INLINE void OF(product)(const int P, const int B, const float *x, ptrdiff_t channels, const float *u, ptrdiff_t outputs,
                        float *m) {
  V sum[CK_WINOGRAD_SUMS];
  UNROLL for (int i = 0; i < P * B; i++) sum[i] = OF(all)(0);
  for (ptrdiff_t c = 0; c < channels; c++) {
    V row[2];
    UNROLL for (int b = 0; b < B; b++) row[b] = OF(load)(u + c * outputs + b * LANES);
    UNROLL for (int p = 0; p < P; p++) {
      const V value = OF(all)(x[p * channels + c]);
      UNROLL for (int b = 0; b < B; b++) sum[p * B + b] += value * row[b];
    }
  }
  UNROLL for (int p = 0; p < P; p++) UNROLL for (int b = 0; b < B; b++)
    OF(store)(m + p * outputs + b * LANES, sum[p * B + b]);
}

// u[c][k] (+)= Σ_t x[t][c] m[t][k] for C channels and one vector of outputs, over `count` tiles.
INLINE void OF(outer_product)(const int C, int count, const float *x, ptrdiff_t channels, const float *m,
                              ptrdiff_t outputs, int adds, float *u) {
  V sum[16], g = OF(load)(m);
  UNROLL for (int c = 0; c < C; c++) sum[c] = OF(all)(x[c]) * g;
  for (int t = 1; t < count; t++) {
    g = OF(load)(m + t * outputs);
    UNROLL for (int c = 0; c < C; c++) sum[c] += OF(all)(x[t * channels + c]) * g;
  }
  UNROLL for (int c = 0; c < C; c++) OF(store)(u + c * outputs, adds ? OF(load)(u + c * outputs) + sum[c] : sum[c]);
}

#undef OF
#undef JOIN
#undef JOIN_
