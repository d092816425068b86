// ck_activations.h
// The activation functions of layers, and their derivatives from their values.

// e^x − 1 for x ≤ 0, to an error of one rounding of 1.
INLINE vf decline(vf x) { return exponential(x) - 1.0f; }

INLINE vf activated(int32_t function, vf x) {
  const vf below = vf_select(x > 0, vf_all(0), x);
  vf y;
  switch (function) {
    case CK_LEAKY_RELU: y = vf_select(x > 0, x, 0.01f * x); break;
    case CK_ELU: y = vf_select(x > 0, x, decline(below)); break;
    case CK_SIGMOID: y = logistic(x); break;
    case CK_TANH: {
      // (1 − e^−2|x|) / (1 + e^−2|x|), with the sign of x
      const vf fall = decline(-2.0f * vf_abs(x)), size = -fall / (fall + 2.0f);
      y = vf_select(x < 0, -size, size);
      break;
    }
    default: y = vf_select(x > 0, x, vf_all(0));
  }
  // NaN stays NaN, so that a broken network is noticed.
  return vf_select(x == x, y, x);
}

// f′(x) from y = f(x).
INLINE vf slope(int32_t function, vf y) {
  const vf one = vf_all(1.0f);
  switch (function) {
    case CK_LEAKY_RELU: return vf_select(y > 0, one, vf_all(0.01f));
    case CK_ELU: return vf_select(y > 0, one, y + 1.0f);
    case CK_SIGMOID: return y * (1.0f - y);
    case CK_TANH: return 1.0f - y * y;
    default: return vf_select(y > 0, one, vf_all(0));
  }
}

static void activate(int32_t function, float *x, int64_t n) {
  EACH_VECTOR(n) vf_store_some(x + i, activated(function, vf_load_some(x + i, left)), left);
}

static void activation_gradient(int32_t function, const float *y, float scale, float *g, int64_t n) {
  EACH_VECTOR(n) {
    const vf value = vf_load_some(y + i, left) / scale;
    vf_store_some(g + i, vf_load_some(g + i, left) * slope(function, value), left);
  }
}
