// Train.swift
// aelog train: trains an autoencoder and writes a run for TensorBoard.

import ArgumentParser
import ByteStreams
import Datasets
import Networks
import Parallel
import Runs
import Sessions
import Sweeps
import Tensors
import Training

/// Trains, logs, and shows the progress.
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
        aelog train --epochs 20 --embed-every 5
        aelog train --config denoising.yaml --seed 3
        aelog train --start-from runs/wide --data letters/ --learning-rate 1e-4
        aelog train --resume runs/denoising

      Ctrl-C stops after the current step and writes a checkpoint; --resume resumes from it.
      """)

  @OptionGroup(title: "Model") var model: SettingOptions<ModelRows>
  @OptionGroup(title: "Learning") var learning: SettingOptions<LearningRows>
  @OptionGroup(title: "Learning") var failures: NonFiniteOptions
  @OptionGroup(title: "Images") var data: DataOptions
  @OptionGroup(title: "Run") var file: ConfigurationFileOptions
  @OptionGroup(title: "Run") var place: RunOptions
  @OptionGroup(title: "Checkpoints") var checkpoints: CheckpointOptions

  func validate() throws {
    if checkpoints.resume == nil, checkpoints.startFrom == nil, file.config == nil {
      try checkEffect(of: TrainingConfiguration(values))
    }
    guard checkpoints.resume != nil else { return }
    if file.config != nil {
      throw ValidationError("--config and --resume exclude each other: the run keeps its options")
    }
    if checkpoints.startFrom != nil {
      throw ValidationError("--start-from and --resume exclude each other: a resumed run has its own weights")
    }
    for (option, isGiven) in [("logdir", place.logdir != nil), ("name", place.name != nil)] where isGiven {
      throw ValidationError("--\(option) and --resume exclude each other: the run stays in its directory")
    }
  }

  func run(on console: Console) throws -> Int32 {
    guard let directory = checkpoints.resume else {
      let file = try file.read()
      var configuration = file?.configuration ?? TrainingConfiguration([:])
      configuration.change(values)
      let start = try checkpoints.startFrom.map { try StartingModel(run: $0) }
      let given = (file?.given ?? []).union(values.keys)
      configuration = try start?.fitted(configuration, given: given) ?? configuration
      try checkEffect(of: configuration)
      var options = options(configuration, file, on: console)
      options.start = start
      return try train(
        options, isUsualBatch: file?.hasUsualBatch ?? true, on: console
      ) {
        try TrainingSession($0, data: $1)
      }
    }
    let run = try InterruptedRun(directory)
    var configuration = run.configuration
    configuration.change(values)
    try run.check(configuration)
    if let seed = data.dataSeed { try run.check(dataSeed: seed) }
    if run.isComplete(epochs: configuration.epochs, patience: configuration.patience) {
      console.errors.line("\(DisplayName.quoted(directory)) is complete: \(completion(of: run, configuration))")
      return 0
    }
    var options = options(configuration, nil, on: console)
    options.data = data.given?.readLike(run.dataSource) ?? run.dataSource
    options.dataSeed = data.dataSeed ?? run.dataSeed
    options.logdir = Directory.parent(of: run.path)
    return try train(options, on: console) { try TrainingSession(resuming: run, $0, data: $1) }
  }

  /// Says why a complete run has nothing left to train, and what gives it more.
  private func completion(of run: InterruptedRun, _ configuration: TrainingConfiguration) -> String {
    if let stop = run.record?.earlyStop, configuration.epochs > stop.epoch {
      return "it stopped \(stop.text); give a larger --patience, or 0 for never"
    }
    return "\(DisplayName.counted(configuration.epochs, "epoch")); give more with --epochs"
  }

  /// Refuses options that change nothing in this configuration.
  private func checkEffect(of configuration: TrainingConfiguration) throws {
    guard let (setting, need) = SettingCondition.unmet(values.keys, in: [configuration]) else { return }
    throw ValidationError("--\(setting.name) acts only with \(need); leave it out, or give both")
  }

  private var values: SettingValues { model.values.merging(learning.values) { $1 } }

  private func options(
    _ configuration: TrainingConfiguration, _ file: ConfigurationFile?, on console: Console
  ) -> TrainingOptions {
    var options = TrainingOptions(
      configuration: configuration, data: data.given ?? file?.specification.data ?? .digits,
      logdir: place.logdir ?? "runs", threads: ThreadAllowance(place.threads.count))
    file?.specification.settings.apply(to: &options)
    options.dataSeed = data.dataSeed ?? file?.specification.dataSeed ?? 0
    options.name = place.name ?? file?.name
    options.commandLine = console.commandLine
    options.embedEvery = place.embedEvery ?? options.embedEvery
    options.keep = checkpoints.keep ?? options.keep
    options.checkpointEvery = checkpoints.checkpointEvery ?? options.checkpointEvery
    options.onNonFinite = failures.onNonFinite ?? options.onNonFinite
    return options
  }

  private func train(
    _ options: TrainingOptions, isUsualBatch: Bool = false, on console: Console,
    session make: (TrainingOptions, DatasetSplits) throws -> TrainingSession
  ) throws -> Int32 {
    var options = options
    let isMoved = checkpoints.resume == nil || data.given != nil
    let images = try ReadingDisplay.show(on: place.words(on: console)) { [options] in
      try isMoved
        ? options.data.load(seed: options.dataSeed, threads: options.threads)
        : DataSource.recorded { try options.data.load(seed: options.dataSeed, threads: options.threads) }
    }
    let note =
      isUsualBatch && learning.given[.batchSize] == nil
      ? options.configuration.fitBatch(to: images.training.count) : nil
    StopSignals.install()
    let session = try make(options, images)
    let display = place.display(on: console, logdir: options.logdir)
    display.begin(
      TrainingStart(
        modelName: options.configuration.architecture.name, layers: session.layers, data: DataSummary(images).line,
        notes: images.notes + [note].compactMap(\.self), kernels: session.kernelsName, threads: options.threads,
        runPath: session.runPath,
        startLine: session.options.start?.line, start: session.options.start?.source,
        epochs: options.configuration.epochs, steps: session.step, totalSteps: session.totalSteps))
    do {
      let outcome = try session.run({ display.show($0) }, shouldStop: { isAskedToStop(display) })
      display.end(outcome)
      return outcome.wasInterrupted ? reportInterruption(outcome, on: console) : 0
    } catch {
      display.fail()
      throw failure(error, of: session)
    }
  }

  /// Returns the error with advice, which depends on the checkpoints of the run and on whether the error would recur.
  private func failure(_ error: any Error, of session: TrainingSession) -> Failure {
    guard (try? InterruptedRun(session.runPath)) != nil else { return Failure(error) }
    let whole = "the run is whole up to its last checkpoint"
    guard error is TrainingError else {
      return Failure(error, advice: "\(whole); resume with \(resuming(session.runPath))")
    }
    if session.options.onNonFinite == .skip {
      if case TrainingError.nonFiniteWeights = error { return Failure(error, advice: whole) }
      return Failure(
        error, advice: "every step of a whole epoch, \(session.stepsPerEpoch), would have had to be skipped; \(whole)")
    }
    return Failure(
      error, advice: "\(whole); to skip such steps, \(resuming(session.runPath)) --on-nonfinite skip")
  }

  /// The command that resumes the run.
  private func resuming(_ path: String) -> String {
    ShellWord.line(["aelog", "train", "--resume", path.hasPrefix("-") ? "./\(path)" : path])
  }

  private func isAskedToStop(_ display: any TrainingDisplay) -> Bool {
    guard StopSignals.received != nil else { return false }
    display.stopping()
    return true
  }

  /// Prints one line, even with `--quiet`, and returns the exit code of a process that a signal ended.
  private func reportInterruption(_ outcome: TrainingOutcome, on console: Console) -> Int32 {
    console.errors.line(
      "interrupted; resume with \(resuming(outcome.runPath))")
    return 128 + (StopSignals.received ?? 0)
  }
}
