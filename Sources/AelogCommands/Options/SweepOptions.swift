// SweepOptions.swift
// Command-line options that define the trials of a sweep: values of the training options, sampling, halving.

package import ArgumentParser
import ByteStreams
import Datasets
package import Sweeps

/// Values for each option of aelog train; every option can be repeated.
package struct SweepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Specification file (YAML) of these options; options on the command line replace the file's.", valueName: "path"),
    completion: .file())
  package var spec: String?

  @OptionGroup package var settings: SettingChoiceOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repeat each trial N times with consecutive seeds. (default: 1)", valueName: "n"))
  package var repeats: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sample N random trials instead of the full grid; values can then be ranges, as in 0..0.5 or log:1e-4..1e-2.",
      valueName: "n"))
  package var random: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed for --random. (default: 0)", valueName: "n"))
  package var randomSeed: UInt64?

  @Flag(help: "Use successive halving: compare trials at rungs, and train only the best further.")
  package var halving = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Promote one configuration in N at each rung. (default: \(Halving.defaultFactor))", valueName: "n"))
  package var factor: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Epochs of the rungs, at which trials are compared, as in 1,3. (default: --epochs divided by the factor repeatedly)",
      valueName: "epochs"))
  package var rungs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Keep the last N checkpoints of each trial. (default: 3)", valueName: "n"))
  package var keep: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also write a checkpoint of each trial every N steps. (default: only after each epoch)", valueName: "n"))
  package var checkpointEvery: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Export each trial's latent codes every N epochs. (default: never)", valueName: "n"))
  package var embedEvery: String?

  @Option(
    name: .customLong("on-nonfinite"), parsing: .unconditional,
    help: ArgumentHelp(
      "Policy for a step whose loss or gradient is not finite: stop (the trial fails), or skip its update. (default: stop)",
      valueName: "policy"))
  package var onNonFinite: String?

  @OptionGroup package var data: DataOptions

  package init() {}

  /// Returns the specification file's values, replaced by the options' where both are given.
  /// - Throws: `SweepError`, `FileError`.
  package func specification() throws -> SweepSpecification {
    var sweep = try spec.map { try SweepSpecification(path: $0, accepting: .regularOrPipe) } ?? SweepSpecification()
    for (setting, texts) in settings.texts {
      sweep.choices[setting] = try texts.map { try SettingChoice($0, of: setting) }
    }
    sweep.repeats = repeats ?? sweep.repeats
    sweep.data = data.given ?? sweep.data
    sweep.dataSeed = data.dataSeed ?? sweep.dataSeed
    if let random {
      sweep.draw = SweepSpecification.Draw(trials: random, seed: randomSeed ?? sweep.draw?.seed ?? 0)
    } else if let randomSeed {
      sweep.draw?.seed = randomSeed
    }
    for (name, text) in givenSettings { if let text { try sweep.settings.set(name, text) } }
    if halving || factor != nil || rungs != nil {
      var wanted = sweep.halving ?? Halving()
      wanted.factor = factor ?? wanted.factor
      wanted.rungs = try rungs.map(Self.epochs) ?? wanted.rungs
      sweep.halving = wanted
    }
    return sweep
  }

  private static func epochs(_ text: String) throws -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in Int(part.filter { $0 != " " }) }
    guard numbers.count == parts.count, numbers.count <= 64 else {
      throw ValidationError("--rungs: got \(DisplayName.quoted(text)), want epochs separated by commas, as in 1,3")
    }
    return numbers
  }

  /// Whether no option is given.
  var isEmpty: Bool { isOfDataAlone && data.data == nil && data.dataSeed == nil }

  /// Whether no option is given except the ones of the images.
  var isOfDataAlone: Bool {
    let isOfTrials = settings.texts.isEmpty && givenSettings.allSatisfy { $0.text == nil }
    let isOfSweep = spec == nil && repeats == nil && random == nil && randomSeed == nil
    return isOfTrials && isOfSweep && !halving && factor == nil && rungs == nil
  }

  private var givenSettings: [(name: String, text: String?)] {
    [
      ("keep", keep), ("checkpoint-every", checkpointEvery), ("embed-every", embedEvery),
      ("on-nonfinite", onNonFinite),
    ]
  }
}
