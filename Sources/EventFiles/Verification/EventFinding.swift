// EventFinding.swift
// Findings of verification: what TensorBoard hides, changes or fails at in a log directory.

import ByteStreams

/// The severity of a finding.
public enum FindingSeverity: String, Sendable {
  /// Everything is shown; the finding is for information.
  case note
  /// Something is lost, wrong or not shown in at least one loader.
  case problem
}

/// One finding, and its effect in each of TensorBoard's two loaders.
public struct EventFinding: Equatable, Sendable {
  /// The rule that was broken.
  public let rule: EventRule
  /// The run's name.
  public let run: String
  /// The path of the file, or of the directory.
  public let file: String
  /// The start of the first record concerned, in bytes from the file's start.
  public let offset: Int?
  /// The tag concerned, as stored in the file; it may contain anything, so escape it before printing.
  public let tag: String?
  /// Number of occurrences in this file, under this tag.
  public internal(set) var count: Int
  /// The fault.
  public internal(set) var what: String
  /// The effect in the loader written in Python: `tensorboard --load_fast false`, and on systems without the other one.
  public internal(set) var python: String
  /// The effect in the data server written in Rust: `tensorboard` on Linux and macOS.
  public internal(set) var rust: String
  /// True if the Python loader's HParams tab fails when it asks for the tag.
  var breaksHParams = false

  /// How serious it is.
  public var severity: FindingSeverity { rule.severity }
}

/// The rules for event files and the directories that hold them.
public enum EventRule: String, CaseIterable, Sendable {
  // The directory.
  /// A log directory without any event file.
  case noRuns = "no-runs"
  /// A directory or a file could not be read.
  case unreadable
  /// A directory, pipe or device that is named like an event file.
  case notAFile = "not-a-file"
  /// A name in a directory that is not UTF-8.
  case nameNotUTF8 = "name-not-utf8"
  /// A link that leads back to a directory above it.
  case linkLoop = "link-loop"
  /// Another path to a directory that is checked already.
  case repeatedDirectory = "repeated-directory"
  /// A file without any event.
  case emptyFile = "empty-file"
  /// A file that TensorBoard's two loaders treat differently because of its name.
  case profileFile = "profile-file"
  /// Files of one run that were written at the same time.
  case interleavedFiles = "interleaved-files"

  // Records and events.
  /// The last record is incomplete.
  case tornTail = "torn-tail"
  /// The checksum of a record's length is wrong.
  case lengthChecksum = "length-checksum"
  /// The checksum of a record is wrong.
  case dataChecksum = "data-checksum"
  /// A record is too long to be checked.
  case oversized
  /// The bytes of a record are not an event.
  case notAnEvent = "not-an-event"
  /// A file does not begin with its format's version.
  case noFileVersion = "no-file-version"
  /// A run does not begin with a session's start.
  case noSessionStart = "no-session-start"
  /// A session's start removes points that were logged before.
  case restart
  /// A session's start removes the last image, or the layout, of a tag.
  case emptiedByRestart = "emptied-by-restart"
  /// A time that is NaN.
  case timeNaN = "time-nan"
  /// A time that is infinite.
  case timeInfinite = "time-infinite"

  // Series.
  /// A step below the one before.
  case stepBack = "step-back"
  /// The same step again.
  case stepRepeated = "step-repeated"
  /// A tag without a name.
  case emptyTag = "empty-tag"
  /// No value of a tag has metadata.
  case noMetadata = "no-metadata"
  /// The first value of a tag has no metadata, a later one has.
  case lateMetadata = "late-metadata"
  /// The metadata name a dashboard that TensorBoard does not include, and no data class.
  case noDataClass = "no-data-class"
  /// The metadata name another data class than the dashboard needs.
  case wrongDataClass = "wrong-data-class"
  /// The metadata name a dashboard that TensorBoard does not include.
  case unknownPlugin = "unknown-plugin"
  /// The metadata's content is not in the dashboard's format.
  case badContent = "bad-content"
  /// The metadata's content has a later version than TensorBoard knows.
  case newVersion = "new-version"
  /// Later metadata of a tag name another dashboard.
  case kindChanged = "kind-changed"
  /// A description that the data server drops.
  case descriptionLost = "description-lost"
  /// More steps than a loader keeps, of values that people view one by one.
  case stepsDropped = "steps-dropped"
  /// Ten times as many steps as a loader keeps, of a curve.
  case thinned

  // Values.
  /// A number that is NaN or infinite.
  case notFinite = "not-finite"
  /// A scalar that the Python loader cannot send.
  case unservedScalar = "unserved-scalar"
  /// A text that is not UTF-8.
  case textNotUTF8 = "text-not-utf8"
  /// Bytes that are not a layout of custom scalars.
  case badLayout = "bad-layout"
  /// Elements of a type that the dashboard cannot show.
  case wrongType = "wrong-type"
  /// A shape that the dashboard cannot show, or that does not match the number of elements.
  case wrongShape = "wrong-shape"
  /// Bytes that are not an image.
  case badImage = "bad-image"
  /// An image whose size differs from the one its value states.
  case imageSize = "image-size"
  /// Buckets that are not in order, not finite, or negative.
  case badHistogram = "bad-histogram"
  /// An old histogram whose outer buckets are empty.
  case emptyOuterBucket = "empty-outer-bucket"

  // Hyperparameters and graphs.
  /// Bytes that are not hyperparameters.
  case badHParams = "bad-hparams"
  /// Hyperparameters with a data class and without a tensor.
  case hparamsWithoutTensor = "hparams-without-tensor"
  /// Hyperparameters of the log directory itself.
  case hparamsOfRoot = "hparams-of-root"
  /// The end of a session without a start.
  case endWithoutStart = "end-without-start"
  /// A table of columns, which applies to all runs, while some run has more columns.
  case fixedColumns = "fixed-columns"
  /// Bytes that are not a graph, or a graph that cannot be drawn.
  case badGraph = "bad-graph"
  /// An input that is not a node of the graph.
  case missingInput = "missing-input"

  /// How serious it is.
  public var severity: FindingSeverity {
    switch self {
    case .profileFile, .noFileVersion, .noSessionStart, .restart, .unknownPlugin, .thinned, .notFinite, .fixedColumns,
      .missingInput, .hparamsOfRoot, .repeatedDirectory:
      .note
    default: .problem
    }
  }
}

/// The texts of a finding, composed only for the first of its kind.
struct FindingText {
  let what: String
  let python: String
  let rust: String
  var breaksHParams = false

  init(_ what: String, python: String, rust: String, breaksHParams: Bool = false) {
    self.what = what
    self.python = python
    self.rust = rust
    self.breaksHParams = breaksHParams
  }

  /// The texts of a finding with the same effect in both loaders.
  init(_ what: String, both: String) { self.init(what, python: both, rust: both) }
}

/// The findings of one run; repeated ones are counted. Memory grows with the rules broken, the files and the tags, not with their
/// number of occurrences.
struct FindingTally {
  private struct Key: Hashable {
    let rule: EventRule
    let file: ExactName
    let series: Int?
  }

  let run: String
  /// The findings, in the order in which they were first found.
  private(set) var all: [EventFinding] = []
  private var places: [Key: Int] = [:]

  init(run: String) { self.run = run }

  /// Adds a finding; composes the text only for the first one of a rule, file and series.
  mutating func add(
    _ rule: EventRule, file: String, offset: Int? = nil, series: Int? = nil, tag: String? = nil,
    _ text: () -> FindingText
  ) {
    let key = Key(rule: rule, file: ExactName(file), series: series)
    if let place = places[key] {
      all[place].count += 1
      return
    }
    let text = text()
    places[key] = all.count
    all.append(
      EventFinding(
        rule: rule, run: run, file: file, offset: offset, tag: tag, count: 1, what: text.what, python: text.python,
        rust: text.rust, breaksHParams: text.breaksHParams))
  }
}
