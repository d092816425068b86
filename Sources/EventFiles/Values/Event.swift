// Event.swift
// One record of an event file: when it was logged, at which step, and what it holds.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The content of one record of an event file.
public struct Event: Equatable, Sendable {
  /// The kinds of event.
  public enum Content: Equatable, Sendable {
    /// An event that this module does not read.
    case nothing
    /// The format of the file, in its first record: "brain.Event:2".
    case fileVersion(String)
    /// Values under their tags.
    case summary([SummaryValue])
    /// The start or the end of a session of the run, or a checkpoint.
    case sessionLog(SessionLog)
    /// The model.
    case graph(Graph)
    /// Time and memory of the model's nodes in one execution, under the name that the dashboard lists.
    case graphCost(Tag, GraphCost)
  }

  /// The format that this module writes: readers drop points at a session's start, and only there.
  public static let fileVersion = "brain.Event:2"

  /// The time of the event.
  public var wallTime: WallTime
  /// The training step of the event.
  public var step: Step
  /// The event itself.
  public var content: Content
  /// The program that wrote the file, in its first record; at most 128 characters.
  public var writer: String

  /// An event at a step and a time.
  public init(_ content: Content, step: Step = 0, at wallTime: WallTime = .now(), writer: String = "") {
    self.wallTime = wallTime
    self.step = step
    self.content = content
    self.writer = writer
  }
}

/// A change in a session of a run; a session is one process that trains the run from a step on.
public struct SessionLog: Equatable, Sendable {
  /// The kinds of change.
  public enum Status: Int32, Sendable {
    /// Not specified.
    case unspecified = 0
    /// The session starts; readers drop points of earlier sessions from the event's step on.
    case start = 1
    /// The session ended.
    case stop = 2
    /// A checkpoint was written.
    case checkpoint = 3
  }

  /// The kind of change.
  public var status: Status
  /// The checkpoint's path.
  public var checkpointPath: String
  /// An explanation for people.
  public var message: String

  /// A change in a session.
  public init(_ status: Status, checkpointPath: String = "", message: String = "") {
    self.status = status
    self.checkpointPath = checkpointPath
    self.message = message
  }
}

/// A training step, usually the number of batches seen: the horizontal axis in TensorBoard. Steps of one tag must rise.
public struct Step: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The step's number.
  public let value: Int64

  /// Step number `value`.
  public init(_ value: Int64) { self.value = value }

  /// Step number `value`.
  public init(_ value: Int) { self.value = Int64(value) }

  /// Step number `value`.
  public init(integerLiteral value: Int64) { self.value = value }

  /// Returns true if `left` comes first.
  public static func < (left: Step, right: Step) -> Bool { left.value < right.value }
}

/// A time, in finite seconds since 1970; TensorBoard's data server stops reading a file at a time that is NaN.
public struct WallTime: Hashable, Comparable, Sendable {
  /// Seconds since 1970, UTC.
  public let seconds: Double

  /// A time.
  /// - Throws: `EventFileError.notATime` if `seconds` is NaN or infinite.
  public init(seconds: Double) throws(EventFileError) {
    guard seconds.isFinite else { throw .notATime(seconds) }
    self.seconds = seconds
  }

  /// Returns the time of the system's clock.
  public static func now() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(finite: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  private init(finite seconds: Double) { self.seconds = seconds }

  /// Returns true if `left` comes first.
  public static func < (left: WallTime, right: WallTime) -> Bool { left.seconds < right.seconds }
}
