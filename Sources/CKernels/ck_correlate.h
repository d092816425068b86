// ck_correlate.h
// The correlation of ck_network.h in register tiles: P pixels by B vectors of outputs, every accumulator in a register.

// The products of channels `from` to `to` of T taps, written once for whole vectors (v = vf) and once for eight lanes (v = hf).
// With T = 3 taps that are a row of three neighboring pixels come together: then a pixel is broadcast once and serves three
// outputs, where one use each would make the loads the limit (AVX-512 broadcasts one a cycle and multiplies two). Kernels of
// five or seven columns have such rows and single taps.
#define CORRELATION_PRODUCTS(v, lanes)                                                                                \
  INLINE void v##_products(const int T, const int P, const int B, const int step, const ck_correlation *d,            \
                           const float *xt, const float *const wt[3], ptrdiff_t from, ptrdiff_t to, v *sum) {         \
    const ptrdiff_t x_step = step ? step : d->x_step, outputs = d->outputs;                                           \
    xt += from;                                                                                                       \
    for (ptrdiff_t c = from, at = from * outputs; c < to; c++, xt++, at += outputs) {                                 \
      if (T == 1 && step == 0) /* dense layers: rows of weights too far apart for the processor to foresee */         \
        UNROLL for (int b = 0; b < B; b++) __builtin_prefetch(wt[0] + at + 4 * outputs + b * lanes);                  \
      v wv[12];                                                                                                       \
      UNROLL for (int i = 0; i < T; i++) UNROLL for (int b = 0; b < B; b++)                                           \
        wv[i * B + b] = v##_load(wt[i] + at + b * lanes);                                                             \
      UNROLL for (int q = 0; q < P + T - 1; q++) {                                                                    \
        v xv = v##_all(xt[q * x_step]);                                                                               \
        UNROLL for (int i = 0; i < T; i++) UNROLL for (int b = 0; b < B; b++)                                         \
          if (q - i >= 0 && q - i < P) sum[(q - i) * B + b] += xv * wv[i * B + b];                                    \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  /* The same over all inputs of a dense layer. The sums of several blocks add up in `part`, and every CK_BLOCKS of   \
     those in `total`. */                                                                                             \
  INLINE void v##_dense_products(const int P, const int B, const ck_correlation *d, const float *xt,                  \
                                const float *const wt[3], v *sum) {                                                   \
    float part[CK_TILE_MAX * lanes];                                                                                  \
    double total[CK_TILE_MAX * lanes];                                                                                \
    const int most = d->channels > CK_BLOCK ? even_part(d->channels, CK_BLOCK) : d->channels;                         \
    int blocks = 0;                                                                                                   \
    for (int from = 0, to;; from = to) {                                                                              \
      to = at_most(d->channels, from + most);                                                                         \
      v##_products(1, P, B, 0, d, xt, wt, from, to, sum);                                                             \
      if (to == d->channels) break;                                                                                   \
      UNROLL for (int i = 0; i < P * B; i++) {                                                                        \
        v##_store(part + i * lanes, blocks > 0 ? v##_load(part + i * lanes) + sum[i] : sum[i]);                       \
        sum[i] = v##_all(0);                                                                                          \
      }                                                                                                               \
      if (++blocks % CK_BLOCKS == 0) widen(part, P * B * lanes, blocks > CK_BLOCKS, total);                           \
    }                                                                                                                 \
    if (blocks == 0) return;                                                                                          \
    if (blocks >= CK_BLOCKS) settle(total, part, P * B * lanes);                                                      \
    UNROLL for (int i = 0; i < P * B; i++) sum[i] += v##_load(part + i * lanes);                                      \
  }

// Whether tap `t` and the next two are a row of neighboring pixels.
static inline int begins_row(const ck_correlation *d, int t) {
  return t + 3 <= d->taps && d->tap_x[t + 1] == d->tap_x[t] + d->x_step && d->tap_x[t + 2] == d->tap_x[t] + 2 * d->x_step;
}

#define CORRELATION_TILE(v, lanes)                                                                                    \
  INLINE void v##_tile(const int T, const int P, const int B, const int step, const ck_correlation *d, const float *x,             \
                       const float *w, const float *bias, const float *gate, float *y) {                              \
    v sum[CK_TILE_MAX];                                                                                               \
    const ptrdiff_t y_step = d->y_step;                                                                               \
    UNROLL for (int b = 0; b < B; b++) {                                                                              \
      v start = d->epilogue == CK_BIAS || d->epilogue == CK_BIAS_RELU ? v##_load(bias + b * lanes) : v##_all(0);      \
      UNROLL for (int p = 0; p < P; p++) sum[p * B + b] = start;                                                      \
    }                                                                                                                 \
    for (int t = 0; t < d->taps;) {                                                                                   \
      const float *xt = x + d->tap_x[t], *wt[3] = {w + d->tap_w[t]};                                                  \
      if (T == 3 && !begins_row(d, t)) {                                                                              \
        v##_products(1, P, B, step, d, xt, wt, 0, d->channels, sum);                                                  \
        t++;                                                                                                          \
        continue;                                                                                                     \
      }                                                                                                               \
      UNROLL for (int i = 1; i < T; i++) wt[i] = w + d->tap_w[t + i];                                                 \
      if (T == 1 && step == 0) v##_dense_products(P, B, d, xt, wt, sum);                                              \
      else v##_products(T, P, B, step, d, xt, wt, 0, d->channels, sum);                                               \
      t += T;                                                                                                         \
    }                                                                                                                 \
    if (d->epilogue == CK_BIAS_RELU) {                                                                                \
      UNROLL for (int i = 0; i < P * B; i++) sum[i] = v##_max(sum[i], v##_all(0));                                    \
    } else if (d->epilogue == CK_GATE) {                                                                              \
      UNROLL for (int p = 0; p < P; p++) UNROLL for (int b = 0; b < B; b++)                                           \
        sum[p * B + b] = v##_gate(v##_load(gate + p * y_step + b * lanes), sum[p * B + b] * d->scale);                \
    }                                                                                                                 \
    UNROLL for (int p = 0; p < P; p++) UNROLL for (int b = 0; b < B; b++)                                             \
      v##_store(y + p * y_step + b * lanes, sum[p * B + b]);                                                          \
  }                                                                                                                   \
  /* Rows of tiles; the last tile of a row overlaps its neighbor instead of having a size of its own. */             \
  INLINE void v##_rows(const int T, const int P, const int B, const int step, const ck_correlation *d, const float *x,             \
                       const float *w, const float *bias, const float *gate, float *y) {                              \
    const ptrdiff_t x_step = step ? step : d->x_step, y_step = d->y_step;                                             \
    for (int row = 0; row < d->rows; row++)                                                                           \
      for (int start = 0; start < d->columns; start += P) {                                                           \
        ptrdiff_t q = start + P <= d->columns ? start : d->columns - P, at = row * (ptrdiff_t)d->y_row + q * y_step;  \
        v##_tile(T, P, B, step, d, x + row * (ptrdiff_t)d->x_row + q * x_step, w, bias, gate ? gate + at : gate, y + at); \
      }                                                                                                               \
  }

CORRELATION_PRODUCTS(vf, CK_LANES)
CORRELATION_TILE(vf, CK_LANES)
#if CK_LANES != 8
CORRELATION_PRODUCTS(hf, 8)
CORRELATION_TILE(hf, 8)
#endif

typedef void (*correlation_rows)(const ck_correlation *, const float *, const float *, const float *, const float *,
                                 float *);

// The steps between pixels that get code of their own: image channels, and padded channels once and twice.
#define EACH_STEP(F, v, T, P, B)                                                                                       \
  F(v, T, P, B, 0) F(v, T, P, B, 1) F(v, T, P, B, 3) F(v, T, P, B, 8) F(v, T, P, B, 16) F(v, T, P, B, 32) F(v, T, P, B, 64)
#define DEFINE_ROWS(v, T, P, B, step)                                                                                  \
  static void rows_##v##_##T##_##P##_##B##_##step(const ck_correlation *d, const float *x, const float *w,             \
                                                  const float *bias, const float *gate, float *y) {                   \
    v##_rows(T, P, B, step, d, x, w, bias, gate, y);                                                                  \
  }
#define LIST_ROWS(v, T, P, B, step) rows_##v##_##T##_##P##_##B##_##step,
#define DEFINE_TILE(v, T, P, B) EACH_STEP(DEFINE_ROWS, v, T, P, B)
#define LIST_TILE(v, T, P, B) {P, {EACH_STEP(LIST_ROWS, v, T, P, B)}},

typedef struct {
  int pixels;
  correlation_rows by_step[7];
} correlation_tile;

CK_TILES_ROW(DEFINE_TILE)
CK_TILES_1(DEFINE_TILE)
CK_TILES_2(DEFINE_TILE)
static const correlation_tile tiles_row[] = {CK_TILES_ROW(LIST_TILE)};
static const correlation_tile tiles_1[] = {CK_TILES_1(LIST_TILE)};
static const correlation_tile tiles_2[] = {CK_TILES_2(LIST_TILE)};
#ifdef CK_TILES_3
CK_TILES_3(DEFINE_TILE)
static const correlation_tile tiles_3[] = {CK_TILES_3(LIST_TILE)};
#endif
#if CK_LANES != 8
CK_TILES_HALF(DEFINE_TILE)
CK_TILES_HALF_ROW(DEFINE_TILE)
static const correlation_tile tiles_half_row[] = {CK_TILES_HALF_ROW(LIST_TILE)};
static const correlation_tile tiles_half[] = {CK_TILES_HALF(LIST_TILE)};
#endif

static int step_code(int step) {
  switch (step) {
    case 1: return 1;
    case 3: return 2;
    case 8: return 3;
    case 16: return 4;
    case 32: return 5;
    case 64: return 6;
    default: return 0;
  }
}

// The tile that covers a row with the least work; a tile costs a little beyond its pixels (weights, loop).
static correlation_rows choose_tile(const correlation_tile *tiles, int count, int vectors, const ck_correlation *d) {
  int best = count - 1, best_cost = 1 << 30;
  for (int i = 0; i < count; i++) {
    int P = tiles[i].pixels;
    if (P > d->columns) continue;
    int chain = P * vectors < 8 ? 8 : P * vectors;  // fewer accumulators wait for the latency of a multiply-add
    int cost = (d->columns + P - 1) / P * (chain + 2 * vectors);
    if (cost < best_cost) best = i, best_cost = cost;
  }
  return tiles[best].by_step[step_code(d->x_step)];
}

// Whether at least half of the taps are in rows of three neighboring pixels, and a row of the smallest tile fits. Rows beside single
// taps are slower than single taps alone where there are few columns.
static int has_row_taps(const ck_correlation *d) {
  int rows = 0;
  for (int t = 0; t < d->taps;) begins_row(d, t) ? rows++, t += 3 : t++;
  return rows * 6 >= d->taps && rows > 0 && d->columns >= (rows * 3 == d->taps ? 4 : 8);
}

#define COUNT(array) ((int)(sizeof(array) / sizeof(array[0])))
#define WITH_TILES(vectors, tiles, width)                                                                              \
  if (left >= (width) * (vectors)) {                                                                                   \
    choose_tile(tiles, COUNT(tiles), vectors, d)(d, x, w + k, bias ? bias + k : bias, gate ? gate + k : gate, y + k);  \
    k += (width) * (vectors);                                                                                          \
    continue;                                                                                                          \
  }

static void correlate(const ck_correlation *d, const float *x, const float *w, const float *bias, const float *gate,
                      float *y) {
  const int rows_of_taps = has_row_taps(d);
  for (int k = 0; k < d->outputs;) {
    const int left = d->outputs - k;
    // Two vectors of outputs use a broadcast twice already.
    if (rows_of_taps && left < 2 * CK_LANES) {
      WITH_TILES(1, tiles_row, CK_LANES)
#if CK_LANES != 8
      WITH_TILES(1, tiles_half_row, 8)
#endif
    }
#ifdef CK_TILES_3
    // Three vectors where they leave no single one behind. With sixteen registers twelve sums of them spill.
    if (left >= 6 * CK_LANES || left == 3 * CK_LANES) {
      WITH_TILES(3, tiles_3, CK_LANES)
    }
#endif
    WITH_TILES(2, tiles_2, CK_LANES)
    WITH_TILES(1, tiles_1, CK_LANES)
#if CK_LANES != 8
    WITH_TILES(1, tiles_half, 8)
#endif
  }
}
