// Split.swift
// The three parts of a collection by name.

/// Which part of a collection.
package enum Split: String, CaseIterable, Sendable {
  case training
  case validation
  case test
}

extension DatasetSplits {
  /// The images of one part.
  package subscript(split: Split) -> ImageDataset {
    switch split {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }
}
