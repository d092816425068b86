// RunWriter.swift
// One run being logged: a directory, one event file in it, any number of threads.

import ByteStreams

/// Logs to the directory of a run. Every method may be called from any thread; values of one tag keep their order.
///
/// What is logged reaches the file when 64 KiB wait, when `flushInterval` seconds have passed at the time of a call, with
/// `flush`, and at the end.
///
/// When the system refuses a write (a full disk, say), the call that noticed throws `EventFileError.recordsLost`; what
/// waited is lost, the file is cut back to its last whole record, and logging can go on.
public final class RunWriter: Sendable {
  /// The run's directory.
  public let path: String
  private let resumeStep: Step?
  private let flushInterval: UInt64
  private let state: Guarded<State?>

  private struct State: ~Copyable {
    var file: EventFile<FileSink>
    let lock: DirectoryLock
    var lastFlush = CoarseClock.nanoseconds()

    init(_ file: consuming EventFile<FileSink>, _ lock: DirectoryLock) {
      self.file = file
      self.lock = lock
    }

    @inline(__always)
    mutating func use(flushingEvery interval: UInt64, _ body: @Sendable (inout EventFile<FileSink>) throws -> Void)
      throws
    {
      try body(&file)
      let now = CoarseClock.nanoseconds()
      if now &- lastFlush >= interval {
        lastFlush = now
        try file.flush()
      }
    }
  }

  /// Begins a run in the directory at `path`, which is made where it is missing, or goes on with the one there.
  /// - Parameters:
  ///   - step: for a run that is there already: the first step that will be logged. Readers forget the points from there on.
  ///   - flushInterval: seconds.
  /// - Throws: `EventFileError.runExists` for a directory with event files and no `step`, `.badResumeStep` for a step below 1
  ///   there, `.badRunName` for a directory that TensorBoard cannot read; `FileError`, `.inUse` among them while
  ///   another writer has the directory.
  public init(_ path: String, resumingAt step: Step? = nil, flushInterval: Double = 2) throws {
    let name = Directory.lastPart(of: path)
    if name.contains(EventFileName.mark) { throw EventFileError.badRunName(name) }
    try Directory.create(path)
    let lock = try DirectoryLock(path)
    let others = try Directory.list(path).filter { $0.contains(EventFileName.mark) }
    if !others.isEmpty {
      guard let step else { throw EventFileError.runExists(path: path) }
      if step < 1 { throw EventFileError.badResumeStep(step) }
    }
    guard let name = EventFileName.next().text(seconds: Int(WallTime.now().seconds), after: others) else {
      throw EventFileError.noLaterName(path: path)
    }
    let file = try RunWriter.newFile(
      Directory.join(path, name), sessionStart: others.isEmpty ? 0 : step ?? 0)
    self.path = path
    self.resumeStep = step
    self.flushInterval = UInt64(max(flushInterval, 0) * 1e9)
    state = Guarded(State(file, lock))
  }

  deinit { try? close() }

  /// A new file with its first records in it; none where they could not be written.
  private static func newFile(_ path: String, sessionStart: Step) throws -> EventFile<FileSink> {
    var file = EventFile(try FileSink(path, .exclusive), writer: "aelog", sessionStart: sessionStart)
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
    return try RunWriter(
      Directory.join(path, name), resumingAt: resumeStep, flushInterval: Double(flushInterval) / 1e9)
  }

  /// Logs one number. NaN and the infinities are kept.
  /// - Parameter description: Markdown; the first one of a tag counts.
  /// - Complexity: O(tag); allocates nothing after the tag's first value.
  public func scalar(
    _ tag: Tag, _ value: Float, step: Step, at time: WallTime = .now(), description: String = ""
  ) throws {
    try withFile { file in try file.append(tag, value, step: step, at: time, description: description) }
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
  public func sync() throws {
    try withFile { file in try file.sync() }
  }

  /// Flushes, closes the file and gives the directory free. A second close does nothing.
  public func close() throws {
    try state.withLock { state in
      guard var open = state.take() else { return }
      defer { open.lock.release() }
      try open.file.close()
    }
  }

  @inline(__always)
  private func withFile(_ body: @Sendable (inout EventFile<FileSink>) throws -> Void) throws {
    try state.withLock { state in
      let used: Void? = try state?.use(flushingEvery: flushInterval, body)
      if used == nil { throw EventFileError.closed(path: path) }
    }
  }
}
