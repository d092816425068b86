// KernelChoice.swift
// Which of the ways to compute the same layers is taken.

/// How layers are computed. The results differ in rounding alone.
package enum KernelChoice: String, CaseIterable, Sendable {
  /// The fastest for each layer: Winograd's convolutions where they pay, direct ones elsewhere.
  case auto
  /// Direct convolutions only.
  case direct
  /// Plain loops summed in double precision: slow, and what the others are tested against.
  case reference
}
