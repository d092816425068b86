// ck_vector.h
// Vectors of CK_LANES floats for the file that includes this, and eight-lane ones where those are shorter.

#include <stddef.h>
#include <stdint.h>
#include "ck_network.h"

// Vectors wider than the machine's change how arguments are passed, but every such function is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vf __attribute__((vector_size(CK_LANES * 4)));
typedef int32_t vi __attribute__((vector_size(CK_LANES * 4)));
typedef float vf_at __attribute__((vector_size(CK_LANES * 4), aligned(4), may_alias));
typedef float hf __attribute__((vector_size(32)));
typedef int32_t hi __attribute__((vector_size(32)));
typedef float hf_at __attribute__((vector_size(32), aligned(4), may_alias));

INLINE vf vf_load(const float *p) { return *(const vf_at *)p; }
INLINE void vf_store(float *p, vf x) { *(vf_at *)p = x; }
INLINE vf vf_all(float x) { return x - (vf){0}; }
INLINE vf vf_gate(vf gate, vf x) { return (vf)((vi)x & (gate > 0)); }
INLINE vf vf_max(vf x, vf y) { vi m = x > y; return (vf)(((vi)x & m) | ((vi)y & ~m)); }
INLINE vf vf_select(vi m, vf x, vf y) { return (vf)(((vi)x & m) | ((vi)y & ~m)); }
INLINE float vf_sum(vf x) {
  float s[CK_LANES];
  vf_store(s, x);
  for (int half = CK_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) s[i] += s[i + half];
  return s[0];
}

INLINE hf hf_load(const float *p) { return *(const hf_at *)p; }
INLINE void hf_store(float *p, hf x) { *(hf_at *)p = x; }
INLINE hf hf_all(float x) { return x - (hf){0}; }
INLINE hf hf_gate(hf gate, hf x) { return (hf)((hi)x & (gate > 0)); }
INLINE hf hf_max(hf x, hf y) { hi m = x > y; return (hf)(((hi)x & m) | ((hi)y & ~m)); }
