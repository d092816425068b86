// TrainingRun.swift
// A training run as a sequence of reports: it computes when asked for the next, and prints nothing.

package import Datasets
package import Networks
package import Parallel
import Tensors

/// A training run, which takes a step or evaluates an epoch at each call of `next`.
///
/// The first report is epoch 0, the untrained network on the validation set. Each epoch's steps and its report follow.
package final class TrainingRun {
  package let configuration: TrainingConfiguration
  package let data: DatasetSplits
  package let autoencoder: Autoencoder
  package let stepsPerEpoch: Int
  /// Policy for a step whose loss or gradient is not finite; other steps do not depend on it.
  package var onNonFinite = NonFiniteRule.stop
  /// The steps and epochs so far.
  package private(set) var position = TrainingPosition()
  /// The weights with which the run began; nil if they were drawn.
  package private(set) var weightSource: WeightSource?
  private var order: [Int32] = []
  private var learningRate: LearningRateSchedule
  private var skippedInARow = 0

  /// Creates a run with an untrained network.
  /// - Parameter threads: the number of threads; the results do not depend on it.
  package init(_ configuration: TrainingConfiguration, on data: DatasetSplits, threads: ThreadAllowance) throws {
    try configuration.validate()
    guard configuration.batchSize <= data.training.count else {
      throw TrainingError.batchLargerThanSet(batch: configuration.batchSize, images: data.training.count)
    }
    self.configuration = configuration
    self.data = data
    stepsPerEpoch = data.training.count / configuration.batchSize
    learningRate = LearningRateSchedule(configuration, steps: configuration.epochs * stepsPerEpoch)
    autoencoder = try Autoencoder(
      configuration.architecture, imageShape: data.shape, batchSize: configuration.batchSize,
      dropout: Float(configuration.dropout), seed: configuration.seed, threads: threads, kernels: configuration.kernels,
      loss: configuration.loss, beta: Float(configuration.beta))
  }

  /// Resumes from a checkpoint of a run on the same data, with the same configuration except for the number of epochs.
  /// - Parameter path: the path that messages show.
  /// - Throws: `CheckpointError`.
  package func restore(_ checkpoint: Checkpoint, path: String) throws {
    let place = checkpoint.position
    guard place.reportedEpochs > 0, place.step / stepsPerEpoch == place.reportedEpochs - 1,
      place.epochLosses <= place.step % stepsPerEpoch
    else { throw CheckpointError.metadata(path: path, key: "reported_epochs", got: "\(place.reportedEpochs)") }
    try checkpoint.restore(into: autoencoder, path: path)
    position = place
    weightSource = checkpoint.weightSource
    order = []
  }

  /// Begins with the weights of a checkpoint of another run with the same model. Call it before the first report.
  /// - Parameters:
  ///   - source: the place of the weights.
  ///   - path: the path that messages show.
  /// - Throws: `CheckpointError`.
  package func begin(
    with checkpoint: Checkpoint, from source: WeightSource, path: String
  ) throws(CheckpointError) {
    try checkpoint.restoreWeights(into: autoencoder, path: path)
    weightSource = source
  }

  /// Steps taken so far.
  package var step: Int { position.step }

  /// Whether an epoch's last step was taken, but the epoch was not yet evaluated.
  package var owesEpoch: Bool { step == position.reportedEpochs * stepsPerEpoch }

  /// Steps in the whole run.
  package var totalSteps: Int { configuration.epochs * stepsPerEpoch }

  /// Whether the validation loss has not improved for as many epochs as the configuration allows. It follows from the epochs that a
  /// checkpoint holds, so a resumed run stops where an uninterrupted one does.
  package var isOutOfPatience: Bool {
    configuration.patience > 0 && position.epochsSinceBest >= configuration.patience
  }

  /// Whether the last epoch is evaluated, or training has stopped early.
  package var isOver: Bool { position.reportedEpochs > configuration.epochs || isOutOfPatience }

  /// Whether training has stopped before the last epoch.
  package var hasStoppedEarly: Bool { isOutOfPatience && position.reportedEpochs <= configuration.epochs }

  /// Replaces the weights by those of a checkpoint of this run, to measure and show them. No step may follow.
  /// - Parameter path: the path that messages show.
  /// - Throws: `CheckpointError`.
  package func showWeights(of checkpoint: Checkpoint, path: String) throws(CheckpointError) {
    try checkpoint.restoreWeights(into: autoencoder, path: path)
  }

  /// Throws an error if a weight is not finite, so that no step can follow.
  /// - Throws: `TrainingError.nonFiniteWeights`.
  package func checkWeights() throws(TrainingError) {
    if let parameter = autoencoder.firstNonFiniteParameter { throw .nonFiniteWeights(step: step, parameter: parameter) }
  }

  /// Computes the next report; nil after the last epoch's, or if the patience is out.
  package func next() throws -> TrainingReport? {
    if isOver { return nil }
    return owesEpoch ? .epoch(reportEpoch()) : .step(try takeStep())
  }

  /// Returns the loss and RMSE on one of the parts, with the fixed noise of that part's evaluation.
  package func evaluate(_ part: ImageDataset, named name: String) -> Evaluation {
    part.withPixels { autoencoder.evaluate($0, count: part.count, perturbation: evaluationNoise(name)) }
  }

  /// Returns the noise of an evaluation of that part.
  package func evaluationNoise(_ part: String) -> Perturbation { configuration.evaluationNoise(part) }

  private func reportEpoch() -> EpochReport {
    let report = EpochReport(
      epoch: position.reportedEpochs, step: step,
      trainingLoss: position.reportedEpochs == 0 ? nil : position.epochLoss / Double(position.epochLosses),
      validation: evaluate(data.validation, named: "validation"))
    position.reportedEpochs += 1
    (position.epochLoss, position.epochLosses) = (0, 0)
    position.lastEpoch = report
    let best = position.bestEpoch?.validation.reconstructionLoss ?? .infinity
    if report.validation.reconstructionLoss < best { position.bestEpoch = report }
    return report
  }

  private func takeStep() throws -> StepReport {
    let epoch = step / stepsPerEpoch
    let place = step % stepsPerEpoch
    if place == 0 || order.isEmpty {
      var shuffle = RandomStream(seed: configuration.seed, name: "shuffle", epoch: UInt32(epoch))
      order = shuffle.permutation(of: data.training.count)
    }
    let rate = learningRate.rate(atStep: step + 1)
    let batch = order[place * configuration.batchSize..<(place + 1) * configuration.batchSize]
    let perturbation = configuration.perturbation(epoch: UInt32(epoch))
    let result = data.training.withPixels { pixels in
      autoencoder.step(
        pixels: pixels, batch: batch, perturbation: perturbation,
        optimizer: configuration.optimizerStep(step + 1, rate: rate),
        skipsNonFinite: onNonFinite == .skip)
    }
    position.step += 1
    try account(for: result, batch: batch, perturbation: perturbation)
    return StepReport(
      step: step, epoch: epoch + 1, reconstructionLoss: result.reconstructionLoss,
      divergence: configuration.architecture.isVariational ? result.divergence : nil, totalLoss: result.totalLoss,
      learningRate: rate, gradientNorm: result.gradientNorm)
  }

  /// Adds the step's loss to the epoch's, or applies the policy for one that is not finite.
  private func account(for result: StepResult, batch: ArraySlice<Int32>, perturbation: Perturbation) throws {
    if !result.isSkipped && result.totalLoss.isFinite && result.gradientNorm.isFinite {
      position.epochLoss += result.reconstructionLoss
      position.epochLosses += 1
      skippedInARow = 0
      return
    }
    skippedInARow += 1
    position.skippedSteps += 1
    if onNonFinite == .skip && result.isSkipped && skippedInARow < stepsPerEpoch { return }
    if result.reconstructionLoss.isFinite, result.divergence.isFinite {
      throw TrainingError.nonFiniteGradient(step: step, parameter: autoencoder.lastNonFiniteGradient)
    }
    let layer = data.training.withPixels {
      autoencoder.firstNonFiniteLayer(pixels: $0, batch: batch, perturbation: perturbation)
    }
    throw TrainingError.nonFiniteLoss(step: step, loss: result.reconstructionLoss, layer: layer)
  }
}

/// Policy for a step whose loss or gradient is NaN or infinite.
package enum NonFiniteRule: String, CaseIterable, Sendable {
  /// Training ends with an error.
  case stop
  /// The weights stay unchanged. As many such steps in a row as an epoch has end training with an error.
  case skip
}
