// RunRecord.swift
// The contents of run.json: the options of a run and its results, for programs to read.

import ByteStreams
package import Datasets
import Networks
import Parallel
import Tensors
package import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The record of one run. It is written before training begins; `status` says whether its results are final.
package struct RunRecord: Codable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable {
    /// The run is being trained, or its process died without changing the record.
    case running
    case completed
    /// The run was eliminated before its last epoch. Its files equal those of a complete run with fewer epochs.
    case stopped
    /// The user interrupted or paused the run; there is a checkpoint to resume from.
    case interrupted
    case failed
  }

  package struct DataRecord: Codable, Equatable, Sendable {
    /// "digits", or an absolute path.
    package var source: String
    /// How the collection is read, as command-line options; nil if nothing was chosen.
    package var options: String?
    package var name: String
    package var seed: UInt64
    package var fingerprint: String
    /// Height, width, channels.
    package var image_shape: [Int]
    package var training_images: Int
    package var validation_images: Int
    package var test_images: Int

    /// The source of the images, and how it is read.
    package var dataSource: DataSource {
      DataSource(argument: source, options: options.flatMap { ReadingOptions(text: $0) } ?? ReadingOptions())
    }
  }

  package struct ModelRecord: Codable, Equatable, Sendable {
    package var weights: Int
    /// The shape of a latent code: height, width, channels; or units.
    package var bottleneck_shape: [Int]
  }

  package struct MachineRecord: Codable, Equatable, Sendable {
    /// The kernels in use, for example "avx2+winograd".
    package var kernels: String
    package var threads: Int
    package var processors: Int
  }

  package struct VersionRecord: Codable, Equatable, Sendable {
    package var aelog: String
    package var swift: String
  }

  /// Measures of the latent codes of some images.
  package struct LatentRecord: Codable, Equatable, Sendable {
    package var images: Int
    /// Number of different codes; nil in records of earlier versions.
    package var distinct: Int?
    /// Number of images with several equally distant candidates for the fifth neighbor; nil in records of earlier versions.
    package var tied: Int?
    /// Number of code units with the same value for all images; nil in records of earlier versions.
    package var dead_units: Int?
    /// The fraction of images whose class is that of most of their five nearest codes. Nil if all images belong to one class, or if
    /// too many are tied.
    package var neighbour_accuracy: Double?
    package var silhouette: Double?
    package var trustworthiness: Double?

    package init(
      images: Int, distinct: Int? = nil, tied: Int? = nil, dead_units: Int? = nil, neighbour_accuracy: Double? = nil,
      silhouette: Double? = nil, trustworthiness: Double? = nil
    ) {
      (self.images, self.distinct, self.tied, self.dead_units) = (images, distinct, tied, dead_units)
      (self.neighbour_accuracy, self.silhouette, self.trustworthiness) = (
        neighbour_accuracy, silhouette, trustworthiness
      )
    }
  }

  /// The results so far: those of the last epoch, and at the end of a run with a patience, those of its best.
  package struct ResultRecord: Codable, Equatable, Sendable {
    package var steps = 0
    package var epochs = 0
    package var training_loss: Double?
    package var validation_loss: Double?
    package var validation_rmse: Double?
    package var test_loss: Double?
    package var test_rmse: Double?
    /// Measures of a sample of the validation images, after the last epoch.
    package var validation_code: LatentRecord?
    /// Measures of the test images, after the end.
    package var test_code: LatentRecord?
    /// Wall-clock seconds of the whole run, without time after the last checkpoint of a killed process.
    package var seconds = 0.0
    /// Speed of the training steps alone, since the run began or was last resumed.
    package var images_per_second = 0.0
    /// The last checkpoint, relative to the run's directory.
    package var checkpoint: String?
    /// The step with the lowest validation loss, whose checkpoint is kept, and that loss.
    package var best_step: Int?
    package var best_validation_loss: Double?
    /// The epoch of that step; nil in records of earlier versions.
    package var best_epoch: Int?
    /// True if training stopped before its last epoch, because the validation loss had not improved; else nil.
    package var stopped_early: Bool?
    /// Number of steps without an update, because loss or gradient was not finite.
    package var skipped_steps: Int?
    /// Texts of `RunWarning`.
    package var warnings: [String] = []
  }

  /// A resumption: from which step, when, and with which options.
  package struct ResumptionRecord: Codable, Equatable, Sendable {
    /// The step of the checkpoint.
    package var step: Int
    /// UTC, ISO 8601.
    package var started: String
    package var command: [String]
    package var kernels: String
    package var threads: Int
  }

  package var status: Status
  /// The reason why the run failed.
  package var error: String?
  package var name: String
  /// UTC, ISO 8601.
  package var started: String
  package var command: [String]
  package var configuration: TrainingConfiguration
  package var data: DataRecord
  package var model: ModelRecord
  package var machine: MachineRecord
  package var versions: VersionRecord
  package var results = ResultRecord()
  /// Epochs between two latent snapshots, if there are any.
  package var embed_every: Int?
  /// The weights with which the run began; nil if they were drawn.
  package var start_from: WeightSource?
  /// All resumptions in order; nil if the run was never interrupted.
  package var resumptions: [ResumptionRecord]?
}

extension RunRecord {
  /// Whether the run stopped early, and would stop there too with that number of epochs and that patience.
  package func hasStoppedEarly(epochs: Int, patience: Int) -> Bool {
    guard status == .completed, results.stopped_early == true, let best = results.best_epoch else { return false }
    return epochs > results.epochs && patience > 0 && results.epochs - best >= patience
  }

  /// Where and why the run stopped early; nil if it did not.
  package var earlyStop: EarlyStop? {
    results.stopped_early == true
      ? EarlyStop(epoch: results.epochs, epochs: configuration.epochs, patience: configuration.patience) : nil
  }

  /// Records that the run resumes from `step`.
  package mutating func resume(_ options: TrainingOptions, at step: Int, run: TrainingRun) {
    // The end of a run with a patience measures the codes of its best epoch, and the run resumes from its last.
    if [.completed, .stopped].contains(status), configuration.patience > 0 { results.validation_code = nil }
    status = .running
    error = nil
    results.stopped_early = nil
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
        source: options.data.argument, options: options.data.options.isEmpty ? nil : options.data.options.text,
        name: data.name, seed: options.dataSeed, fingerprint: data.fingerprint,
        image_shape: [shape.height, shape.width, shape.channels], training_images: data.training.count,
        validation_images: data.validation.count, test_images: data.test.count),
      model: ModelRecord(weights: autoencoder.slab.weightCount, bottleneck_shape: autoencoder.bottleneckShape),
      machine: MachineRecord(
        kernels: autoencoder.kernelsName, threads: options.threads,
        processors: processorCount),
      versions: VersionRecord(aelog: AelogVersion.current, swift: AelogVersion.swift), start_from: run.weightSource)
  }
}

/// The end of a run whose validation loss had not improved.
package struct EarlyStop: Hashable, Sendable {
  /// The last epoch that was trained.
  package let epoch: Int
  /// The epochs that were planned.
  package let epochs: Int
  package let patience: Int

  package init(epoch: Int, epochs: Int, patience: Int) {
    (self.epoch, self.epochs, self.patience) = (epoch, epochs, patience)
  }

  /// For people, to stand after "stopped".
  package var text: String {
    "after epoch \(epoch) of \(epochs): no better validation loss for \(DisplayName.counted(patience, "epoch"))"
  }
}

/// The versions that a run's records name.
package enum AelogVersion {
  /// The version of this program.
  package static let current = "0.1.0"

  /// The version of the compiler that built this program.
  package static var swift: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }
}
