// FakeSlurm+Tools.swift
// Slurm's scripted commands, as a sweep calls them.

import TestSupport

@testable import Sweeps

extension FakeSlurm {
  var tools: SlurmTools { tools([:]) }

  /// With more variables.
  func tools(_ more: [String: String]) -> SlurmTools { SlurmTools(environment: ["PATH": path].merging(more) { $1 }) }
}
