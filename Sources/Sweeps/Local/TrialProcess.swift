// TrialProcess.swift
// A trial in its own process, and the orders that it gets while it runs.

import ByteStreams
import Dispatch
import Foundation

/// A process of `aelog sweep-trial`.
final class TrialProcess {
  let trial: Trial
  private let process = Process()
  /// Its standard input, which tells it how many threads it may take. Held open at both ends, so that nothing breaks where it has
  /// just ended.
  private let orders = Pipe()
  private var threads: Int

  /// Starts it.
  /// - Parameters:
  ///   - program: the path of aelog.
  ///   - ends: signalled once, when it is over.
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

  /// Throws where there are too few file descriptors left to begin a trial; Foundation would end this process.
  /// - Throws: `FileError`.
  static func checkDescriptors(_ sweep: SweepDirectory) throws {
    let file = Directory.join(sweep.path, SweepDirectory.fileName)
    var held: [FileSource] = []
    for _ in 0..<descriptors { held.append(try FileSource(file)) }
    withExtendedLifetime(held) {}
  }

  /// More than Foundation takes to begin a process.
  private static let descriptors = 40

  var isRunning: Bool { process.isRunning }

  /// How it ended: with this status, or by the signal of this number.
  var status: Int32 { process.terminationStatus }
  var isKilled: Bool { process.terminationReason == .uncaughtSignal }

  /// Tells it how many threads it may take from now on. One that is just ending does not hear it.
  func allow(threads: Int) {
    if threads == self.threads { return }
    self.threads = threads
    try? orders.fileHandleForWriting.write(contentsOf: Data("\(threads)\n".utf8))
  }

  /// Closes what was open for it. Foundation's handles may outlive the process, and every trial would take some of the descriptors.
  func close() {
    for handle in [orders.fileHandleForReading, orders.fileHandleForWriting] { try? handle.close() }
    process.terminationHandler = nil
  }

  /// Asks it to stop after the step at hand.
  func stop() { process.terminate() }

  func wait() { process.waitUntilExit() }
}

enum InheritedDescriptors {
  /// Gives numbers below the limit to open descriptors above it. To be called before a process is begun: Foundation closes each
  /// descriptor there, and the C library refuses to close one above the limit ("Bad file descriptor").
  ///
  /// What they lead to stays open, since it may be a lock. One for which there is no number left stays where it is.
  static func lower() {
    let limit = Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))
    guard limit > 0, let names = try? Directory.list("/proc/self/fd") else { return }
    for descriptor in names.compactMap({ Int32($0) }) where descriptor >= limit {
      if fcntl(descriptor, F_DUPFD_CLOEXEC, 3) >= 0 { close(descriptor) }
    }
  }
}
