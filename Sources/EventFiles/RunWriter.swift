// RunWriter.swift
// One run being logged: a directory, one event file in it, any number of threads.

import ByteStreams
import Parallel

/// Logs to the directory of a run. Every method may be called from any thread; values of one tag keep their order.
///
/// What is logged reaches the file when 64 KiB wait, `flushInterval` seconds after it came, with `flush`, and at the end:
/// at `close`, when the writer is dropped, at `exit`, and when SIGINT, SIGTERM or SIGHUP ends a program that does not handle
/// them itself. Each write call ends with a whole record, so that a crash tears the last record at most.
///
/// When the system refuses a write (a full disk, say), the call that noticed throws `EventFileError.recordsLost`, or the next
/// one where no call was under way; what waited is lost, the file is cut back to its last whole record, and logging
/// can go on.
///
/// A process that is forked has no part in the writers of its parent: what it logs there throws `EventFileError.forked`.
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
    /// True while a flush is to come.
    var isFlushDue = false
    /// What went wrong while nobody was there to be told.
    var untold: (any Error)?

    init(_ file: consuming EventFile<FileSink>, _ lock: DirectoryLock) {
      self.file = file
      self.lock = lock
    }

    mutating func close() throws {
      defer { lock.release() }
      try file.close()
      if let untold { throw untold }
    }
  }

  /// Begins a run in the directory at `path`, which is made where it is missing, or goes on with the one there.
  /// - Parameters:
  ///   - step: for a run that is there already: the first step that will be logged. Readers forget the points from there on.
  ///   - flushInterval: the longest time that what was logged waits, in seconds; with 0 nothing waits, with infinity only a full
  ///     buffer is written before a flush is asked for.
  /// - Throws: `EventFileError.runExists` for a directory with event files and no `step`, `.badResumeStep` for a step below 1
  ///   there, `.badRunName` for a directory that TensorBoard cannot read; `FileError`, `.inUse` among them while
  ///   another writer has the directory.
  public init(_ path: String, resumingAt step: Step? = nil, flushInterval: Double = 2) throws {
    try Self.check(path)
    try Directory.create(path)
    let lock = try DirectoryLock(path)
    let others = try Directory.list(path).filter(EventFileName.isMarked)
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
    if EventFileName.isMarked(name) { throw EventFileError.badRunName(name) }
  }

  private static func newPath(in directory: String, after others: [String]) throws -> String {
    let seconds = try EventFileName.seconds(at: .now(), after: others, in: directory)
    guard let name = EventFileName.next().text(seconds: seconds, after: others) else {
      throw EventFileError.noLaterName(path: directory)
    }
    return Directory.join(directory, name)
  }

  /// Makes an event file without values in a directory that has none, at once and on the device: TensorBoard sees the run from
  /// then on. Call it while the directory is held.
  /// - Throws: `EventFileError.badRunName`, `FileError`.
  package static func announce(_ path: String) throws {
    try check(path)
    try AtomicFile.replace(try newPath(in: path, after: [])) { sink in
      var file = EventFile(sink, writer: "aelog", sessionStart: 0)
      try file.open()
    }
  }

  /// A new file with its first records in it; none where they could not be written.
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

  /// Begins a run in a directory below this one, for example for evaluation: `run.subrun("eval")`. Equal tags of the two
  /// are drawn in one chart.
  /// - Throws: as `init`; `EventFileError.badRunName` for a name that leads elsewhere.
  public func subrun(_ name: String) throws -> RunWriter {
    try LogDirectory.check(name)
    try Directory.create(name, inside: path)
    return try RunWriter(Directory.join(path, name), resumingAt: resumeStep, flushInterval: flushInterval)
  }

  /// Logs one number. NaN and the infinities are kept.
  /// - Parameters:
  ///   - description: Markdown; the first one of a tag counts.
  ///   - displayName: shown instead of the tag by the older dashboards; the first one of a tag counts.
  /// - Complexity: O(tag); allocates nothing after the tag's first value.
  public func scalar(
    _ tag: Tag, _ value: Float, step: Step, at time: WallTime = .now(), description: String = "",
    displayName: String = ""
  ) throws {
    try withFile { file in
      try file.append(tag, value, step: step, at: time, description: description, displayName: displayName)
    }
  }

  /// Logs values of one step in one record.
  public func write(_ values: [SummaryValue], step: Step, at time: WallTime = .now()) throws {
    try write(Event(.summary(values), step: step, at: time))
  }

  /// Logs an event as it is.
  public func write(_ event: Event) throws {
    try withFile { file in try file.append(event) }
  }

  /// Gives the file everything that waits: other processes see it then.
  public func flush() throws {
    try withFile { file in try file.flush() }
  }

  /// Flushes, and waits until the device has everything: a power failure does no harm then.
  /// - Throws: as logging does; `FileError.gone` where the file has been removed or replaced meanwhile, `.inUseElsewhere` where
  ///   another machine has taken the run.
  public func sync() throws {
    try withFile { file in try file.sync() }
    try checkHolder()
  }

  /// Makes sure that the run is still there and still this writer's, and waits for nothing.
  /// - Throws: `FileError.gone` where its file has been removed or replaced, `.inUseElsewhere` where another machine has taken it.
  package func checkPlace() throws {
    try withFile { file in try file.checkPlace() }
    try checkHolder()
  }

  private func checkHolder() throws { try state.withLock { try $0?.lock.check() } }

  /// Flushes, closes the file and gives the directory free. A second close does nothing, nor does one in a forked process.
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
    if isFirstToWait, let interval { OpenWriterRegistry.shared.flush(self, at: CoarseClock.nanoseconds() + interval) }
  }
}

extension RunWriter.State {
  /// - Returns: true where a flush has to be arranged for.
  @inline(__always)
  fileprivate mutating func use(_ body: @Sendable (inout EventFile<FileSink>) throws -> Void) throws -> Bool {
    try body(&file)
    if let untold {
      self.untold = nil
      throw untold
    }
    if isFlushDue || !file.hasWaiting { return false }
    isFlushDue = true
    return true
  }
}
