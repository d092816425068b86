// Shell.swift
// Commands that a message prints, run as a person would.

import Foundation
import Testing

/// A shell that finds the built aelog by its name.
enum Shell {
  /// Runs one line in `directory`.
  @discardableResult
  static func run(_ line: String, in directory: String) throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var variables = ProcessInfo.processInfo.environment
    let programs = URL(fileURLWithPath: BuiltProgram.path).deletingLastPathComponent().path
    variables["PATH"] = programs + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    let place = FileManager.default.temporaryDirectory.appendingPathComponent("aelog-shell-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: place) }
    let files = ["output", "errors"].map { place.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    // Waiting for the exit would take the threads of other tests.
    while process.isRunning { usleep(2_000) }
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Ending(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  /// Whether Python has these modules.
  static func hasPython(_ modules: String) -> Bool {
    (try? run("python3 -c 'import \(modules)'", in: "/"))?.status == 0
  }
}
