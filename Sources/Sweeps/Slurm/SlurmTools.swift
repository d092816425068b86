// SlurmTools.swift
// Runs Slurm's commands as processes without a shell, and names what can go wrong with them.

import ByteStreams
import Foundation
import Parallel

/// Runs sbatch, squeue, sacct, scancel and scontrol, as found on PATH.
package struct SlurmTools: Sendable {
  private let environment: [String: String]

  /// - Parameter environment: the variables of the commands, without those that would change the answers of squeue and sacct, or
  ///   make sbatch wait.
  package init(environment: [String: String]) {
    self.environment = environment.filter { name, _ in
      !["SQUEUE_", "SACCT_", "SCANCEL_"].contains(where: name.hasPrefix) && name != "SBATCH_WAIT"
        && name != "SBATCH_ARRAY_INX"
    }
  }

  /// The largest number of bytes that a command may print.
  private static let outputLimit = 1 << 26

  /// Runs a command to its end.
  /// - Parameter lock: a lock that the command holds too, so that it is kept even if this process is killed meanwhile.
  /// - Returns: the command's output.
  /// - Throws: `.missing`; `.refused` if its status is not 0; `.unreadable` for endless output.
  func run(_ program: String, _ arguments: [String], holding lock: DirectoryLock? = nil) throws(SlurmError) -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try path(of: program))
    process.arguments = arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput =
      lock?.descriptor.map { FileHandle(fileDescriptor: $0, closeOnDealloc: false) }
      ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    InheritedDescriptors.lower()
    do { try process.run() } catch { throw .refused(program: program, words: "it can't be started: \(error)") }
    let words = Locked(Data())
    let group = DispatchGroup()
    let reading = errors.fileHandleForReading
    DispatchQueue.global().async(group: group) {
      let data = Self.beginning(of: reading)
      words.withLock { $0 = data }
    }
    let printed = Self.contents(of: output.fileHandleForReading)
    if printed == nil { kill(process.processIdentifier, SIGKILL) }
    group.wait()
    process.waitUntilExit()
    guard let printed else {
      throw .unreadable(program: program, got: "more than \(Self.outputLimit) bytes", want: "less")
    }
    if process.terminationReason != .exit || process.terminationStatus != 0 {
      let said = Self.words(of: program, words.withLock { $0 })
      throw .refused(program: program, words: said.isEmpty ? "status \(process.terminationStatus)" : said)
    }
    return String(decoding: printed, as: UTF8.self)
  }

  private func path(of program: String) throws(SlurmError) -> String {
    for directory in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
      let path = Directory.join(String(directory), program)
      if !Directory.exists(path), FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw .missing(program: program)
  }

  /// Reads a file to its end; returns nil if that is more than the limit.
  private static func contents(of file: FileHandle) -> Data? {
    var data = Data()
    while let part = try? file.read(upToCount: 1 << 16), !part.isEmpty {
      data += part
      if data.count > outputLimit { return nil }
    }
    return data
  }

  /// Returns the first 2000 bytes of a file, but reads it to its end, so that the command need not wait.
  private static func beginning(of file: FileHandle) -> Data {
    var data = Data()
    while let part = try? file.read(upToCount: 1 << 16), !part.isEmpty { data += part.prefix(2000 - data.count) }
    return data
  }

  /// Joins the lines of a message, without the program's name before each.
  private static func words(of program: String, _ said: Data) -> String {
    let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.map { $0.replacing("\(program): error: ", with: "") }.joined(separator: "; ")
  }
}

/// An error of Slurm: it is missing, refuses a command, or gives an answer that can't be parsed. Texts are as given, not escaped.
package enum SlurmError: Error, Equatable {
  case missing(program: String)
  /// - Parameter words: the program's own message, without its name before each line.
  case refused(program: String, words: String)
  case unreadable(program: String, got: String, want: String)
  /// This Slurm has no job arrays.
  case noArrays
  case badOption(name: String, got: String, reason: String)
  /// Tasks of the sweep are in Slurm's queue, so another executor must not run it.
  case queued(trials: Int, sweep: String)
  case notSubmitted(sweep: String)
  /// Slurm could not begin the processes of these trials; `words` describes the first one, a task of `job`.
  case notLaunched(trials: Int, job: Int, words: String)
}

extension SlurmError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let program):
      "can't find Slurm's \(program) on PATH; run this where Slurm's commands are, or run the sweep without --executor slurm"
    case .refused(let program, let words): "\(program) refuses: \(words)"
    case .unreadable(let program, let got, let want): "\(program): got \(DisplayName.quoted(got)), want \(want)"
    case .noArrays: "this Slurm runs no job arrays: its MaxArraySize is below 2; run the sweep with --executor local"
    case .badOption(let name, let got, let reason): "--\(name): got \(DisplayName.quoted(got)); \(reason)"
    case .queued(let trials, let sweep):
      "\(trials) of the trials in \(DisplayName.quoted(sweep)) are in Slurm's queue; resume with --executor slurm, or take them "
        + "out with --cancel first"
    case .notLaunched(let trials, let job, let words):
      "Slurm could not begin \(trials == 1 ? "1 trial" : "\(trials) trials") (\(words)): check that the nodes have the sweep's "
        + "directory and the program under the same paths, and read scontrol show job \(job)"
    case .notSubmitted(let sweep): "\(DisplayName.quoted(sweep)) was never submitted to Slurm; nothing to cancel"
    }
  }
}
