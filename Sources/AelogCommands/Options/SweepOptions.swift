// SweepOptions.swift
// The options that say what the trials of a sweep are.

package import ArgumentParser
import ByteStreams
import Datasets
package import Sweeps

/// Values for each option of aelog train; each may be given several times.
package struct SweepOptions: ParsableArguments {
  @Option(help: "A file that holds the same; options given beside it replace the file's.", completion: .file())
  package var spec: String?

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("A family of models.", valueName: "family"))
  package var model: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Filters of the convolutional blocks, as in 16,8,8.", valueName: "sizes"))
  package var filters: [String] = []

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("pool or stride.", valueName: "way"))
  package var downsampling: [String] = []

  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("Units of the fully connected layers.", valueName: "sizes"))
  package var hiddenUnits: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("How often every training image is seen.", valueName: "count"))
  package var epochs: [String] = []

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Images in a step.", valueName: "count"))
  package var batchSize: [String] = []

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Adam's rate at the first step.", valueName: "rate"))
  package var learningRate: [String] = []

  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("What the rate is multiplied by.", valueName: "factor"))
  package var learningRateDecay: [String] = []

  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("The steps between two such decays.", valueName: "count"))
  package var decaySteps: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Times half the kernels' squares, added to the loss.", valueName: "λ"))
  package var weightDecay: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The share of hidden activations dropped.", valueName: "share"))
  package var dropout: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Deviation of the noise added to inputs.", valueName: "deviation"))
  package var noiseFactor: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("First weights, order of images, noise and dropout.", valueName: "natural"))
  package var seed: [String] = []

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("How layers are computed.", valueName: "way"))
  package var kernels: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Train each trial so often, each time with the next seed. (default: 1)", valueName: "count"))
  package var repeats: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draw so many trials instead of taking all combinations; values may then be ranges, 0..0.5 or log:1e-4..1e-2.",
      valueName: "count"))
  package var random: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Chooses what --random draws. (default: 0)", valueName: "natural"))
  package var randomSeed: UInt64?

  @Flag(help: "Compare trials before their end, and train only the best of them further.")
  package var halving = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Promote one configuration in N at each rung. (default: \(Halving.defaultFactor))", valueName: "count"))
  package var factor: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The epochs after which trials are compared, as in 1,3. (default: the last one divided by the factor again and again)",
      valueName: "epochs"))
  package var rungs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of each trial's last checkpoints stay. (default: 3)", valueName: "count"))
  package var keep: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between two checkpoints of a trial. (default: an epoch)", valueName: "steps"))
  package var checkpointEvery: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs between two snapshots of each trial's code. (default: none)", valueName: "epochs"))
  package var embedEvery: String?

  @Option(
    name: .customLong("on-nonfinite"), parsing: .unconditional,
    help: ArgumentHelp(
      "When a trial's loss is NaN or infinite: stop, a failure, or skip that step. (default: stop)", valueName: "rule"))
  package var onNonFinite: String?

  @OptionGroup package var data: DataOptions

  package init() {}

  /// The file's and the options' values together.
  /// - Throws: `SweepError`, `FileError`.
  package func specification() throws -> SweepSpecification {
    var sweep = try spec.map { try SweepSpecification(path: $0, accepting: .regularOrPipe) } ?? SweepSpecification()
    for (option, texts) in given where !texts.isEmpty {
      sweep.choices[option] = try texts.map { try OptionChoice($0, of: option) }
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
      throw ValidationError("--rungs: got \(DisplayName.quoted(text)), want epochs with commas between, as in 1,3")
    }
    return numbers
  }

  /// Whether none of them is given.
  var isEmpty: Bool { isOfDataAlone && data.data == nil && data.dataSeed == nil }

  /// Whether none is given but those of the images.
  var isOfDataAlone: Bool {
    let isOfTrials = given.allSatisfy(\.texts.isEmpty) && givenSettings.allSatisfy { $0.text == nil }
    let isOfSweep = spec == nil && repeats == nil && random == nil && randomSeed == nil
    return isOfTrials && isOfSweep && !halving && factor == nil && rungs == nil
  }

  private var givenSettings: [(name: String, text: String?)] {
    [
      ("keep", keep), ("checkpoint-every", checkpointEvery), ("embed-every", embedEvery),
      ("on-nonfinite", onNonFinite),
    ]
  }

  private var given: [(option: SweepOption, texts: [String])] {
    [
      (.model, model), (.filters, filters), (.downsampling, downsampling), (.hiddenUnits, hiddenUnits),
      (.epochs, epochs), (.batchSize, batchSize), (.learningRate, learningRate),
      (.learningRateDecay, learningRateDecay), (.decaySteps, decaySteps), (.weightDecay, weightDecay),
      (.dropout, dropout), (.noiseFactor, noiseFactor), (.seed, seed), (.kernels, kernels),
    ]
  }
}
