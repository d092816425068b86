// InstructionSet.swift
// What the processor's vectors can do, and the choice among them.

internal import CKernels

/// A family of vector instructions that the kernels are compiled for.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Plain loops in double precision: slow, and the definition of what the others compute.
  case reference
  /// Whatever the compiler makes of eight lanes: any processor.
  case vectors
  /// AVX2 with fused multiply-add: eight lanes.
  case avx2
  /// AVX-512 F, VL, DQ, BW: sixteen lanes.
  case avx512

  /// The fastest that this processor has.
  package static var best: InstructionSet { available.last ?? .vectors }

  /// Those that this processor has, the slowest first.
  package static var available: [InstructionSet] { allCases.filter { ck_kernels_for($0.code) != nil } }

  var code: ck_instruction_set {
    switch self {
    case .reference: CK_REFERENCE
    case .vectors: CK_VECTORS
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    }
  }
}
