// ck_vectors.c
// The kernels in plain vector code, for every other processor: the compiler makes of eight lanes what the machine has.

#define CK_NAME "plain vectors"
#define CK_TABLE ck_kernels_vectors
#define CK_LANES 8
#define CK_TILE_MAX 12
#define CK_TILES_ROW(F) F(vf, 3, 4, 1)
#define CK_TILES_1(F) F(vf, 1, 6, 1) F(vf, 1, 4, 1) F(vf, 1, 1, 1)
#define CK_TILES_2(F) F(vf, 1, 3, 2) F(vf, 1, 1, 2)
#define CK_OUTER_MAX 12
#define CK_OUTER_ROW 4
#define CK_OUTER_DENSE_1 4
#define CK_OUTER_DENSE_2 3
#define CK_WINOGRAD_SUMS 12
#define CK_WINOGRAD_PART_1 6
#define CK_WINOGRAD_PART_2 3
#define CK_REPEL_ROWS 2
#define CK_DISTANCE_ROWS 2
// Registers of four lanes: 32 on arm64, 16 elsewhere.
#if defined(__aarch64__)
#define CK_OUTER_NINE 1
#define CK_WINOGRAD_CHANNELS 8
#define CK_PEAK_CHAINS 12
#else
#define CK_OUTER_NINE 0
#define CK_WINOGRAD_CHANNELS 4
#define CK_PEAK_CHAINS 6
#endif
#include "ck_table.h"
