// ck_dispatch.c
// Chooses among the kernels that this processor can run.

#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <stddef.h>
#include <unistd.h>
#include "ck_network.h"

extern const ck_kernels ck_kernels_reference;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#endif

const ck_kernels *ck_kernels_for(enum ck_instruction_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (set == CK_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
    return &ck_kernels_avx512;
  if (set == CK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &ck_kernels_avx2;
#endif
  if (set == CK_REFERENCE) return &ck_kernels_reference;
  return set == CK_VECTORS ? &ck_kernels_vectors : NULL;
}

enum ck_instruction_set ck_best_instruction_set(void) {
  if (ck_kernels_for(CK_AVX512)) return CK_AVX512;
  return ck_kernels_for(CK_AVX2) ? CK_AVX2 : CK_VECTORS;
}

int ck_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
