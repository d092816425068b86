// ck_avx512.c
// The kernels for AVX-512: sixteen lanes, thirty-two registers.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)

#define CK_NAME "AVX-512"
#define CK_TABLE ck_kernels_avx512
#define CK_LANES 16
#define CK_TILE_MAX 28
#define CK_TILES_HALF_ROW(F) F(hf, 3, 14, 1) F(hf, 3, 8, 1) F(hf, 3, 4, 1)
#define CK_TILES_HALF(F) F(hf, 1, 14, 1) F(hf, 1, 8, 1) F(hf, 1, 4, 1) F(hf, 1, 1, 1)
#define CK_TILES_ROW(F) F(vf, 3, 14, 1) F(vf, 3, 8, 1) F(vf, 3, 4, 1)
#define CK_TILES_1(F) F(vf, 1, 28, 1) F(vf, 1, 14, 1) F(vf, 1, 8, 1) F(vf, 1, 4, 1) F(vf, 1, 1, 1)
#define CK_TILES_2(F) F(vf, 1, 14, 2) F(vf, 1, 8, 2) F(vf, 1, 4, 2) F(vf, 1, 1, 2)
#define CK_TILES_3(F) F(vf, 1, 8, 3) F(vf, 1, 4, 3) F(vf, 1, 1, 3)
#define CK_OUTER_MAX 27
#define CK_OUTER_ROW 8
#define CK_OUTER_NINE 1
#define CK_OUTER_DENSE_1 16
#define CK_OUTER_DENSE_2 12
#define CK_WINOGRAD_SUMS 28
#define CK_WINOGRAD_CHANNELS 16
#define CK_WINOGRAD_PART_1 14
#define CK_WINOGRAD_PART_2 14
#define CK_PEAK_CHAINS 24
#define CK_REPEL_ROWS 4
#define CK_DISTANCE_ROWS 8
// The table gives fourteen bits; a step of Newton's method doubles them.
#define CK_RECIPROCAL(x) ({ vf r_ = (vf)_mm512_rcp14_ps((__m512)(x)); r_ + r_ * (1.0f - (x) * r_); })
#include "ck_table.h"

#pragma clang attribute pop
#endif
