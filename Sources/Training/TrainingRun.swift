// TrainingRun.swift
// A training run as a sequence of reports: it computes when asked for the next, and prints nothing.

package import Datasets
package import Networks
import Tensors

/// Training, step by step.
///
/// The first report is epoch 0, the untrained network on the validation set; then come an epoch's steps and its report.
package final class TrainingRun {
  package let configuration: TrainingConfiguration
  package let data: DatasetSplits
  package let autoencoder: Autoencoder
  package let stepsPerEpoch: Int
  /// Steps taken so far.
  package private(set) var step = 0
  private var order: [Int32] = []
  private var epochLoss = 0.0
  private var reportedEpochs = 0

  /// - Parameter threads: how many work; the results do not depend on it.
  package init(_ configuration: TrainingConfiguration, on data: DatasetSplits, threads: Int) throws {
    try configuration.validate()
    guard configuration.batchSize <= data.training.count else {
      throw TrainingError.batchLargerThanSet(batch: configuration.batchSize, images: data.training.count)
    }
    self.configuration = configuration
    self.data = data
    stepsPerEpoch = data.training.count / configuration.batchSize
    autoencoder = try Autoencoder(
      configuration.architecture, imageShape: data.shape, batchSize: configuration.batchSize,
      dropout: Float(configuration.dropout), seed: configuration.seed, threads: threads, kernels: configuration.kernels)
  }

  /// Steps in the whole run.
  package var totalSteps: Int { configuration.epochs * stepsPerEpoch }

  /// The next report, or nil after the last epoch's.
  package func next() throws -> TrainingReport? {
    if reportedEpochs > configuration.epochs { return nil }
    return step == reportedEpochs * stepsPerEpoch ? .epoch(reportEpoch()) : .step(try takeStep())
  }

  /// Loss and RMSE on one of the parts, with the noise that the evaluation of that part always draws.
  package func evaluate(_ part: ImageDataset, named name: String) -> Evaluation {
    part.withPixels { autoencoder.evaluate($0, count: part.count, perturbation: evaluationNoise(name)) }
  }

  /// The noise of an evaluation of that part.
  package func evaluationNoise(_ part: String) -> Perturbation { configuration.evaluationNoise(part) }

  private func reportEpoch() -> EpochReport {
    let report = EpochReport(
      epoch: reportedEpochs, step: step,
      trainingLoss: reportedEpochs == 0 ? nil : epochLoss / Double(stepsPerEpoch),
      validation: evaluate(data.validation, named: "validation"))
    reportedEpochs += 1
    epochLoss = 0
    return report
  }

  private func takeStep() throws -> StepReport {
    let epoch = step / stepsPerEpoch
    let place = step % stepsPerEpoch
    if place == 0 {
      var shuffle = RandomStream(seed: configuration.seed, name: "shuffle", epoch: UInt32(epoch))
      order = shuffle.permutation(of: data.training.count)
    }
    let rate = configuration.learningRate(atStep: step + 1)
    let batch = order[place * configuration.batchSize..<(place + 1) * configuration.batchSize]
    let result = data.training.withPixels { pixels in
      autoencoder.step(
        pixels: pixels, batch: batch,
        perturbation: Perturbation(
          noiseFactor: Float(configuration.noiseFactor), dropout: Float(configuration.dropout),
          seed: configuration.seed, epoch: UInt32(epoch)),
        adam: AdamStep(learningRate: rate, step: step + 1, decay: Float(configuration.weightDecay)))
    }
    step += 1
    epochLoss += result.reconstructionLoss
    guard result.totalLoss.isFinite else { throw TrainingError.nonFiniteLoss(step: step, loss: result.totalLoss) }
    return StepReport(
      step: step, epoch: epoch + 1, reconstructionLoss: result.reconstructionLoss, totalLoss: result.totalLoss,
      learningRate: rate, gradientNorm: result.gradientNorm)
  }
}
