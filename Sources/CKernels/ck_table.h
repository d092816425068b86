// ck_table.h
// The table of one instruction set; the including file defines CK_NAME, CK_TABLE and the tile sizes.

#include "ck_vector.h"
#include "ck_totals.h"
#include "ck_correlate.h"
#include "ck_outer.h"
#include "ck_winograd.h"
#include "ck_pixels.h"
#include "ck_elements.h"
#include "ck_activations.h"
#include "ck_repel.h"
#include "ck_distances.h"
#include "ck_descend.h"
#include "ck_peak.h"

const ck_kernels CK_TABLE = {
  .name = CK_NAME, .lanes = CK_LANES,
  .correlate = correlate, .outer_sum = outer_sum, .winograd = winograd, .winograd_gradient = winograd_gradient,
  .winograd_kernel = winograd_kernel, .winograd_kernel_gradient = winograd_kernel_gradient,
  .narrow = narrow, .pool = pool, .pool_gradient = pool_gradient,
  .sum_pixels = sum_pixels, .cross_entropy = cross_entropy, .squared_error = squared_error,
  .squared_loss = squared_loss, .sigmoid = sigmoid,
  .activate = activate, .activation_gradient = activation_gradient,
  .bytes_to_floats = bytes_to_floats, .add_noise = add_noise, .dropout = dropout, .tree_sum = tree_sum,
  .widen = widen, .settle = settle, .adam = adam, .transpose = transpose, .count_above = count_above, .repel = repel,
  .add_squared_distances = add_squared_distances, .descend = descend,
  .multiply_adds = multiply_adds,
};
