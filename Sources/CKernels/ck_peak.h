// ck_peak.h
// Multiply-adds in registers only: the peak speed of this instruction set without loads and stores.

// A chain waits for its own results, and enough chains hide that wait; the including file defines CK_PEAK_CHAINS.
static int64_t multiply_adds(int64_t rounds, float *sum) {
  const vf factor = vf_all(0.999f), term = vf_all(0.001f);
  vf chain[CK_PEAK_CHAINS];
  UNROLL for (int c = 0; c < CK_PEAK_CHAINS; c++) chain[c] = vf_all((float)c);
  for (int64_t r = 0; r < rounds; r++)
    UNROLL for (int c = 0; c < CK_PEAK_CHAINS; c++) chain[c] = chain[c] * factor + term;
  *sum = 0;
  UNROLL for (int c = 0; c < CK_PEAK_CHAINS; c++) *sum += vf_sum(chain[c]);
  return rounds * CK_PEAK_CHAINS * CK_LANES;
}
