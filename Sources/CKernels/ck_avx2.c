// ck_avx2.c
// The kernels for AVX2 and FMA: eight lanes, sixteen registers.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define CK_NAME "AVX2"
#define CK_TABLE ck_kernels_avx2
#define CK_LANES 8
#define CK_TILE_MAX 14
#define CK_TILES_ROW(F) F(vf, 3, 10, 1) F(vf, 3, 7, 1) F(vf, 3, 4, 1)
#define CK_TILES_1(F) F(vf, 1, 14, 1) F(vf, 1, 8, 1) F(vf, 1, 4, 1) F(vf, 1, 1, 1)
#define CK_TILES_2(F) F(vf, 1, 6, 2) F(vf, 1, 5, 2) F(vf, 1, 4, 2) F(vf, 1, 1, 2)
#define CK_OUTER_MAX 12
#define CK_OUTER_ROW 3
#define CK_OUTER_NINE 1
#define CK_OUTER_DENSE_1 8
#define CK_OUTER_DENSE_2 6
#define CK_WINOGRAD_SUMS 12
#define CK_WINOGRAD_CHANNELS 8
#define CK_WINOGRAD_PART_1 12
#define CK_WINOGRAD_PART_2 6
#define CK_PEAK_CHAINS 12
#define CK_REPEL_ROWS 2
#define CK_DISTANCE_ROWS 4
// The table gives twelve bits; a step of Newton's method doubles them.
#define CK_RECIPROCAL(x) ({ vf r_ = (vf)_mm256_rcp_ps((__m256)(x)); r_ + r_ * (1.0f - (x) * r_); })
#include "ck_table.h"

#pragma clang attribute pop
#endif
