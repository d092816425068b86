// EventFileError.swift
// What can be wrong with an event file, or with what is asked of one.

public import ByteStreams

/// A failure of this module. Failures of the file system itself are `FileError`s.
public enum EventFileError: Error, Equatable, Sendable {
  /// The length of the record at byte `offset` is damaged: the next record can't be found.
  case lengthChecksum(got: MaskedCRC32C, want: MaskedCRC32C, offset: Int)
  /// The record at byte `offset` is damaged; the reader stands at the next one.
  case dataChecksum(got: MaskedCRC32C, want: MaskedCRC32C, offset: Int)
  /// The record at byte `offset` claims more bytes than are accepted: the reader stays where it is.
  case oversized(length: UInt64, limit: Int, offset: Int)
  /// The bytes of a record are no event; `reason` says where it broke.
  case malformedEvent(reason: String)
  /// A time that is no number of seconds.
  case notATime(Double)
  /// A tag that TensorBoard cannot show: empty, or with a NUL.
  case badTag(String)
  /// A tag logged as one kind, then as another; TensorBoard shows only the first.
  case kindChanged(tag: Tag, was: String, now: String)
  /// An image that is no PNG, or whose size differs from the first of its value.
  case badImage(reason: String)
  /// Something else that its dashboard could not show; `reason` says what was got and what was wanted.
  case badValue(kind: String, reason: String)
  /// A graph in which a node has no name, or two have the same.
  case badGraph(reason: String)
  /// A run name that is no relative path below the log directory, or that TensorBoard cannot read.
  case badRunName(String)
  /// The directory holds event files of an earlier run, and nobody said to go on with it.
  case runExists(path: String)
  /// A run can only be resumed at step 1 or later: a purge of step 0 would empty its image tags.
  case badResumeStep(Step)
  /// Every file name that would come after those in the directory is too long.
  case noLaterName(path: String)
  /// Writing to a run after its close.
  case closed(path: String)
  /// Writing to a run in a process that was forked from the one that opened it.
  case forked(path: String)
  /// Records could not be written and are lost; the earlier ones are whole.
  case recordsLost(count: Int, cause: FileError)
  /// The file is not what it was when it was read.
  case changed(path: String)
  /// Another file stands where one was being read.
  case replaced
  /// Records could not be written, and the file could not be cut back to the last whole one: nothing more is written.
  case damaged(path: String, cause: FileError)
}

extension EventFileError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .lengthChecksum(let got, let want, let offset):
      "the length of the record at byte \(offset) is damaged (checksum \(got), should be \(want)); "
        + "the rest of the file cannot be read"
    case .dataChecksum(let got, let want, let offset):
      "the record at byte \(offset) is damaged (checksum \(got), should be \(want)); it is skipped"
    case .oversized(let length, let limit, let offset):
      "the record at byte \(offset) claims \(length) bytes; more than \(limit) are not accepted"
    case .malformedEvent(let reason):
      "not an event: \(DisplayName.safe(reason))"
    case .notATime(let seconds):
      "\(seconds) is not a time; give finite seconds since 1970"
    case .badTag(let name):
      "\(DisplayName.quoted(name)) is not a tag; give a name that is not empty and has no NUL"
    case .kindChanged(let tag, let was, let now):
      "the tag \(DisplayName.quoted(tag.name)) is of kind \(DisplayName.escaped(was)) and cannot also be of kind "
        + "\(DisplayName.escaped(now)); use two tags"
    case .badImage(let reason):
      "not an image to log: \(reason)"
    case .badValue(let kind, let reason):
      "not a value to log as \(kind): \(reason)"
    case .badGraph(let reason):
      "not a graph: \(DisplayName.safe(reason))"
    case .badRunName(let name):
      "\(DisplayName.quoted(name)) is not a run name; give a relative path without .., and without \"tfevents\""
    case .runExists(let path):
      "\(DisplayName.quoted(path)) holds a run already; choose another name, or resume it at a step"
    case .badResumeStep(let step):
      "a run cannot be resumed at step \(step.value); resume at step 1 or later, or begin a new run"
    case .noLaterName(let path):
      "\(DisplayName.quoted(path)) holds an event file with the longest possible name; remove or rename it"
    case .closed(let path):
      "\(DisplayName.quoted(path)) is closed; nothing more can be logged there"
    case .forked(let path):
      "\(DisplayName.quoted(path)) was opened by the process that this one was forked from; open a run of its own here"
    case .recordsLost(let count, let cause):
      "\(count) \(count == 1 ? "record is" : "records are") lost, the earlier ones are whole: \(cause)"
    case .changed(let path):
      "\(DisplayName.quoted(path)) has changed since it was read; nothing was done to it"
    case .replaced:
      "this is another file now; it is read from its start"
    case .damaged(let path, let cause):
      "the last record of \(DisplayName.quoted(path)) is damaged and could not be removed: \(cause)"
    }
  }
}
