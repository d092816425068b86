// ck_elements.h
// The kernels that work element by element: the loss and its gradient, bytes to floats, noise, dropout, Adam.

// e^x for x ≤ 0 (below −87: 0): 2^n times a polynomial in the remainder, error below 2 ULP.
INLINE vf exponential(vf x) {
  x = vf_max(x, vf_all(-87.0f));
  vf n = x * 1.44269504088896341f;
  vi whole = __builtin_convertvector(n - 0.5f, vi);  // rounds toward zero, so to the nearest for negative n
  vf w = __builtin_convertvector(whole, vf);
  vf r = x - w * 0.693359375f + w * 2.12194440e-4f;
  vf p = vf_all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * (vf)((whole + 127) << 23);
}

// log(1 + e) for e in [0, 1]: 2·artanh(e / (2 + e)), the series to s¹⁵.
INLINE vf log_one_plus(vf e) {
  vf s = e / (e + 2.0f), q = s * s;
  vf p = vf_all(2.0f / 15);
  p = p * q + 2.0f / 13;
  p = p * q + 2.0f / 11;
  p = p * q + 2.0f / 9;
  p = p * q + 2.0f / 7;
  p = p * q + 2.0f / 5;
  p = p * q + 2.0f / 3;
  p = p * q + 2.0f;
  return s * p;
}

// The logarithm of a positive normal number: exponent and artanh series of the mantissa in [√½, √2).
INLINE vf logarithm(vf x) {
  vi bits = (vi)x - 0x3f3504f3;
  vf exponent = __builtin_convertvector(bits >> 23, vf);
  vf m = (vf)((bits & 0x7fffff) + 0x3f3504f3);
  vf s = (m - 1.0f) / (m + 1.0f), q = s * s;
  vf p = vf_all(2.0f / 11);
  p = p * q + 2.0f / 9;
  p = p * q + 2.0f / 7;
  p = p * q + 2.0f / 5;
  p = p * q + 2.0f / 3;
  p = p * q + 2.0f;
  return exponent * 0.69314718056f + s * p;
}

INLINE vf root(vf x) { return __builtin_elementwise_sqrt(x); }

// The last, partial vector of an array is computed in a padded copy.
#define EACH_VECTOR(n) for (int64_t i = 0, left = (n); left > 0; i += CK_LANES, left -= CK_LANES)
INLINE vf vf_load_some(const float *p, int64_t left) {
  if (left >= CK_LANES) return vf_load(p);
  float s[CK_LANES] = {0};
  for (int i = 0; i < left; i++) s[i] = p[i];
  return vf_load(s);
}
INLINE void vf_store_some(float *p, vf x, int64_t left) {
  if (left >= CK_LANES) vf_store(p, x);
  else {
    float s[CK_LANES];
    vf_store(s, x);
    for (int i = 0; i < left; i++) p[i] = s[i];
  }
}
// x in the first `count` lanes, zero in the others.
INLINE vf vf_first(vf x, int64_t count) {
  if (count >= CK_LANES) return x;
  float s[CK_LANES];
  vf_store(s, x);
  for (int i = 0; i < CK_LANES; i++) s[i] = i < count ? s[i] : 0;
  return vf_load(s);
}
INLINE vf vf_abs(vf x) { return (vf)((vi)x & 0x7fffffff); }

// A logit z and its target x: e^−|z|, and the target 1 − x where z ≥ 0, else x. With these the loss is |z| · target +
// log(1 + e), a sum of positive numbers, and the error keeps its digits where the sigmoid and x are both near 1.
typedef struct {
  vi is_above;
  vf e, target;
} logit_side;

INLINE logit_side side_of(vf z, vf x) {
  const vi is_above = z >= 0;
  return (logit_side){is_above, exponential(-vf_abs(z)), vf_select(is_above, 1.0f - x, x)};
}

// sigmoid(z) − x where z < 0, else x − sigmoid(z)
INLINE vf error_below(logit_side s) { return s.e / (s.e + 1.0f) - s.target; }

// Blocks of at most sixteen whole vectors: each is summed in single precision, and the sum is added in double precision. The
// caller adds the rest of n, less than a vector.
#define EACH_BLOCK(n) for (int64_t start = 0, end; end = block_end(start, n), start < end; start = end)
#define EACH_VECTOR_OF_BLOCK for (int64_t i = start; i < end; i += CK_LANES)
INLINE int64_t block_end(int64_t start, int64_t n) {
  const int64_t whole = n - n % CK_LANES;
  return start + 16 * CK_LANES < whole ? start + 16 * CK_LANES : whole;
}

INLINE vf loss_of(const float *z, const float *x, float *g, int64_t left, float scale) {
  const vf zv = vf_load_some(z, left);
  const logit_side side = side_of(zv, vf_load_some(x, left));
  if (g) {
    const vi sign = side.is_above & INT32_MIN;
    vf_store_some(g, (vf)((vi)error_below(side) ^ sign) * scale, left);
  }
  return vf_abs(zv) * side.target + log_one_plus(side.e);
}

static double cross_entropy(const float *z, const float *x, float *g, int64_t n, float scale) {
  vd total = {0};
  EACH_BLOCK(n) {
    vf sum = vf_all(0);
    if (g) EACH_VECTOR_OF_BLOCK sum += loss_of(z + i, x + i, g + i, CK_LANES, scale);
    else EACH_VECTOR_OF_BLOCK sum += loss_of(z + i, x + i, NULL, CK_LANES, scale);
    total += vd_of(sum);
  }
  const int64_t left = n % CK_LANES, i = n - left;
  if (left > 0) total += vd_of(vf_first(loss_of(z + i, x + i, g ? g + i : g, left, scale), left));
  return vd_sum(total);
}

INLINE vf logistic(vf z) {
  vf e = exponential(-vf_abs(z)), inverse = 1.0f / (e + 1.0f);
  return vf_select(z >= 0, inverse, e * inverse);
}

INLINE vf square_of(const float *z, const float *x, int64_t left) {
  const vf error = error_below(side_of(vf_load_some(z, left), vf_load_some(x, left)));
  return error * error;
}

static double squared_error(const float *z, const float *x, int64_t n) {
  vd total = {0};
  EACH_BLOCK(n) {
    vf sum = vf_all(0);
    EACH_VECTOR_OF_BLOCK sum += square_of(z + i, x + i, CK_LANES);
    total += vd_of(sum);
  }
  const int64_t left = n % CK_LANES, i = n - left;
  if (left > 0) total += vd_of(vf_first(square_of(z + i, x + i, left), left));
  return vd_sum(total);
}

INLINE vf squared_loss_of(const float *z, const float *x, float *g, int64_t left, float scale) {
  const vf zv = vf_load_some(z, left), s = logistic(zv);
  const logit_side side = side_of(zv, vf_load_some(x, left));
  const vf error = (vf)((vi)error_below(side) ^ (side.is_above & INT32_MIN));
  vf_store_some(g, 2.0f * scale * error * s * (1.0f - s), left);
  return error * error;
}

static double squared_loss(const float *z, const float *x, float *g, int64_t n, float scale) {
  vd total = {0};
  EACH_BLOCK(n) {
    vf sum = vf_all(0);
    EACH_VECTOR_OF_BLOCK sum += squared_loss_of(z + i, x + i, g + i, CK_LANES, scale);
    total += vd_of(sum);
  }
  const int64_t left = n % CK_LANES, i = n - left;
  if (left > 0) total += vd_of(vf_first(squared_loss_of(z + i, x + i, g + i, left, scale), left));
  return vd_sum(total);
}

static void sigmoid(const float *z, float *y, int64_t n) {
  EACH_VECTOR(n) vf_store_some(y + i, logistic(vf_load_some(z + i, left)), left);
}

static void bytes_to_floats(const uint8_t *x, float *y, int64_t n) {
  // The nearest floats to x / 255: a product and its remainder are faster than a quotient.
  const float inverse = 1.0f / 255.0f;
  for (int64_t i = 0; i < n; i++) {
    const float byte = (float)x[i], product = byte * inverse;
    y[i] = product + (byte - product * 255.0f) * inverse;
  }
}

// Philox 4×32, ten rounds, on CK_LANES counters at once: word j of counter first + i in words[j][i].
INLINE void philox(uint32_t words[4][CK_LANES], uint64_t first, uint32_t index, uint32_t epoch, const uint32_t key[2]) {
  uint32_t c0[CK_LANES], c1[CK_LANES], c2[CK_LANES], c3[CK_LANES], k0 = key[0], k1 = key[1];
  for (int i = 0; i < CK_LANES; i++) {
    c0[i] = (uint32_t)(first + i);
    c1[i] = (uint32_t)((first + i) >> 32);
    c2[i] = index;
    c3[i] = epoch;
  }
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
    for (int i = 0; i < CK_LANES; i++) {
      const uint64_t p0 = (uint64_t)c0[i] * 0xD2511F53u, p1 = (uint64_t)c2[i] * 0xCD9E8D57u;
      const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
      c0[i] = n0;
      c1[i] = (uint32_t)p1;
      c2[i] = n2;
      c3[i] = (uint32_t)p0;
    }
  for (int i = 0; i < CK_LANES; i++) words[0][i] = c0[i], words[1][i] = c1[i], words[2][i] = c2[i], words[3][i] = c3[i];
}

// sin and cos of 2π·turn, turn in [−½, ½): Taylor on an eighth turn, after folding to [−¼, ¼] and halving.
INLINE void sine_cosine(vf turn, vf *sine, vf *cosine) {
  vf a = turn * 1.57079632679f;  // a quarter of the angle, in [−π/4, π/4)
  vf q = a * a;
  vf s = a * (1.0f + q * (-1.6666666667e-1f + q * (8.3333333333e-3f + q * (-1.9841269841e-4f + q * 2.7557319224e-6f))));
  vf c = 1.0f + q * (-0.5f + q * (4.1666666667e-2f + q * (-1.3888888889e-3f + q * 2.4801587302e-5f)));
  for (int doubling = 0; doubling < 2; doubling++) {
    vf twice = 2.0f * s * c;
    c = 1.0f - 2.0f * s * s;
    s = twice;
  }
  *sine = s;
  *cosine = c;
}

static void add_noise(float *x, int64_t n, float factor, const uint32_t key[2], uint32_t index, uint32_t epoch) {
  for (int64_t i = 0; i < n; i += 4 * CK_LANES) {
    uint32_t words[4][CK_LANES];
    philox(words, (uint64_t)i / 4, index, epoch, key);
    float normal[4][CK_LANES];
    for (int pair = 0; pair < 4; pair += 2) {
      vf u, turn, s, c;
      for (int l = 0; l < CK_LANES; l++) {
        u[l] = ((float)(words[pair][l] >> 8) + 0.5f) * 0x1p-24f;                    // in (0, 1)
        turn[l] = (float)((int32_t)words[pair + 1][l] >> 8) * 0x1p-24f;             // in [−½, ½)
      }
      vf radius = root(-2.0f * logarithm(u));
      sine_cosine(turn, &s, &c);
      vf_store(normal[pair], radius * c);
      vf_store(normal[pair + 1], radius * s);
    }
    for (int64_t j = 0; j < 4 * CK_LANES && i + j < n; j++) {
      float noisy = x[i + j] + factor * normal[j % 4][j / 4];
      x[i + j] = noisy < 0 ? 0 : noisy > 1 ? 1 : noisy;
    }
  }
}

static void dropout(float *x, int64_t n, uint32_t threshold, float scale, const uint32_t key[2], uint64_t first,
                    uint32_t index, uint32_t epoch) {
  for (int64_t i = 0; i < n; i += 4 * CK_LANES) {
    uint32_t words[4][CK_LANES];
    philox(words, first + (uint64_t)i / 4, index, epoch, key);
    for (int64_t j = 0; j < 4 * CK_LANES && i + j < n; j++)
      x[i + j] = words[j % 4][j / 4] < threshold ? 0 : x[i + j] * scale;
  }
}

static void tree_sum(const float *partials, int64_t stride, int32_t count, int64_t n, float *sum) {
  // Pairs of neighbors, then pairs of pairs: level by level on a stack of vectors, one vector of elements at a time.
  EACH_VECTOR(n) {
    vf stack[32];
    int depth = 0;
    for (int32_t p = 0; p < count; p++) {
      vf value = vf_load_some(partials + p * stride + i, left);
      for (int32_t merges = p; merges & 1; merges >>= 1) value = stack[--depth] + value;
      stack[depth++] = value;
    }
    vf value = stack[--depth];
    while (depth > 0) value = stack[--depth] + value;
    vf_store_some(sum + i, value, left);
  }
}

// Adam on one vector, and the squares of its gradients and weights.
INLINE void adam_of(const ck_adam *d, float *g, float *m, float *v, float *w, int64_t left, vf *squared_g, vf *squared_w) {
  vf wv = vf_load_some(w, left), mv = vf_load_some(m, left), vv = vf_load_some(v, left);
  const vf whole = vf_load_some(g, left) + d->decay * wv, gv = whole * d->gain;
  *squared_w += wv * wv;
  *squared_g += whole * whole;
  if (d->is_sgd) {
    mv = d->beta1 * mv + gv;
    wv = wv * d->shrink - d->rate * mv;
  } else {
    mv = d->beta1 * mv + (1.0f - d->beta1) * gv;
    vv = d->beta2 * vv + (1.0f - d->beta2) * (gv * gv);
    const vf change = d->rate * mv / (root(vv) * d->root_correction + d->epsilon);
    wv = wv * d->shrink - change;
  }
  vf_store_some(g, gv, left);
  vf_store_some(m, mv, left);
  vf_store_some(v, vv, left);
  vf_store_some(w, wv, left);
}

static void adam(const ck_adam *d, float *g, float *m, float *v, float *w, int64_t n, double sums[2]) {
  vd total_g = {0}, total_w = {0};
  EACH_BLOCK(n) {
    vf squared_g = vf_all(0), squared_w = vf_all(0);
    EACH_VECTOR_OF_BLOCK adam_of(d, g + i, m + i, v + i, w + i, CK_LANES, &squared_g, &squared_w);
    total_g += vd_of(squared_g), total_w += vd_of(squared_w);
  }
  const int64_t left = n % CK_LANES, i = n - left;
  if (left > 0) {
    vf squared_g = vf_all(0), squared_w = vf_all(0);
    adam_of(d, g + i, m + i, v + i, w + i, left, &squared_g, &squared_w);
    total_g += vd_of(squared_g), total_w += vd_of(squared_w);
  }
  sums[0] = vd_sum(total_g);
  sums[1] = vd_sum(total_w);
}

static void transpose(const float *from, int32_t rows, int32_t columns, int32_t from_row, int32_t to_row, float *to) {
  for (int32_t c0 = 0; c0 < columns; c0 += 8)
    for (int32_t r = 0; r < rows; r++)
      for (int32_t c = c0; c < columns && c < c0 + 8; c++) to[c * (ptrdiff_t)to_row + r] = from[r * (ptrdiff_t)from_row + c];
}

// Each sum is computed once for R limits.
INLINE void count_above_limits(const int R, const float *x, const float *y, int32_t n, const float *limits, int32_t *above) {
  const int32_t whole = n / CK_LANES * CK_LANES;
  vf limit[R];
  vi found[R];
  UNROLL for (int k = 0; k < R; k++) limit[k] = vf_all(limits[k]), found[k] = (vi){0};
  for (int32_t j = 0; j < whole; j += CK_LANES) {
    const vf sum = vf_load(x + j) + vf_load(y + j);
    UNROLL for (int k = 0; k < R; k++) found[k] -= sum > limit[k];
  }
  UNROLL for (int k = 0; k < R; k++) {
    int32_t sum = __builtin_reduce_add(found[k]);
    for (int32_t j = whole; j < n; j++) sum += x[j] + y[j] > limits[k];
    above[k] += sum;
  }
}

static void count_above(const float *x, const float *y, int32_t n, const float *limits, int32_t count, int32_t *above) {
  int32_t k = 0;
  for (; k + 5 <= count; k += 5) count_above_limits(5, x, y, n, limits + k, above + k);
  for (; k < count; k++) count_above_limits(1, x, y, n, limits + k, above + k);
}
