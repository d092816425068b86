// RunRecord+Start.swift
// The record of a run that begins or resumes.

import Datasets
import Networks
import Parallel
import Tensors
package import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension RunRecord {
  /// Notes that the run resumes from `step`.
  package mutating func resume(_ options: TrainingOptions, at step: Int, run: TrainingRun) {
    status = .running
    error = nil
    configuration = run.configuration
    resumptions =
      (resumptions ?? []) + [
        ResumptionRecord(
          step: step, started: Date().formatted(.iso8601), command: options.commandLine,
          kernels: run.autoencoder.kernelsName, threads: options.threads)
      ]
  }

  /// Makes the record of a run that begins now.
  package init(_ options: TrainingOptions, name: String, run: TrainingRun) {
    let (data, shape, autoencoder) = (run.data, run.data.shape, run.autoencoder)
    self.init(
      status: .running, name: name, started: Date().formatted(.iso8601), command: options.commandLine,
      configuration: run.configuration,
      data: DataRecord(
        source: options.data.argument, name: data.name, seed: options.dataSeed, fingerprint: data.fingerprint,
        image_shape: [shape.height, shape.width, shape.channels], training_images: data.training.count,
        validation_images: data.validation.count, test_images: data.test.count),
      model: ModelRecord(weights: autoencoder.slab.weightCount, bottleneck_shape: autoencoder.bottleneckShape),
      machine: MachineRecord(
        kernels: autoencoder.kernelsName, threads: options.threads,
        processors: processorCount),
      versions: VersionRecord(aelog: AelogVersion.current, swift: AelogVersion.swift))
  }
}
