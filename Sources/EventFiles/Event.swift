// Event.swift
// One record of an event file: a moment of a run, and what was said then.

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
