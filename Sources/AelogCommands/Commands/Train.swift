// Train.swift
// aelog train: trains an autoencoder and leaves a directory that TensorBoard opens.

import ArgumentParser
import ByteStreams
import Datasets
import Experiments
import Networks
import Training

/// Trains, logs, and tells how it goes.
struct Train: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train an autoencoder and log the run for TensorBoard.",
    usage: "aelog train [<options>]",
    discussion: """
      Examples:
        aelog train --logdir runs/
        aelog train --model fully-connected --hidden-units 256,32 --epochs 20
        aelog train --data mnist/ --filters 32,16,8 --downsampling stride --name wide
        aelog train --noise-factor 0.5 --name denoising

      Ctrl-C stops after the step at hand and leaves a complete directory.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Learning") var learning: LearningOptions
  @OptionGroup(title: "Images") var data: DataOptions
  @OptionGroup(title: "Run") var place: RunOptions

  func run(on console: Console) throws -> Int32 {
    var options = TrainingOptions(
      configuration: learning.configuration(of: model.architecture), data: data.source, logdir: place.logdir,
      threads: place.threads.count)
    options.dataSeed = data.dataSeed
    options.name = place.name
    options.commandLine = console.commandLine
    let images = try data.source.load(seed: data.dataSeed, threads: place.threads.count)
    StopSignals.install()
    let session = try TrainingSession(options, data: images)
    let display = place.display(on: console)
    display.begin(start(of: session, on: images))
    do {
      let outcome = try session.run({ display.show($0) }, shouldStop: { isAskedToStop(display) })
      display.end(outcome)
      return outcome.wasInterrupted ? reportInterruption(outcome, on: console) : 0
    } catch {
      display.fail()
      throw error
    }
  }

  private func start(of session: TrainingSession, on images: DatasetSplits) -> TrainingStart {
    TrainingStart(
      modelName: model.architecture.name, layers: session.layers, data: DataSummary(images).line,
      kernels: session.kernelsName, threads: place.threads.count, runPath: session.runPath, epochs: learning.epochs,
      totalSteps: session.totalSteps)
  }

  private func isAskedToStop(_ display: any TrainingDisplay) -> Bool {
    guard StopSignals.received != nil else { return false }
    display.stopping()
    return true
  }

  /// One line, even with `--quiet`, and the exit code of a process that a signal ended.
  private func reportInterruption(_ outcome: TrainingOutcome, on console: Console) -> Int32 {
    console.errors.line("interrupted: what there is of the run is in \(DisplayName.quoted(outcome.runPath))")
    return 128 + (StopSignals.received ?? 0)
  }
}
