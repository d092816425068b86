// ck_totals.h
// Long sums: blocks are summed in single precision, and the sums of the blocks in double precision.
//
// Equal numbers round the same way at every addition. Adding n of them one by one in single precision misses their sum by up
// to n · 1.5e-8 of it: 4e-6 for 256 of them, but 1.5 % for a million. Adding everything in double precision would be slow.
// No rule here depends on the instruction set or on the threads.

// The most pixels, rows of a batch or inputs of a dense layer that are added one by one in single precision.
#define CK_BLOCK 256
// The most sums of blocks that are added one by one in single precision.
#define CK_BLOCKS 32

typedef double vd __attribute__((vector_size(CK_LANES * 8)));
typedef double hd __attribute__((vector_size(64)));

INLINE vd vd_of(vf x) { return __builtin_convertvector(x, vd); }
INLINE hd hd_of(hf x) { return __builtin_convertvector(x, hd); }
INLINE hf hf_of(hd x) { return __builtin_convertvector(x, hf); }
INLINE double vd_sum(vd x) {
  double s[CK_LANES];
  __builtin_memcpy(s, &x, sizeof s);
  for (int half = CK_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) s[i] += s[i + half];
  return s[0];
}

INLINE int at_most(int limit, int value) { return value < limit ? value : limit; }

// The size of the next part of `left`: at most `most`, in parts as even as possible.
INLINE int even_part(int left, int most) {
  const int parts = (left + most - 1) / most;
  return (left + parts - 1) / parts;
}

// The height and width of a picture's blocks: whole rows, or parts of one row.
typedef struct {
  int rows, columns;
} block_size;

INLINE int is_one_block(int rows, int columns) { return rows * (int64_t)columns <= CK_BLOCK; }

INLINE block_size block_of(int rows, int columns) {
  if (is_one_block(rows, columns)) return (block_size){rows, columns};
  if (columns > CK_BLOCK) return (block_size){1, even_part(columns, CK_BLOCK)};
  return (block_size){even_part(rows, CK_BLOCK / columns), columns};
}

// total (+)= sum, which becomes zero.
static __attribute__((noinline)) void widen(float *sum, int64_t n, int32_t accumulate, double *total) {
  if (accumulate) for (int64_t i = 0; i < n; i++) total[i] += sum[i], sum[i] = 0;
  else for (int64_t i = 0; i < n; i++) total[i] = sum[i], sum[i] = 0;
}

// sum += total
static __attribute__((noinline)) void settle(const double *total, float *sum, int64_t n) {
  for (int64_t i = 0; i < n; i++) sum[i] = (float)(total[i] + sum[i]);
}
