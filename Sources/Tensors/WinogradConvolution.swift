// WinogradConvolution.swift
// A 3×3 convolution by Winograd's F(4×4, 3×3), as data: a quarter of the multiplications, at 36 points instead of 9 taps.

internal import CKernels

/// y[p,q,k] = Σ over the nine taps and all channels of x[p,q + tap, c] · w[tap, c, k], then an epilogue; and the gradient of w.
///
/// The kernel takes part as its points, which are computed once a step (`Kernels.points`). Rounding differs from
/// `Correlation`'s: its normalised error is some 1e-6, the other's 1e-7.
package struct WinogradConvolution: Sendable {
  var raw = ck_winograd()

  /// - Parameters:
  ///   - height, width: of x and y, which share them; x has a border of zeros one pixel wide.
  ///   - channels: of x and in a tap of the kernel; a pixel of x holds them padded with zeros to a multiple of 8.
  ///   - outputs: of y; a pixel of y and a row of the kernel hold them padded with zeros to a multiple of 8.
  ///   - taps: where the kernel holds the tap of each of the nine neighbors of x, row by row.
  package init(
    height: Int, width: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Int],
    epilogue: Correlation.Epilogue
  ) {
    precondition(taps.count == 9, "nine taps")
    raw.height = Int32(height)
    raw.width = Int32(width)
    raw.channels = Int32((channels + 7) / 8 * 8)
    raw.kernel_channels = Int32(channels)
    raw.outputs = Int32((outputs + 7) / 8 * 8)
    raw.kernel_outputs = Int32(outputs)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    store(taps, in: &raw.tap_w)
    (raw.epilogue, raw.scale) = epilogue.code
  }

  /// Floats in the kernel's points, or in their gradient.
  package var pointCount: Int { 36 * Int(ck_winograd_apart(raw.channels, raw.outputs)) }

  /// Blocks of tiles in a picture, each of which is added to the gradient of the points at once.
  var blockCount: Int { Int(ck_winograd_blocks(raw.height, raw.width)) }

  /// Floats of scratch memory that the convolution and its gradient want.
  package var scratchCount: Int { Int(ck_winograd_scratch(raw.channels, raw.outputs)) }
}
