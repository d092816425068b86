// BuiltProgram.swift
// The built aelog as people run it: a process with arguments, two streams, and an exit code.

import Foundation
import Testing

/// The outcome of a finished process.
struct Ending: CustomStringConvertible {
  /// The exit code, or 128 + the signal that ended the process.
  let status: Int32
  let output: String
  let errors: String

  /// The lines of the output.
  var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// Whether there is one line on the error stream that says so, and a status other than 0.
  func isRefusal(mentioning words: String...) -> Bool {
    status != 0 && status < 128 && errors.hasPrefix("error: ") && errors.hasSuffix("\n")
      && errors.filter(\.isNewline).count == 1 && words.allSatisfy(errors.contains)
      && !errors.dropLast().unicodeScalars.contains { $0.value < 32 }
  }

  var description: String { "status \(status)\n--- output\n\(output)\n--- errors\n\(errors)" }
}

/// A running aelog, or another program of this package.
final class BuiltProgram {
  static let path = path(of: "aelog")

  /// Beside the test's own binary.
  static func path(of program: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(program).path
  }

  /// Whether the test's process may do everything.
  static let isRoot = getuid() == 0

  private let process = Process()
  private let files: TemporaryFiles

  /// Starts it in `directory`.
  /// - Parameters:
  ///   - output: where its standard output goes; kept, if nil.
  ///   - shell: a line that `exec "$@"` stands in, for limits and pipes.
  ///   - signalsBlocked: whether it inherits a mask of blocked signals, as from a careless parent.
  init(
    _ arguments: [String], program: String = "aelog", in directory: String, environment: [String: String] = [:],
    output: FileHandle? = nil, shell: String? = nil, signalsBlocked: Bool = false
  ) throws {
    let path = Self.path(of: program)
    files = try TemporaryFiles()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", shell, "bash", path] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var variables = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "TERM"] { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? files.output
    process.standardError = files.errors
    try withSignals(blocked: signalsBlocked) { try process.run() }
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in directory: String, environment: [String: String] = [:], shell: String? = nil
  ) throws -> Ending {
    try BuiltProgram(arguments, in: directory, environment: environment, shell: shell).wait()
  }

  /// Returns the standard output written so far.
  func outputSoFar() throws -> String { try files.text(of: "output") }

  var processNumber: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until `condition` holds; ends the process and fails the test where that takes a minute.
  func wait(until condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while true {
      // Asked before the condition: a process that ends in between has written all that it will.
      let isLast = Date() > deadline || !process.isRunning
      if try condition() { return }
      if isLast {
        process.terminate()
        Issue.record("the expected output or file did not come: \(try wait())")
        return
      }
      usleep(2_000)
    }
  }

  /// Waits for the end; a process that does not come to one in two minutes is killed, with those that it has started.
  func wait() throws -> Ending {
    var deadline = Date(timeIntervalSinceNow: 120)
    while process.isRunning {
      if Date() > deadline {
        let number = process.processIdentifier
        let children = (try? String(contentsOfFile: "/proc/\(number)/task/\(number)/children", encoding: .utf8)) ?? ""
        for child in children.split(separator: " ").compactMap({ Int32($0) }) { kill(child, SIGKILL) }
        send(SIGKILL)
        Issue.record("killed a process that did not end")
        deadline = .distantFuture
      }
      usleep(2_000)
    }
    process.waitUntilExit()
    let code = process.terminationStatus
    return Ending(
      status: process.terminationReason == .exit ? code : 128 + code, output: try files.text(of: "output"),
      errors: try files.text(of: "errors"))
  }
}

/// Runs `body` with all of this thread's signals blocked, or none: a process that it starts inherits the mask, and the
/// threads that run tests block many.
private func withSignals(blocked: Bool, _ body: () throws -> Void) rethrows {
  var (wanted, former) = (sigset_t(), sigset_t())
  if blocked { sigfillset(&wanted) } else { sigemptyset(&wanted) }
  pthread_sigmask(SIG_SETMASK, &wanted, &former)
  defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
  try body()
}

/// Files for the streams of a process: unlike pipes they never fill up.
private final class TemporaryFiles {
  private let directory: URL
  let output: FileHandle
  let errors: FileHandle

  init() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("aelog-streams-\(UUID().uuidString)")
    self.directory = directory
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    func file(_ name: String) throws -> FileHandle {
      let place = directory.appendingPathComponent(name)
      try Data().write(to: place)
      return try FileHandle(forWritingTo: place)
    }
    output = try file("output")
    errors = try file("errors")
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
  }
}
