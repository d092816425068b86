// TrainingOptions.swift
// Everything that a training run is asked to do, and where.

package import Datasets
package import Tensors
package import Training

/// One run to be trained and logged.
package struct TrainingOptions: Sendable {
  package var configuration: TrainingConfiguration
  package var data: DataSource
  /// Chooses the drawn digits; of no account for files.
  package var dataSeed: UInt64 = 0
  package var logdir: String
  /// The run's name; that of the architecture, if nil.
  package var name: String?
  /// How many threads work; the results do not depend on it.
  package var allowance: ThreadAllowance
  /// For the record, the program's name first.
  package var commandLine: [String] = []
  /// Steps between two points of the training curves; if nil, about twenty points an epoch.
  package var logEvery: Int?
  /// How many checkpoints stay, beside that of the best epoch; 1 or more.
  package var keep = defaultKeep
  /// Steps between two checkpoints within an epoch; if nil, there is one after each epoch and at the end.
  package var checkpointEvery: Int?
  /// Epochs between two snapshots of the code; if nil there are none, or as many as a run that goes on was begun with.
  package var embedEvery: Int?
  /// What `embedEvery` may be.
  package static let embedEveryRange = 1...1_000_000_000
  /// The epoch after which the run stops as if it had been asked to, to go on another time; if nil, it is trained to its end.
  package var pauseAfter: Int?
  /// The epoch after which the run is over for good though it was begun for more, and ends as a complete one does; if nil, its last.
  package var endAfter: Int?
  /// With which runs it will be compared.
  package var comparison = RunComparison.usual
  package var onNonFinite = defaultNonFiniteRule

  package static let defaultKeep = 3
  package static let defaultNonFiniteRule = NonFiniteRule.stop

  package init(configuration: TrainingConfiguration, data: DataSource, logdir: String, threads: ThreadAllowance) {
    self.configuration = configuration
    self.data = data
    self.logdir = logdir
    allowance = threads
  }

  /// Those of the moment.
  package var threads: Int { allowance.now }
}
