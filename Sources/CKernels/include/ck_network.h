// ck_network.h
// The compute kernels: the result of each, the layout of its operands, and how to choose an instruction set.
//
// Activations are pixels of channels, channels contiguous and padded to a multiple of eight with zeros (images keep
// their own channel count). All strides and offsets count floats. Zero borders are part of the buffers, so no kernel
// has an edge case: a tap may point outside the picture and finds a zero there.
//
// Sums over pixels, over the rows of a batch and over a dense layer's inputs may have any length. Their error is at most 6e-6
// of the sum of the terms' magnitudes, and 1e-6 for losses and sums of squares (see ck_totals.h).
#ifndef CK_NETWORK_H
#define CK_NETWORK_H

#include <stdint.h>
#include "ck_descent.h"

/// A 7×7 kernel has as many.
#define CK_MAX_TAPS 49
/// The most tiles of 4×4 outputs that Winograd's convolution computes at a time: a picture of 28×28.
#define CK_WINOGRAD_BLOCK 49

/// The operation on a sum before it is stored.
enum ck_epilogue {
  CK_PLAIN = 0,      // y = sum
  CK_BIAS = 1,       // y = sum + bias
  CK_BIAS_RELU = 2,  // y = max(0, sum + bias)
  CK_GATE = 3,       // y = gate > 0 ? scale * sum : 0   (the gradient of ReLU and dropout; gate is the activation)
};

/// The activation functions of a layer.
enum ck_activation {
  CK_RELU = 0,        // max(0, x)
  CK_LEAKY_RELU = 1,  // x > 0 ? x : 0.01 x
  CK_ELU = 2,         // x > 0 ? x : e^x − 1
  CK_SIGMOID = 3,     // 1 / (1 + e^−x)
  CK_TANH = 4,
};

/// y[p,q,k] = Σ_t Σ_c x[p·x_row + q·x_step + tap_x[t] + c] · w[tap_w[t] + c·outputs + k], then the epilogue.
/// Convolutions forward, their input gradients, the phases of a transposed convolution, and (one tap) dense layers.
typedef struct {
  int32_t rows, columns;     // pixels of y
  int32_t channels;          // summed over, any number
  int32_t outputs;           // stored per pixel, a multiple of 8
  int32_t x_step, x_row;     // floats from one pixel of y to the next, in x
  int32_t y_step, y_row;     // the same in y and in the gate
  int32_t taps;
  int32_t tap_x[CK_MAX_TAPS];
  int32_t tap_w[CK_MAX_TAPS];
  int32_t epilogue;
  float scale;
} ck_correlation;

/// w[(t·channels + c)·outputs + k] (+)= Σ_p Σ_q a[p·a_row + q·a_step + tap_a[t] + c] · b[p·b_row + q·b_step + tap_b[t] + k].
/// Weight gradients of convolutions, of transposed convolutions, and (one tap) of dense layers.
typedef struct {
  int32_t rows, columns;     // pixels summed over
  int32_t channels;          // of a, any number
  int32_t outputs;           // of b, a multiple of 8
  int32_t a_step, a_row, b_step, b_row;
  int32_t taps;
  int32_t tap_a[CK_MAX_TAPS];
  int32_t tap_b[CK_MAX_TAPS];
  int32_t accumulate;        // 0: w is overwritten
} ck_outer_sum;

/// y[p,q,k] = bias[k] + Σ_t Σ_c x[p·x_row + q·x_step + tap_x[t] + c] · w[tap_w[t] + k·channels + c]: few outputs (an image's
/// channels) from many channels.
typedef struct {
  int32_t rows, columns;
  int32_t channels;          // a multiple of 8
  int32_t outputs;           // any number, small
  int32_t x_step, x_row;
  int32_t y_step, y_row;
  int32_t taps;
  int32_t tap_x[CK_MAX_TAPS];
  int32_t tap_w[CK_MAX_TAPS];
} ck_narrow;

/// 2×2 pooling with stride 2 of `rows`×`columns` pooled pixels of `channels` (a multiple of 8).
typedef struct {
  int32_t rows, columns, channels;
  int32_t x_step, x_row;     // one pixel, one row of the unpooled
  int32_t y_step, y_row;     // one pixel, one row of the pooled
  int32_t is_gated;          // whether the gradient is zero where x is not positive (see CK_GATE)
  int32_t is_mean;           // the mean of a window instead of its largest number
  float scale;               // of the gradient
} ck_pool;

/// A 3×3 convolution with stride 1 and a border of zeros, by Winograd's F(4×4, 3×3), and the gradient of its kernel.
/// A kernel's 36 points are matrices of channels × outputs, `ck_winograd_apart` floats from one to the next.
typedef struct {
  int32_t height, width;     // of x and y
  int32_t channels;          // of x, a multiple of 8
  int32_t outputs;           // of y, a multiple of 8
  int32_t x_step, x_row;     // floats from one pixel to the next, and from one row to the next
  int32_t y_step, y_row;     // the same in y, in its gradient and in the gate
  int32_t tap_w[9];          // where the kernel holds each tap: kernel_channels rows of outputs
  int32_t kernel_channels;   // at most channels; the others' weights are zero
  int32_t kernel_outputs;    // at most outputs; the others' weights and biases are zero
  int32_t epilogue;
  float scale;
} ck_winograd;

/// Floats from one point's matrix to the next: a vector more than it holds, which avoids cache conflicts.
static inline int64_t ck_winograd_apart(int32_t channels, int32_t outputs) { return (int64_t)channels * outputs + 16; }
/// Blocks of tiles in a picture.
static inline int64_t ck_winograd_blocks(int32_t height, int32_t width) {
  return ((height + 3) / 4 * (int64_t)((width + 3) / 4) + CK_WINOGRAD_BLOCK - 1) / CK_WINOGRAD_BLOCK;
}
/// Floats of scratch memory that `winograd` and `winograd_gradient` need.
static inline int64_t ck_winograd_scratch(int32_t channels, int32_t outputs) {
  return 36 * (CK_WINOGRAD_BLOCK * ((int64_t)channels + outputs) + 32);
}

/// Adam on `count` weights: gradient g = Σ partial + decay·w; moments and weights updated in place.
typedef struct {
  float rate;                // learning rate over the first moment's bias correction
  float root_correction;     // 1 / sqrt(1 − β₂ᵗ)
  float beta1, beta2, epsilon, decay;
  float gain;                // of the gradient, decay included
  float shrink;              // of the weights, before the step
  int32_t is_sgd;            // stochastic gradient descent with momentum beta1 instead: m = beta1·m + g, w = w − rate·m
} ck_adam;

/// The kernels of one instruction set.
typedef struct {
  const char *name;
  int32_t lanes;
  void (*correlate)(const ck_correlation *, const float *x, const float *w, const float *bias, const float *gate, float *y);
  void (*outer_sum)(const ck_outer_sum *, const float *a, const float *b, float *w);
  /// y = the convolution of x, then the epilogue. u: the kernel's points. All four are null in the reference.
  void (*winograd)(const ck_winograd *, const float *x, const float *u, const float *bias, const float *gate,
                   float *scratch, float *y);
  /// u + total += the gradient of the kernel's points, from x and the gradient by y. `blocks` counts the blocks of tiles that
  /// were added before (see ck_winograd_blocks); if 0, u and total may hold anything.
  void (*winograd_gradient)(const ck_winograd *, const float *x, const float *gy, float *scratch, int64_t blocks, float *u,
                            double *total);
  /// u = the points of the kernel w. Rows of u beyond kernel_channels are not written.
  void (*winograd_kernel)(const ck_winograd *, const float *w, float *u);
  /// w = the gradient of the kernel, from that of its points, u + total, the sum over `blocks` blocks. Changes u.
  void (*winograd_kernel_gradient)(const ck_winograd *, int64_t blocks, float *u, const double *total, float *w);
  void (*narrow)(const ck_narrow *, const float *x, const float *w, const float *bias, float *y);
  void (*pool)(const ck_pool *, const float *x, float *y);
  /// gx: the pooled gradient gy goes to the first winner of each window, or a quarter of it to all; if gated only where x is
  /// positive. It is zero elsewhere.
  void (*pool_gradient)(const ck_pool *, const float *x, const float *gy, float *gx);
  /// sums[k] (+)= Σ over pixels of g: the gradient of a bias. outputs a multiple of 8.
  void (*sum_pixels)(const float *g, int32_t rows, int32_t columns, int32_t outputs, int32_t step, int32_t row,
                     int32_t accumulate, float *sums);
  /// Sigmoid cross entropy of n logits z against targets x, summed; g (may be null) gets scale·(sigmoid(z) − x).
  double (*cross_entropy)(const float *z, const float *x, float *g, int64_t n, float scale);
  /// Σ (sigmoid(z) − x)².
  double (*squared_error)(const float *z, const float *x, int64_t n);
  /// Σ (sigmoid(z) − x)²; g gets scale times its gradient by z.
  double (*squared_loss)(const float *z, const float *x, float *g, int64_t n, float scale);
  /// y = sigmoid(z).
  void (*sigmoid)(const float *z, float *y, int64_t n);
  /// x = f(x).
  void (*activate)(int32_t function, float *x, int64_t n);
  /// g = g · f′(x), from y = scale · f(x).
  void (*activation_gradient)(int32_t function, const float *y, float scale, float *g, int64_t n);
  /// y = x / 255.
  void (*bytes_to_floats)(const uint8_t *x, float *y, int64_t n);
  /// x = clip(x + factor·N(0,1), 0, 1); the normals come from counters 0… of (key, index, epoch), four for each counter.
  void (*add_noise)(float *x, int64_t n, float factor, const uint32_t key[2], uint32_t index, uint32_t epoch);
  /// x[i] = word(i) < threshold ? 0 : scale·x[i]; the words come from counters first… of (key, index, epoch), four for each.
  void (*dropout)(float *x, int64_t n, uint32_t threshold, float scale, const uint32_t key[2], uint64_t first,
                  uint32_t index, uint32_t epoch);
  /// total (+)= sum, n numbers each; the sum becomes zero.
  void (*widen)(float *sum, int64_t n, int32_t accumulate, double *total);
  /// sum += total
  void (*settle)(const double *total, float *sum, int64_t n);
  /// sum (n floats) = the partials, `stride` floats apart, added as a binary tree.
  void (*tree_sum)(const float *partials, int64_t stride, int32_t count, int64_t n, float *sum);
  /// Updates n weights; g becomes the whole gradient (decay and gain included). sums: Σ g² without the gain and, before the update, Σ w².
  void (*adam)(const ck_adam *, float *g, float *m, float *v, float *w, int64_t n, double sums[2]);
  /// to[c·rows + r] = from[r·columns + c], all sides multiples of 8 or not.
  void (*transpose)(const float *from, int32_t rows, int32_t columns, int32_t from_row, int32_t to_row, float *to);
  /// above[k] += the number of sums x[j] + y[j], j < n, greater than limits[k], k < count.
  void (*count_above)(const float *x, const float *y, int32_t n, const float *limits, int32_t count, int32_t *above);
  /// For points first … first + count − 1 of n in the plane or, unless z is null, in space, with dᵢⱼ² = |yᵢ − yⱼ|² and q =
  /// 1 / (1 + d²): (fx, fy, fz) = Σⱼ mⱼ·q²·(yᵢ − yⱼ), sums = Σⱼ mⱼ·q, including j = i; every mass m is 1 if m is null. x, y, z and m
  /// have whole vectors of 16; points beyond n are far away (1e18). fz is null in the plane.
  void (*repel)(const float *x, const float *y, const float *z, const float *m, int64_t n, int64_t first, int64_t count,
                float *fx, float *fy, float *fz, double *sums);
  /// sums[r·columns + c] += Σₖ (x[r·dimensions + k] − y[k·columns + c])², added one after the other from the first k on. Each square
  /// is rounded before, so all sets give the same bits, unless `fused` allows to leave that out. columns is a multiple of 16.
  void (*add_squared_distances)(const double *x, int32_t rows, const double *y, int32_t columns, int32_t dimensions,
                                int32_t fused, double *sums);
  /// An epoch of UMAP's descent, see `ck_descend`.
  void (*descend)(const ck_descent *, const float *places, int64_t first, int64_t step, int64_t points, float *moved);
  /// Runs independent chains of multiply-adds that touch no memory, and writes their sum, which has no meaning. Returns the
  /// number of multiply-adds: `rounds` in each lane of each chain.
  int64_t (*multiply_adds)(int64_t rounds, float *sum);
} ck_kernels;

enum ck_instruction_set { CK_REFERENCE = 0, CK_VECTORS = 1, CK_AVX2 = 2, CK_AVX512 = 3 };

/// Returns the kernels of an instruction set, or null if this processor or build lacks it. The first two always exist.
const ck_kernels *ck_kernels_for(enum ck_instruction_set set);
/// The kernels in plain vector code.
extern const ck_kernels ck_kernels_vectors;
/// The fastest set that this processor has.
enum ck_instruction_set ck_best_instruction_set(void);
/// Tells the processor that this thread spins until another thread writes.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
/// Returns the number of processors that this process may run on (its affinity, not the machine's count).
int ck_processors(void);

#endif
