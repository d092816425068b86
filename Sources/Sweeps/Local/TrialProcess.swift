// TrialProcess.swift
// A trial in its own process, and the orders that it gets while it runs.

import ByteStreams
import Dispatch
import Foundation

/// A process of `aelog sweep-trial`.
final class TrialProcess {
  let trial: Trial
  private let process = Process()
  /// The trial's standard input, over which it receives its number of threads. Both ends stay open, so that writing does not
  /// fail if the trial has just ended.
  private let orders = Pipe()
  private var threads: Int

  /// Starts the process.
  /// - Parameters:
  ///   - program: the path of aelog.
  ///   - ends: signaled once, when the process ends.
  init(
    _ trial: Trial, of sweep: SweepDirectory, program: String, threads: Int, retries: Bool, ends: DispatchSemaphore
  ) throws {
    self.trial = trial
    self.threads = threads
    try sweep.makeWorkPath(trial)
    let sink = try FileSink(regular: Directory.join(sweep.workPath(trial), "output"))
    let file = FileHandle(fileDescriptor: sink.takeDescriptor(), closeOnDealloc: true)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      ["sweep-trial", sweep.path, "\(trial.index)", "--threads", "\(threads)", "--threads-from-stdin"]
      + (retries ? ["--retry"] : [])
    process.standardInput = orders.fileHandleForReading
    process.standardOutput = file
    process.standardError = file
    process.terminationHandler = { _ in ends.signal() }
    InheritedDescriptors.lower()
    do {
      defer { try? file.close() }
      try process.run()
    } catch {
      close()
      throw error
    }
  }

  /// Throws if too few file descriptors are left to begin a trial; Foundation would end this process.
  /// - Throws: `FileError`.
  static func checkDescriptors(_ sweep: SweepDirectory) throws {
    let file = Directory.join(sweep.path, SweepDirectory.fileName)
    var held: [FileSource] = []
    for _ in 0..<descriptors { held.append(try FileSource(file)) }
    withExtendedLifetime(held) {}
  }

  /// An upper bound of the descriptors that Foundation takes to begin a process.
  private static let descriptors = 40

  var isRunning: Bool { process.isRunning }

  /// The exit status, or the number of the signal that ended the process.
  var status: Int32 { process.terminationStatus }
  var isKilled: Bool { process.terminationReason == .uncaughtSignal }

  /// Sends the trial its new number of threads. A trial that is just ending does not read it.
  func allow(threads: Int) {
    if threads == self.threads { return }
    self.threads = threads
    try? orders.fileHandleForWriting.write(contentsOf: Data("\(threads)\n".utf8))
  }

  /// Closes the trial's pipe. Foundation's handles may outlive the process, so that every trial would leave descriptors open.
  func close() {
    for handle in [orders.fileHandleForReading, orders.fileHandleForWriting] { try? handle.close() }
    process.terminationHandler = nil
  }

  /// Asks the trial to stop after its current step.
  func stop() { process.terminate() }

  func wait() { process.waitUntilExit() }
}

/// File descriptors that the parent process left open, above the limit that it then set.
enum InheritedDescriptors {
  /// Moves open descriptors above the limit to numbers below it. Call it before beginning a process: Foundation closes each
  /// descriptor in the child, and the C library refuses to close one above the limit ("Bad file descriptor").
  ///
  /// The open files themselves stay open, since one may be a lock. A descriptor for which no number is left keeps its own.
  static func lower() {
    let limit = Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))
    guard limit > 0, let names = try? Directory.list("/proc/self/fd") else { return }
    for descriptor in names.compactMap({ Int32($0) }) where descriptor >= limit {
      if fcntl(descriptor, F_DUPFD_CLOEXEC, 3) >= 0 { close(descriptor) }
    }
  }
}
