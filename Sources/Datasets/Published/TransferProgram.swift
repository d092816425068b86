// TransferProgram.swift
// The program that downloads: curl or wget, as found on PATH, in a process of its own.

import ByteStreams
import Foundation
import Parallel

/// Downloads one address into a file, from the place on where the file ends.
struct TransferProgram: Sendable {
  enum Kind: String, CaseIterable, Sendable { case curl, wget }

  /// How a process ended.
  enum Ending: Equatable {
    case done
    /// The address is not there, or is refused; trying again does not help.
    case refused(words: String)
    /// The server can't begin in the middle of the file.
    case cannotResume
    /// The file could not be written.
    case cannotWrite(words: String)
    /// The network or the server failed; it may help to try again.
    case failed(words: String)
    /// The file has grown beyond the limit.
    case tooLong
    case stopped
  }

  let kind: Kind
  let path: String
  private let environment: [String: String]

  /// - Returns: nil where neither program is on PATH.
  init?(environment: [String: String]) {
    for kind in Kind.allCases {
      for directory in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
        let path = Directory.join(String(directory), kind.rawValue)
        guard !Directory.exists(path), FileManager.default.isExecutableFile(atPath: path) else { continue }
        (self.kind, self.path, self.environment) = (kind, path, environment)
        return
      }
    }
    return nil
  }

  /// The command's words. Only http and https are followed, also where the server redirects.
  static func arguments(_ kind: Kind, url: String, file: String) -> [String] {
    // A relative path that begins with a hyphen would be an option.
    let file = file.hasPrefix("-") ? "./\(file)" : file
    return switch kind {
    case .curl:
      [
        "--fail", "--location", "--proto", "=http,https", "--globoff", "--silent", "--show-error", "--connect-timeout",
        "30", "--no-buffer", "--speed-limit", "1", "--speed-time", "60", "--continue-at", "-", "--output", file, url,
      ]
    // Short options are also those of BusyBox.
    case .wget: ["-nv", "-c", "-t", "1", "-T", "60", "-O", file, url]
    }
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - limit: the size at which the file has become too long.
  ///   - lock: a lock that the program holds too, so that it is kept even if this process is killed meanwhile.
  ///   - shouldStop: asked some times a second.
  ///   - progress: gets the size of the file, some times a second.
  func run(
    url: String, file: String, limit: Int, holding lock: DirectoryLock, shouldStop: () -> Bool,
    progress: (Int) -> Void
  ) throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = Self.arguments(kind, url: url, file: file)
    process.environment = environment
    process.standardInput =
      lock.descriptor.map { FileHandle(fileDescriptor: $0, closeOnDealloc: false) } ?? FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let (said, group) = (Locked(Data()), DispatchGroup())
    let reading = errors.fileHandleForReading
    DispatchQueue.global().async(group: group) {
      while let part = try? reading.read(upToCount: 1 << 12), !part.isEmpty {
        said.withLock { $0 += part.prefix(2000 - $0.count) }
      }
    }
    var cause: Ending?
    while process.isRunning {
      let size = Self.size(of: file)
      if shouldStop() { cause = .stopped } else if size > limit { cause = .tooLong }
      if cause != nil { break }
      progress(size)
      usleep(20_000)
    }
    if cause != nil { end(process) }
    process.waitUntilExit()
    group.wait()
    let words = Self.lastLine(of: said.withLock { $0 })
    if let cause { return cause }
    // Ctrl-C reaches the program too, perhaps first.
    if process.terminationReason == .uncaughtSignal { usleep(50_000) }
    if shouldStop() { return .stopped }
    if Self.size(of: file) > limit { return .tooLong }
    if process.terminationReason == .uncaughtSignal {
      return .failed(words: "ended by signal \(process.terminationStatus)")
    }
    return ending(status: process.terminationStatus, words)
  }

  /// Asks the process to end, and kills it after two seconds.
  private func end(_ process: Process) {
    process.terminate()
    for _ in 0..<100 where process.isRunning { usleep(20_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Interprets the exit status, by the program's manual.
  private func ending(status: Int32, _ said: String) -> Ending {
    let words = said.isEmpty ? "status \(status)" : said
    switch (kind, status) {
    case (_, 0): return .done
    case (.curl, 33), (.curl, 36): return .cannotResume
    case (.curl, 23), (.wget, 3): return words.contains("truncate") ? .cannotResume : .cannotWrite(words: words)
    case (.curl, 22), (.wget, 8):
      let code = words.firstMatch(of: /(?i)error:? ([0-9]{3})/).flatMap { Int($0.1) } ?? 404
      if code == 416 { return .cannotResume }
      return code >= 500 || code == 408 || code == 429 ? .failed(words: words) : .refused(words: words)
    case (.curl, 1), (.curl, 2), (.curl, 3), (.wget, 2): return .refused(words: words)
    default: return words.contains("Refusing to truncate") ? .cannotResume : .failed(words: words)
    }
  }

  static func size(of file: String) -> Int { (try? FileStatus.of(file))??.size ?? 0 }

  private static func lastLine(of said: Data) -> String {
    let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last.map { String($0).replacing("curl: ", with: "") } ?? ""
  }
}
