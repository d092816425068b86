// TrainingOptions.swift
// The options of one training run: the model, the images, the log directory, checkpoints and threads.

package import Datasets
package import Parallel
package import Training

/// All options of a run; `configuration` holds those that decide its results.
package struct TrainingOptions: Sendable {
  package var configuration: TrainingConfiguration
  package var data: DataSource
  /// The seed of drawn digits; ignored for files.
  package var dataSeed: UInt64 = 0
  package var logdir: String
  /// The run's name; defaults to the architecture's.
  package var name: String?
  /// Number of threads; the results do not depend on it.
  package var allowance: ThreadAllowance
  /// The command line for the record, beginning with the program's name.
  package var commandLine: [String] = []
  /// Steps between two points of the training curves; defaults to about twenty points an epoch.
  package var logEvery: Int?
  /// Number of checkpoints to keep beside that of the best epoch; 1 or more.
  package var keep = defaultKeep
  /// Steps between two checkpoints within an epoch; if nil, there is one after each epoch and at the end only.
  package var checkpointEvery: Int?
  /// Epochs between two latent snapshots; if nil there are none, or a resumed run keeps its own number.
  package var embedEvery: Int?
  /// The epoch after which the run pauses, to be resumed later; if nil, it is trained to its end.
  package var pauseAfter: Int?
  /// The epoch after which the run ends like a complete run, even if its configuration has more epochs; defaults to the last.
  package var endAfter: Int?
  /// The comparison that the run belongs to.
  package var comparison = RunComparison.default
  package var onNonFinite = defaultNonFiniteRule
  /// The model with whose weights a new run begins; nil to draw them.
  package var start: StartingModel?

  package static let defaultKeep = 3
  package static let defaultNonFiniteRule = NonFiniteRule.stop

  package init(configuration: TrainingConfiguration, data: DataSource, logdir: String, threads: ThreadAllowance) {
    self.configuration = configuration
    self.data = data
    self.logdir = logdir
    allowance = threads
  }

  /// The number of threads at this moment.
  package var threads: Int { allowance.now }
}
