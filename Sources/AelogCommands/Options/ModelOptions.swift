// ModelOptions.swift
// The options that choose the autoencoder.

package import ArgumentParser
package import Networks

/// The two families, as written after `--model`.
package enum ModelFamily: String, CaseIterable, ExpressibleByArgument, Sendable {
  case convolutional
  case fullyConnected = "fully-connected"
}

extension Downsampling: ExpressibleByArgument {}

/// Which autoencoder is trained. An option that does not belong to the chosen family is refused, not ignored.
package struct ModelOptions: ParsableArguments {
  static let defaultFilters = SizeList([16, 8, 8])
  static let defaultHiddenUnits = SizeList([128, 64, 32])

  @Option(
    help:
      "The family of the autoencoder; options of one family alone choose it too. (default: convolutional)")
  package var model: ModelFamily?

  @Option(
    help: ArgumentHelp(
      "Filters of each convolutional block, the picture halved after each. (default: \(defaultFilters))",
      valueName: "sizes"),
    transform: SizeList.parse)
  package var filters: SizeList?

  @Option(
    help: ArgumentHelp(
      "How a convolutional encoder halves its pictures: 2×2 max-pooling, or a 3×3 convolution with stride 2. "
        + "(default: pool)", valueName: "way"))
  package var downsampling: Downsampling?

  @Option(
    help: ArgumentHelp(
      "Units of each hidden layer of a fully connected encoder. (default: \(defaultHiddenUnits))", valueName: "sizes"),
    transform: SizeList.parse)
  package var hiddenUnits: SizeList?

  package init() {}

  /// The family that is given, by its name or by options of its own; nil without either.
  private var family: ModelFamily? {
    model ?? (hiddenUnits != nil ? .fullyConnected : filters != nil || downsampling != nil ? .convolutional : nil)
  }

  package var architecture: Architecture {
    switch family ?? .convolutional {
    case .convolutional:
      .convolutional(filters: (filters ?? Self.defaultFilters).sizes, downsampling: downsampling ?? .pool)
    case .fullyConnected:
      .fullyConnected(hiddenUnits: (hiddenUnits ?? Self.defaultHiddenUnits).sizes)
    }
  }

  /// An architecture with what was given in it.
  package func architecture(changing other: Architecture) -> Architecture {
    switch (family, other) {
    case (.fullyConnected, .convolutional), (.convolutional, .fullyConnected): architecture
    case (_, .convolutional(let filters, let downsampling)):
      .convolutional(filters: self.filters?.sizes ?? filters, downsampling: self.downsampling ?? downsampling)
    case (_, .fullyConnected(let hiddenUnits)):
      .fullyConnected(hiddenUnits: self.hiddenUnits?.sizes ?? hiddenUnits)
    }
  }

  package func validate() throws {
    if model == nil, hiddenUnits != nil,
      let option = filters != nil ? "filters" : downsampling.map({ _ in "downsampling" })
    {
      throw ValidationError(
        "--\(option) belongs to --model convolutional, --hidden-units to --model fully-connected; leave one of them out, or "
          + "train both with aelog sweep")
    }
    func refuse(_ option: String, isGiven: Bool, wants family: ModelFamily) throws {
      guard isGiven, let model, model != family else { return }
      throw ValidationError("--\(option) belongs to --model \(family.rawValue); leave it out or choose that model")
    }
    try refuse("filters", isGiven: filters != nil, wants: .convolutional)
    try refuse("downsampling", isGiven: downsampling != nil, wants: .convolutional)
    try refuse("hidden-units", isGiven: hiddenUnits != nil, wants: .fullyConnected)
    do { try architecture.validate() } catch { throw ValidationError("\(error)") }
  }
}
