// LoopbackServer.swift
// A web server of this machine for tests of downloads, which can cut transfers, be slow, or refuse.

import Foundation

/// Serves the files of a directory on 127.0.0.1, as `http://127.0.0.1:PORT/BEHAVIOR/NAME`. The behaviors are in `loopback-server`.
package final class LoopbackServer: Sendable {
  /// Whether this machine can run it.
  package static let isAvailable =
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }

  private let process: Process
  private let input: Pipe
  private let log: String
  private let port: String

  /// - Parameter directory: holds the files, and gets the log `requests`.
  package init(serving directory: String, here: String = #filePath) throws {
    let tests = URL(fileURLWithPath: here).deletingLastPathComponent().deletingLastPathComponent()
    let script = tests.appendingPathComponent("Fixtures/loopback-server").path
    let (process, input, output) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, directory]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let part = try output.fileHandleForReading.read(upToCount: 1), !part.isEmpty, part != Data("\n".utf8) {
      line += part
    }
    port = String(decoding: line, as: UTF8.self)
    if port.isEmpty { throw CocoaError(.executableNotLoadable) }
    (self.process, self.input, log) = (process, input, "\(directory)/requests")
  }

  deinit {
    // It ends with its input.
    try? input.fileHandleForWriting.close()
    process.terminate()
  }

  /// The address of the directory whose files are served in this way.
  package func address(_ behavior: String) -> String { "http://127.0.0.1:\(port)/\(behavior)/" }

  /// A line for each request: the path, and the byte from which on it was asked for.
  package var requests: [String] {
    String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }
}
