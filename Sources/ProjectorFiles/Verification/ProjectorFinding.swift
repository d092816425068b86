// ProjectorFinding.swift
// Findings of the verification: contents that TensorBoard's projector hides, shows wrongly or fails on.

/// One finding. The projector's part of the server is the same for both loaders, so there is one effect.
public struct ProjectorFinding: Equatable, Sendable {
  /// The broken rule.
  public let rule: ProjectorRule
  /// The path of the file.
  public let file: String
  /// The line of the file, counted from 1.
  public let line: Int?
  /// The embedding's name; whatever stands in the file, so escape it before it is printed.
  public let embedding: String?
  /// Number of occurrences in this file.
  public internal(set) var count: Int
  /// The fault.
  public let what: String
  /// Its effect in TensorBoard.
  public let effect: String

  /// True where nothing is lost: there is only something to know.
  public var isNote: Bool { rule.isNote }
}

/// The rules for a projector's configuration and for the files that it names.
public enum ProjectorRule: String, CaseIterable, Sendable {
  // The configuration.
  /// Text that is no configuration.
  case badConfig = "bad-config"
  /// A configuration in a directory that is no run.
  case configOutsideRun = "config-outside-run"
  /// Files that changed after the configuration.
  case configOlder = "config-older"
  /// Files of an embedding without a configuration.
  case noConfig = "no-config"
  /// Files that a writer that was killed has left.
  case leftOver = "left-over"
  /// A configuration that names no file of points.
  case noTensorPath = "no-tensor-path"
  /// More embeddings than are checked.
  case tooManyEmbeddings = "too-many-embeddings"
  /// A name that is missing, given twice, or that breaks the page's requests.
  case badName = "bad-name"
  /// A path that leads out of the configuration's directory.
  case pathOutside = "path-outside"
  /// A file that is not there.
  case missingFile = "missing-file"
  /// A file that could not be read.
  case unreadable

  // The points.
  /// Lines of different lengths.
  case raggedLine = "ragged-line"
  /// Something that is no number.
  case badNumber = "bad-number"
  /// Another number of rows or columns than the configuration says.
  case shapeMismatch = "shape-mismatch"
  /// Raw numbers without a shape of two numbers.
  case noShape = "no-shape"
  /// Raw numbers whose bytes happen to be text.
  case binaryIsText = "binary-is-text"
  /// A shape that the page does not list.
  case tooSmall = "too-small"
  /// More points than the page asks for.
  case tooManyPoints = "too-many-points"
  /// NaN or infinity.
  case notFinite = "not-finite"
  /// Nothing but zeros.
  case allZero = "all-zero"

  // The labels.
  /// Labels that are not UTF-8.
  case labelsNotText = "labels-not-text"
  /// Labels that the page never finishes reading: it hangs.
  case endlessLabels = "endless-labels"
  /// A character that the page decodes in two parts.
  case splitCharacter = "split-character"
  /// A last byte that the page does not read.
  case lostByte = "lost-byte"
  /// Another number of rows than points.
  case rowCount = "row-count"
  /// A single column whose first line is taken for a point, or a header that is missing.
  case headerRule = "header-rule"
  /// A cell without text.
  case emptyCell = "empty-cell"
  /// A label that the page takes for a number, and rounds.
  case roundedNumber = "rounded-number"
  /// A line without text, which the page drops.
  case blankLine = "blank-line"
  /// A line with another number of cells than the header.
  case cellCount = "cell-count"
  /// Two columns of one name.
  case repeatedColumn = "repeated-column"

  // The thumbnails and the views.
  /// A picture that browsers do not show.
  case badSprite = "bad-sprite"
  /// A truncated picture.
  case spriteCutOff = "sprite-cut-off"
  /// A picture that is too large for the page.
  case spriteTooLarge = "sprite-too-large"
  /// A picture whose cells are not the thumbnails.
  case spriteGrid = "sprite-grid"
  /// Stored views that are no array of objects in JSON.
  case badBookmarks = "bad-bookmarks"

  /// True where nothing is lost.
  public var isNote: Bool {
    switch self {
    case .configOlder, .tooManyPoints, .noConfig, .leftOver: true
    default: false
    }
  }
}

/// Findings being collected: the first of each rule in each file in full, the others counted.
struct ProjectorTally {
  private struct Key: Hashable {
    let rule: ProjectorRule
    let file: String
    let embedding: String?
  }

  private(set) var all: [ProjectorFinding] = []
  private var places: [Key: Int] = [:]

  mutating func add(
    _ rule: ProjectorRule, file: String, line: Int? = nil, embedding: String? = nil, times: Int = 1,
    _ what: @autoclosure () -> String, _ effect: @autoclosure () -> String
  ) {
    let key = Key(rule: rule, file: file, embedding: embedding)
    if let place = places[key] {
      all[place].count += times
      return
    }
    places[key] = all.count
    all.append(
      ProjectorFinding(
        rule: rule, file: file, line: line, embedding: embedding, count: times, what: what(), effect: effect()))
  }
}
