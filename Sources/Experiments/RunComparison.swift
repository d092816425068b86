// RunComparison.swift
// What runs are compared for: the columns of the HParams dashboard that are shown first.

/// Says which columns matter; runs that are compared have the same.
package struct RunComparison: Hashable, Sendable {
  /// The options in which the runs differ, under their names on the command line without the hyphens.
  package var differing: Set<String>
  /// Whether only some of the runs come to the test images, so that the validation images are looked at first.
  package var isByValidation = false

  package init(differing: Set<String>) { self.differing = differing }

  /// Of runs that nobody compares yet: what people usually change.
  package static let `default` = RunComparison(
    differing: ["model", "filters", "learning-rate", "batch-size", "epochs"])
}
