// EventFinding.swift
// Something in a log directory that TensorBoard hides, changes or breaks at.

/// How much a finding matters.
public enum FindingSeverity: String, Sendable {
  /// Everything is shown; there is something to know.
  case note
  /// Something is lost, wrong or not shown in at least one loader.
  case problem
}

/// One finding, and what each of TensorBoard's two loaders does about it.
public struct EventFinding: Equatable, Sendable {
  /// Which rule was broken.
  public let rule: EventRule
  /// The run's name.
  public let run: String
  /// The path of the file, or of the directory.
  public let file: String
  /// Where the first record concerned begins, in bytes from the file's start.
  public let offset: Int?
  /// The tag concerned; whatever stands in the file, so escape it before it is printed.
  public let tag: String?
  /// How often it was found in this file, under this tag.
  public internal(set) var count: Int
  /// What is there.
  public internal(set) var what: String
  /// What the loader written in Python does: `tensorboard --load_fast false`, and on systems without the other one.
  public internal(set) var python: String
  /// What the data server written in Rust does: `tensorboard` on Linux and macOS.
  public internal(set) var rust: String
  /// Whether the Python loader's HParams tab fails where it asks for the tag.
  var breaksHParams = false

  /// How much it matters.
  public var severity: FindingSeverity { rule.severity }
}

/// What is checked in event files, and in the directories that hold them.
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
  /// Another path to a directory that is looked at already.
  case repeatedDirectory = "repeated-directory"
  /// A file without any event.
  case emptyFile = "empty-file"
  /// A file that TensorBoard's two loaders treat differently by its name.
  case profileFile = "profile-file"
  /// Files of one run that were written at the same time.
  case interleavedFiles = "interleaved-files"

  // Records and events.
  /// The last record is not whole.
  case tornTail = "torn-tail"
  /// The checksum of a record's length is wrong.
  case lengthChecksum = "length-checksum"
  /// The checksum of a record is wrong.
  case dataChecksum = "data-checksum"
  /// A record is too long to be checked.
  case oversized
  /// The bytes of a record are no event.
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
  /// The metadata name a dashboard that TensorBoard does not come with, and do not say what the values are.
  case noDataClass = "no-data-class"
  /// The metadata say that the values are of another class than their dashboard wants.
  case wrongDataClass = "wrong-data-class"
  /// The metadata name a dashboard that TensorBoard does not come with.
  case unknownPlugin = "unknown-plugin"
  /// The metadata's content is not the dashboard's.
  case badContent = "bad-content"
  /// The metadata's content has a later version than TensorBoard knows.
  case newVersion = "new-version"
  /// Later metadata of a tag name another dashboard.
  case kindChanged = "kind-changed"
  /// A description that the data server drops.
  case descriptionLost = "description-lost"
  /// More steps than a loader keeps, of something that is looked at one by one.
  case stepsDropped = "steps-dropped"
  /// Ten times as many steps as a loader keeps, of a curve.
  case thinned

  // Values.
  /// A number that is NaN or infinite.
  case notFinite = "not-finite"
  /// A scalar that the Python loader can't answer with.
  case unservedScalar = "unserved-scalar"
  /// A text that is not UTF-8.
  case textNotUTF8 = "text-not-utf8"
  /// Bytes that are no layout of custom scalars.
  case badLayout = "bad-layout"
  /// Elements of a type that the dashboard can't show.
  case wrongType = "wrong-type"
  /// A shape that the dashboard can't show, or that does not fit the elements.
  case wrongShape = "wrong-shape"
  /// Bytes that are no image.
  case badImage = "bad-image"
  /// An image of another size than its value says.
  case imageSize = "image-size"
  /// Buckets that are not in order, not finite, or negative.
  case badHistogram = "bad-histogram"
  /// An old histogram whose outer buckets are empty.
  case emptyOuterBucket = "empty-outer-bucket"

  // Hyperparameters and graphs.
  /// Bytes that are no hyperparameters.
  case badHParams = "bad-hparams"
  /// Hyperparameters with a data class and without a tensor.
  case hparamsWithoutTensor = "hparams-without-tensor"
  /// Hyperparameters of the log directory itself.
  case hparamsOfRoot = "hparams-of-root"
  /// The end of a session that never began.
  case endWithoutStart = "end-without-start"
  /// Columns of the table that are fixed for all runs, where some run has more.
  case fixedColumns = "fixed-columns"
  /// Bytes that are no graph, or one that can't be drawn.
  case badGraph = "bad-graph"
  /// An input that is no node of the graph.
  case missingInput = "missing-input"

  /// How much it matters.
  public var severity: FindingSeverity {
    switch self {
    case .profileFile, .noFileVersion, .noSessionStart, .restart, .unknownPlugin, .thinned, .notFinite, .fixedColumns,
      .missingInput, .hparamsOfRoot, .repeatedDirectory:
      .note
    default: .problem
    }
  }
}
