// EventFileError.swift
// The errors of this module: damaged event files, values that cannot be logged, runs that cannot be written.

public import ByteStreams

/// A failure of this module. Failures of the file system itself are `FileError`s.
public enum EventFileError: Error, Equatable, Sendable {
  /// The length of the record at byte `offset` is damaged, so the next record cannot be found.
  case lengthChecksum(got: MaskedCRC32C, want: MaskedCRC32C, offset: Int)
  /// The record at byte `offset` is damaged; the reader continues with the next one.
  case dataChecksum(got: MaskedCRC32C, want: MaskedCRC32C, offset: Int)
  /// The record at byte `offset` claims more bytes than the limit; the reader cannot continue.
  case oversized(length: UInt64, limit: Int, offset: Int)
  /// The bytes of a record are not an event.
  case malformedEvent(reason: String)
  /// A time that is NaN or infinite.
  case notATime(Double)
  /// A tag that TensorBoard cannot show: it is empty or contains a NUL.
  case badTag(String)
  /// A tag logged as one kind, then as another; TensorBoard shows only the first.
  case kindChanged(tag: Tag, was: String, now: String)
  /// An image that is not a PNG file, or whose size differs from the first image of its value.
  case badImage(reason: String)
  /// Another value that its dashboard could not show; `reason` says what was given and what is needed.
  case badValue(kind: String, reason: String)
  /// A graph in which a node has no name, or two nodes have the same name.
  case badGraph(reason: String)
  /// A run name that is not a relative path below the log directory, or that TensorBoard cannot read.
  case badRunName(String)
  /// The directory holds event files of an earlier run, and no step was given at which to resume it.
  case runExists(path: String)
  /// A run was to be resumed at step 0 or below: purging step 0 would empty its image tags.
  case badResumeStep(Step)
  /// Every file name that would sort after those in the directory is too long.
  case noLaterName(path: String)
  /// A write to a run that is closed.
  case closed(path: String)
  /// A write to a run in a process forked from the one that opened it.
  case forked(path: String)
  /// Records could not be written and are lost; the earlier ones are intact.
  case recordsLost(count: Int, cause: FileError)
  /// The file has changed since it was read.
  case changed(path: String)
  /// Another file has replaced the one that was being read.
  case replaced
  /// Records could not be written, and the file could not be truncated to the last whole one; nothing more is written.
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
      "\(DisplayName.quoted(name)) is not a tag; give a name that is not empty and contains no NUL"
    case .kindChanged(let tag, let was, let now):
      "the tag \(DisplayName.quoted(tag.name)) is of kind \(DisplayName.escaped(was)); it cannot also be of kind "
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
      "this is another file now; it is read again from its start"
    case .damaged(let path, let cause):
      "the last record of \(DisplayName.quoted(path)) is damaged and could not be removed: \(cause)"
    }
  }
}
