// ModelOptions.swift
// Command-line options that choose the autoencoder: its family, its layers and their sizes.

package import ArgumentParser
package import Networks

/// The two families of autoencoders, as written after `--model`.
package enum ModelFamily: String, CaseIterable, ExpressibleByArgument, Sendable {
  case convolutional
  case fullyConnected = "fully-connected"
}

extension Downsampling: ExpressibleByArgument {}

/// The autoencoder to train. An option that does not belong to the chosen family is refused, not ignored.
package struct ModelOptions: ParsableArguments {
  static let defaultFilters = SizeList([16, 8, 8])
  static let defaultHiddenUnits = SizeList([128, 64, 32])

  @Option(
    help: ArgumentHelp(
      "Family of the autoencoder; an option of one family selects that family too. (default: convolutional)",
      valueName: "family"))
  package var model: ModelFamily?

  @Option(
    help: ArgumentHelp(
      "Number of filters of each convolutional block; each block halves height and width. (default: \(defaultFilters))",
      valueName: "sizes"),
    transform: SizeList.parse)
  package var filters: SizeList?

  @Option(
    help: ArgumentHelp(
      "Downsampling of a convolutional encoder: 2×2 max-pooling, or a 3×3 convolution with stride 2. (default: pool)",
      valueName: "method"))
  package var downsampling: Downsampling?

  @Option(
    help: ArgumentHelp(
      "Number of units of each hidden layer of a fully connected encoder. (default: \(defaultHiddenUnits))",
      valueName: "sizes"),
    transform: SizeList.parse)
  package var hiddenUnits: SizeList?

  package init() {}

  /// The family selected by `--model` or by an option of that family; nil without either.
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

  /// Returns `other` with the given options applied.
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

/// The sizes of an architecture's layers, as written after `--filters` or `--hidden-units`: 16,8,8.
package struct SizeList: Hashable, Sendable, CustomStringConvertible {
  package let sizes: [Int]

  package init(_ sizes: [Int]) { self.sizes = sizes }

  /// Parses whole numbers from 1 to 65536, separated by commas; spaces around them are ignored.
  /// - Throws: `ValidationError` that shows the text and names what is accepted.
  package static func parse(_ text: String) throws -> SizeList {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks }
    if parts.allSatisfy(\.isEmpty) { throw ValidationError("the list is empty; give at least one size, as in 16,8,8") }
    return SizeList(
      try parts.map { part in
        guard let size = Int(part), (1...65_536).contains(size) else {
          throw ValidationError("got '\(part)', want whole numbers from 1 to 65536 with commas between, as in 16,8,8")
        }
        return size
      })
  }

  package var description: String { sizes.map(String.init).joined(separator: ",") }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var rest = drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
