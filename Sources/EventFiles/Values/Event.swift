// Event.swift
// One record of an event file: when it was logged, at which step, and what it holds.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What one record holds.
public struct Event: Equatable, Sendable {
  /// What an event says.
  public enum Content: Equatable, Sendable {
    /// Nothing that this module reads.
    case nothing
    /// The format of the file, in its first record: "brain.Event:2".
    case fileVersion(String)
    /// Values under their tags.
    case summary([SummaryValue])
    /// Where a session of the run begins or ends.
    case sessionLog(SessionLog)
    /// The model.
    case graph(Graph)
    /// What the model's nodes took in one run of it, under the name that the dashboard offers.
    case graphCost(Tag, GraphCost)
  }

  /// The format this module writes: readers forget points at a session's start, and only there.
  public static let fileVersion = "brain.Event:2"

  /// When it was said.
  public var wallTime: WallTime
  /// At which step.
  public var step: Step
  /// What was said.
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

/// A session of a run: one process that trained it from a step on.
public struct SessionLog: Equatable, Sendable {
  /// What happened to the session.
  public enum Status: Int32, Sendable {
    /// Not said.
    case unspecified = 0
    /// It begins: points of earlier sessions from the event's step on are forgotten.
    case start = 1
    /// It ended.
    case stop = 2
    /// A checkpoint was written.
    case checkpoint = 3
  }

  /// What happened.
  public var status: Status
  /// Where the checkpoint is.
  public var checkpointPath: String
  /// In words.
  public var message: String

  /// A change in a session.
  public init(_ status: Status, checkpointPath: String = "", message: String = "") {
    self.status = status
    self.checkpointPath = checkpointPath
    self.message = message
  }
}

/// A training step; TensorBoard draws it to the right. Steps of one tag must rise.
public struct Step: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The step's number.
  public let value: Int64

  /// Step number `value`.
  public init(_ value: Int64) { self.value = value }

  /// Step number `value`.
  public init(_ value: Int) { self.value = Int64(value) }

  /// Step number `value`.
  public init(integerLiteral value: Int64) { self.value = value }

  /// True where `left` comes first.
  public static func < (left: Step, right: Step) -> Bool { left.value < right.value }
}

/// A finite number of seconds since 1970: TensorBoard's data server gives up a file whose time is NaN.
public struct WallTime: Hashable, Comparable, Sendable {
  /// Seconds since 1970, UTC.
  public let seconds: Double

  /// - Throws: `EventFileError.notATime` where `seconds` is NaN or infinite.
  public init(seconds: Double) throws(EventFileError) {
    guard seconds.isFinite else { throw .notATime(seconds) }
    self.seconds = seconds
  }

  /// The time of the system's clock.
  public static func now() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(finite: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  private init(finite seconds: Double) { self.seconds = seconds }

  /// True where `left` comes first.
  public static func < (left: WallTime, right: WallTime) -> Bool { left.seconds < right.seconds }
}
