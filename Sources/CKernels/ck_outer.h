// ck_outer.h
// The outer sum of ck_network.h in register tiles: T taps by C channels by B vectors of outputs, summed over all pixels.

// The sums of one block of pixels.
#define OUTER_BLOCK(v, lanes)                                                                                          \
  INLINE void v##_outer_block(const int T, const int C, const int B, const int shared_a, const int shared_b,          \
                              const ck_outer_sum *d, const ptrdiff_t *ta, const ptrdiff_t *tb, int rows, int columns, \
                              const float *a, const float *b, v *sum) {                                               \
    const ptrdiff_t a_step = d->a_step, b_step = d->b_step;                                                           \
    UNROLL for (int i = 0; i < T * C * B; i++) sum[i] = v##_all(0);                                                   \
    for (int row = 0; row < rows; row++) {                                                                            \
      const float *ap = a + row * (ptrdiff_t)d->a_row, *bp = b + row * (ptrdiff_t)d->b_row;                           \
      for (int q = 0; q < columns; q++, ap += a_step, bp += b_step) {                                                 \
        if (T == 1) { /* dense layers: one row of a batch lies far from the next */                                   \
          __builtin_prefetch(ap + ta[0] + 8 * a_step);                                                                \
          __builtin_prefetch(bp + tb[0] + 8 * b_step);                                                                \
        }                                                                                                             \
        if (shared_a) {                                                                                               \
          v bv[T_MAX * 2];                                                                                            \
          UNROLL for (int t = 0; t < T; t++) UNROLL for (int i = 0; i < B; i++)                                       \
            bv[t * B + i] = v##_load(bp + tb[t] + i * lanes);                                                         \
          UNROLL for (int c = 0; c < C; c++) {                                                                        \
            v av = v##_all(ap[ta[0] + c]);                                                                            \
            UNROLL for (int t = 0; t < T; t++) UNROLL for (int i = 0; i < B; i++)                                     \
              sum[(t * C + c) * B + i] += av * bv[t * B + i];                                                         \
          }                                                                                                           \
        } else {                                                                                                      \
          UNROLL for (int t = 0; t < T; t++) {                                                                        \
            v bv[2];                                                                                                  \
            UNROLL for (int i = 0; i < B; i++) bv[i] = v##_load(bp + (shared_b ? tb[0] : tb[t]) + i * lanes);         \
            UNROLL for (int c = 0; c < C; c++) {                                                                      \
              v av = v##_all(ap[ta[t] + c]);                                                                          \
              UNROLL for (int i = 0; i < B; i++) sum[(t * C + c) * B + i] += av * bv[i];                              \
            }                                                                                                         \
          }                                                                                                           \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }

// w[t][c][…] (+)= the sums, of `taps` × `channels` rows of `length` floats.
static __attribute__((noinline)) void take_sums(const float *sum, int taps, int channels, int length, int accumulate, float *w,
                                                ptrdiff_t tap, ptrdiff_t row) {
  for (int t = 0; t < taps; t++)
    for (int c = 0; c < channels; c++, sum += length)
      for (int i = 0; i < length; i += 8) {
        float *to = w + t * tap + c * row + i;
        hf_store(to, accumulate ? hf_load(to) + hf_load(sum + i) : hf_load(sum + i));
      }
}

// The sums of all pixels. The sum of a single block goes to w. Several add up in `part`, and every CK_BLOCKS of them in `total`.
#define OUTER_TILE(v, lanes)                                                                                           \
  INLINE void v##_outer(const int T, const int C, const int B, const int shared_a, const int shared_b,                \
                        const ck_outer_sum *d, int first, const float *a, const float *b, float *w) {                 \
    const ptrdiff_t outputs = d->outputs, tap = d->channels * outputs;                                                \
    ptrdiff_t ta[T_MAX], tb[T_MAX];                                                                                   \
    UNROLL for (int t = 0; t < T; t++) ta[t] = d->tap_a[first + t], tb[t] = d->tap_b[first + t];                      \
    float part[CK_OUTER_MAX * lanes], *to = w + first * tap;                                                          \
    double total[CK_OUTER_MAX * lanes];                                                                               \
    ptrdiff_t to_tap = tap, to_row = outputs;                                                                         \
    int adds = d->accumulate, high = d->rows, wide = d->columns, blocks = 0;                                          \
    if (!is_one_block(high, wide)) {                                                                                  \
      const block_size block = block_of(high, wide);                                                                  \
      high = block.rows, wide = block.columns, adds = 0;                                                              \
      to = part, to_row = B * lanes, to_tap = C * to_row;                                                             \
    }                                                                                                                 \
    for (int top = 0; top < d->rows; top += high)                                                                     \
      for (int left = 0; left < d->columns; left += wide) {                                                           \
        v sum[CK_OUTER_MAX];                                                                                          \
        v##_outer_block(T, C, B, shared_a, shared_b, d, ta, tb, at_most(high, d->rows - top),                         \
                        at_most(wide, d->columns - left),                                                             \
                        a + top * (ptrdiff_t)d->a_row + left * (ptrdiff_t)d->a_step,                                  \
                        b + top * (ptrdiff_t)d->b_row + left * (ptrdiff_t)d->b_step, sum);                            \
        UNROLL for (int t = 0; t < T; t++) UNROLL for (int c = 0; c < C; c++) UNROLL for (int i = 0; i < B; i++) {    \
          float *at = to + t * to_tap + c * to_row + i * lanes;                                                       \
          v s = sum[(t * C + c) * B + i];                                                                             \
          v##_store(at, adds ? v##_load(at) + s : s);                                                                 \
        }                                                                                                             \
        adds = 1;                                                                                                     \
        if (++blocks % CK_BLOCKS == 0) widen(part, T * C * B * lanes, blocks > CK_BLOCKS, total);                     \
      }                                                                                                               \
    if (to != part) return;                                                                                           \
    if (blocks >= CK_BLOCKS) settle(total, part, T * C * B * lanes);                                                  \
    take_sums(part, T, C, B * lanes, d->accumulate, w + first * tap, tap, outputs);                                   \
  }

#define T_MAX 9
OUTER_BLOCK(vf, CK_LANES)
OUTER_TILE(vf, CK_LANES)
#if CK_LANES != 8
OUTER_BLOCK(hf, 8)
OUTER_TILE(hf, 8)
#endif

// The channels of a, in tiles of falling size.
#define CHANNELS(size, call)                          \
  for (; c + (size) <= d->channels; c += (size)) {    \
    const float *ac = a + c;                          \
    float *wc = w + c * (ptrdiff_t)d->outputs;        \
    call;                                             \
  }

#define OUTER_SHAPES(v)                                                                                               \
  /* One tap: dense layers. */                                                                                        \
  static void v##_outer_dense(const ck_outer_sum *d, int t, const float *a, const float *b, float *w) {              \
    int c = 0;                                                                                                        \
    CHANNELS(CK_OUTER_DENSE_1, v##_outer(1, CK_OUTER_DENSE_1, 1, 0, 0, d, t, ac, b, wc))                              \
    CHANNELS(4, v##_outer(1, 4, 1, 0, 0, d, t, ac, b, wc))                                                            \
    CHANNELS(1, v##_outer(1, 1, 1, 0, 0, d, t, ac, b, wc))                                                            \
  }                                                                                                                   \
  /* Three taps whose a is the same: a row of a convolution's or transposed convolution's kernel. */                  \
  static void v##_outer_shared_a(const ck_outer_sum *d, int t, const float *a, const float *b, float *w) {           \
    int c = 0;                                                                                                        \
    CHANNELS(CK_OUTER_ROW, v##_outer(3, CK_OUTER_ROW, 1, 1, 0, d, t, ac, b, wc))                                      \
    CHANNELS(2, v##_outer(3, 2, 1, 1, 0, d, t, ac, b, wc))                                                            \
    CHANNELS(1, v##_outer(3, 1, 1, 1, 0, d, t, ac, b, wc))                                                            \
  }                                                                                                                   \
  /* Three taps whose b is the same: a row of a strided convolution's kernel. */                                      \
  static void v##_outer_shared_b(const ck_outer_sum *d, int t, const float *a, const float *b, float *w) {           \
    int c = 0;                                                                                                        \
    CHANNELS(CK_OUTER_ROW, v##_outer(3, CK_OUTER_ROW, 1, 0, 1, d, t, ac, b, wc))                                      \
    CHANNELS(2, v##_outer(3, 2, 1, 0, 1, d, t, ac, b, wc))                                                            \
    CHANNELS(1, v##_outer(3, 1, 1, 0, 1, d, t, ac, b, wc))                                                            \
  }                                                                                                                   \
  /* Nine taps of one channel at a time: an image's few channels. */                                                  \
  static void v##_outer_nine(const ck_outer_sum *d, const float *a, const float *b, float *w) {                      \
    int c = 0;                                                                                                        \
    CHANNELS(1, v##_outer(9, 1, 1, 0, 1, d, 0, ac, b, wc))                                                            \
  }                                                                                                                   \
  static void v##_outer_taps(const ck_outer_sum *d, const float *a, const float *b, float *w) {                      \
    if (CK_OUTER_NINE && d->taps == 9 && d->channels <= 3 && same(d->tap_b, 0, 9)) {                                  \
      v##_outer_nine(d, a, b, w);                                                                                     \
      return;                                                                                                         \
    }                                                                                                                 \
    for (int t = 0; t < d->taps;) {                                                                                   \
      if (t + 3 <= d->taps && same(d->tap_a, t, 3)) v##_outer_shared_a(d, t, a, b, w), t += 3;                        \
      else if (t + 3 <= d->taps && same(d->tap_b, t, 3)) v##_outer_shared_b(d, t, a, b, w), t += 3;                   \
      else v##_outer_dense(d, t, a, b, w), t += 1;                                                                    \
    }                                                                                                                 \
  }

static int same(const int32_t *taps, int first, int count) {
  for (int i = 1; i < count; i++)
    if (taps[first + i] != taps[first]) return 0;
  return 1;
}

OUTER_SHAPES(vf)
#if CK_LANES != 8
OUTER_SHAPES(hf)
#endif

static void vf_outer_dense_wide(const ck_outer_sum *d, const float *a, const float *b, float *w) {
  int c = 0;
  CHANNELS(CK_OUTER_DENSE_2, vf_outer(1, CK_OUTER_DENSE_2, 2, 0, 0, d, 0, ac, b, wc))
  CHANNELS(4, vf_outer(1, 4, 2, 0, 0, d, 0, ac, b, wc))
  CHANNELS(1, vf_outer(1, 1, 2, 0, 0, d, 0, ac, b, wc))
}

static void outer_sum(const ck_outer_sum *d, const float *a, const float *b, float *w) {
  for (int k = 0; k < d->outputs;) {
    const int left = d->outputs - k;
    if (d->taps == 1 && left >= 2 * CK_LANES) {
      vf_outer_dense_wide(d, a, b + k, w + k);
      k += 2 * CK_LANES;
      continue;
    }
#if CK_LANES != 8
    if (left < CK_LANES) {
      hf_outer_taps(d, a, b + k, w + k);
      k += 8;
      continue;
    }
#endif
    vf_outer_taps(d, a, b + k, w + k);
    k += CK_LANES;
  }
}
