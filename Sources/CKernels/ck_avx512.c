// ck_avx512.c
// The kernels for AVX-512: sixteen lanes, thirty-two registers.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)

#define CK_NAME "AVX-512"
#define CK_TABLE ck_kernels_avx512
#define CK_LANES 16
#define CK_TILE_MAX 28
#define CK_HAS_4 1
#define CK_TILES_HALF(F) F(hf, 14, 1) F(hf, 8, 1) F(hf, 4, 1) F(hf, 1, 1)
#define CK_TILES_1(F) F(vf, 28, 1) F(vf, 14, 1) F(vf, 8, 1) F(vf, 4, 1) F(vf, 1, 1)
#define CK_TILES_2(F) F(vf, 14, 2) F(vf, 8, 2) F(vf, 4, 2) F(vf, 1, 2)
#define CK_TILES_4(F) F(vf, 7, 4) F(vf, 4, 4) F(vf, 1, 4)
#define CK_OUTER_MAX 27
#define CK_OUTER_ROW 8
#define CK_OUTER_DENSE_1 16
#define CK_OUTER_DENSE_2 12
#include "ck_table.h"

#pragma clang attribute pop
#endif
