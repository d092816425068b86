// RunWriter.swift
// Logs one run: a directory, one event file in it, calls from any number of threads.

import ByteStreams
import Parallel

/// Logs to the directory of a run. Every method may be called from any thread; values of one tag keep their order.
///
/// Values reach the file when 64 KiB wait, `flushInterval` seconds after the first of them, with `flush`, and at the end:
/// at `close`, when the writer is dropped, at `exit`, and when SIGINT, SIGTERM or SIGHUP ends a program that does not handle
/// them itself. Each write to the system ends with a whole record, so a crash damages the last record at most.
///
/// If the system refuses a write (because the disk is full, for example), the call under way throws
/// `EventFileError.recordsLost`; if none is, the next call does. The waiting records are lost, the file is truncated to its last
/// whole record, and logging can continue.
///
/// A forked process cannot use the writers of its parent: every call throws `EventFileError.forked`.
public final class RunWriter: Sendable {
  /// The run's directory.
  public let path: String
  private let resumeStep: Step?
  private let flushInterval: Double
  /// In nanoseconds; nil for never.
  private let interval: UInt64?
  private let forkCount = OpenWriterRegistry.forkCount
  let state: Locked<State?>

  struct State: ~Copyable {
    var file: EventFile<FileSink>
    let lock: DirectoryLock
    /// True while a flush is scheduled.
    var isFlushDue = false
    /// A failure of a scheduled flush, which the next call throws.
    var unreported: (any Error)?

    init(_ file: consuming EventFile<FileSink>, _ lock: DirectoryLock) {
      self.file = file
      self.lock = lock
    }

    mutating func close() throws {
      defer { lock.release() }
      try file.close()
      if let unreported { throw unreported }
    }
  }

  /// Begins a run in the directory at `path`, which is created if missing, or resumes the run there.
  /// - Parameters:
  ///   - step: for a run that exists already: the first step that will be logged. Readers drop its earlier points from this step on.
  ///   - flushInterval: the longest time that a value waits, in seconds. With 0 nothing waits; with infinity values wait until the
  ///     buffer is full or a flush is requested.
  /// - Throws: `EventFileError.runExists` for a directory with event files and no `step`, `.badResumeStep` for a step below 1
  ///   there, `.badRunName` for a directory that TensorBoard cannot read; `FileError`, among them `.inUse` while another writer
  ///   has the directory.
  public init(_ path: String, resumingAt step: Step? = nil, flushInterval: Double = 2) throws {
    try Self.check(path)
    try Directory.create(path)
    let lock = try DirectoryLock(path)
    let others = try Directory.list(path).filter(EventFileName.isEventFile)
    if !others.isEmpty {
      guard let step else { throw EventFileError.runExists(path: path) }
      if step < 1 { throw EventFileError.badResumeStep(step) }
    }
    let file = try RunWriter.newFile(
      try Self.newPath(in: path, after: others), sessionStart: others.isEmpty ? 0 : step ?? 0,
      isBuffered: flushInterval > 0)
    self.path = path
    self.resumeStep = step
    self.flushInterval = flushInterval
    interval = flushInterval > 0 && flushInterval < 1e9 ? UInt64(flushInterval * 1e9) : nil
    state = Locked(State(file, lock))
    OpenWriterRegistry.shared.add(self)
  }

  deinit { try? close() }

  private static func check(_ path: String) throws {
    let name = Directory.lastPart(of: path)
    if EventFileName.isEventFile(name) { throw EventFileError.badRunName(name) }
  }

  private static func newPath(in directory: String, after others: [String]) throws -> String {
    let seconds = try EventFileName.seconds(at: .now(), after: others, in: directory)
    guard let name = EventFileName.next().text(seconds: seconds, after: others) else {
      throw EventFileError.noLaterName(path: directory)
    }
    return Directory.join(directory, name)
  }

  /// Makes an event file with values at step 0 in a directory, atomically and durably, so that TensorBoard shows the run. Call it
  /// while the directory is locked.
  /// - Parameters:
  ///   - ending: the end of the file's name, after the usual name.
  ///   - isAlone: false if values of other event files in the directory are to stay: a start at step 0 removes them.
  /// - Throws: `EventFileError.badRunName`, `FileError`.
  package static func announce(
    _ path: String, _ values: [SummaryValue] = [], ending: String = "", isAlone: Bool = true
  ) throws {
    try check(path)
    let others = try Directory.list(path).filter(EventFileName.isEventFile)
    try AtomicFile.replace(try newPath(in: path, after: others) + ending) { sink in
      var file = EventFile(sink, writer: "aelog", sessionStart: isAlone ? 0 : Step(Int64.max))
      try file.open()
      if !values.isEmpty { try file.append(Event(.summary(values), step: 0)) }
      try file.flush()
    }
  }

  /// Creates a file with its first records in it; removes it if they could not be written.
  private static func newFile(_ path: String, sessionStart: Step, isBuffered: Bool) throws -> EventFile<FileSink> {
    var file = EventFile(
      try FileSink(regular: path, .exclusive), writer: "aelog", sessionStart: sessionStart,
      bufferSize: isBuffered ? 1 << 16 : 0)
    do {
      try file.open()
    } catch {
      try? file.close()
      try? FileContents.remove(path)
      throw error
    }
    return file
  }

  /// Begins a run in a directory below this one, for example for evaluation: `run.subrun("eval")`. TensorBoard draws equal tags
  /// of the two in one chart.
  /// - Throws: as `init`; `EventFileError.badRunName` for a name that leads out of this directory.
  public func subrun(_ name: String) throws -> RunWriter {
    try LogDirectory.check(name)
    try Directory.create(name, inside: path)
    return try RunWriter(Directory.join(path, name), resumingAt: resumeStep, flushInterval: flushInterval)
  }

  /// Logs one number. NaN and infinities are kept.
  /// - Parameters:
  ///   - description: Markdown; only the first one of a tag counts.
  ///   - displayName: shown instead of the tag by older dashboards; only the first one of a tag counts.
  /// - Complexity: O(tag); allocates nothing after the tag's first value.
  public func scalar(
    _ tag: Tag, _ value: Float, step: Step, at time: WallTime = .now(), description: String = "",
    displayName: String = ""
  ) throws {
    try withFile { file in
      try file.append(tag, value, step: step, at: time, description: description, displayName: displayName)
    }
  }

  /// Logs several values of one step in one record.
  public func write(_ values: [SummaryValue], step: Step, at time: WallTime = .now()) throws {
    try write(Event(.summary(values), step: step, at: time))
  }

  /// Logs an event as it is.
  public func write(_ event: Event) throws {
    try withFile { file in try file.append(event) }
  }

  /// Writes everything that waits to the file, where other processes see it.
  public func flush() throws {
    try withFile { file in try file.flush() }
  }

  /// Flushes, and waits until the device has everything, so that it survives a power failure.
  /// - Throws: as logging does; `FileError.gone` if the file has been removed or replaced meanwhile, `.inUseElsewhere` if another
  ///   machine has taken the run.
  public func sync() throws {
    try withFile { file in try file.sync() }
    try checkHolder()
  }

  /// Checks that the run still exists and that this writer still holds it, without waiting.
  /// - Throws: `FileError.gone` if its file has been removed or replaced, `.inUseElsewhere` if another machine has taken it.
  package func checkPlace() throws {
    try withFile { file in try file.checkPlace() }
    try checkHolder()
  }

  /// Checks that this writer still holds the run.
  /// - Throws: `FileError.inUseElsewhere`, `.inUse` if another process has taken it.
  package func checkHolder() throws { try state.withLock { try $0?.lock.check() } }

  /// Flushes, closes the file and unlocks the directory. A second close does nothing; a close in a forked process does nothing
  /// either.
  public func close() throws {
    if forkCount != OpenWriterRegistry.forkCount { return }
    OpenWriterRegistry.shared.remove(self)
    try state.withLock { state in
      guard var open = state.take() else { return }
      try open.close()
    }
  }

  @inline(__always)
  private func withFile(_ body: @Sendable (inout EventFile<FileSink>) throws -> Void) throws {
    if forkCount != OpenWriterRegistry.forkCount { throw EventFileError.forked(path: path) }
    let isFirstToWait = try state.withLock { state in
      if state == nil { throw EventFileError.closed(path: path) }
      return try state?.use(body) ?? false
    }
    if isFirstToWait, let interval {
      OpenWriterRegistry.shared.flush(self, at: CoarseMonotonicClock.nanoseconds() + interval)
    }
  }
}

extension RunWriter.State {
  /// Runs `body` on the file.
  /// - Returns: true if a flush has to be scheduled.
  @inline(__always)
  fileprivate mutating func use(_ body: @Sendable (inout EventFile<FileSink>) throws -> Void) throws -> Bool {
    try body(&file)
    if let unreported {
      self.unreported = nil
      throw unreported
    }
    if isFlushDue || !file.hasWaiting { return false }
    isFlushDue = true
    return true
  }
}
