// ThreadOrders.swift
// Lines that change how many threads work, from whoever shares out a machine: the option --threads-from-stdin.

import ByteStreams
import Foundation
import Parallel

/// Orders of this kind come while the work is done.
enum ThreadOrders {
  /// Follows those on standard input from now on, on a thread of its own.
  static func follow(_ allowance: ThreadAllowance) {
    Thread.detachNewThread { read(from: .standardInput, for: allowance) }
  }

  /// Follows them to the end of the input; the last one stays in force.
  static func read(from input: FileHandle, for allowance: ThreadAllowance) {
    var line: [UInt8] = []
    while let byte = (try? input.read(upToCount: 1))?.first {
      if byte != UInt8(ascii: "\n") {
        if line.count < 100 { line.append(byte) }
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      line = []
      if let threads = Int(text), threads > 0 {
        allowance.change(to: threads)
      } else {
        // The console belongs to the thread that works.
        let note = "note: --threads-from-stdin: got \(DisplayName.quoted(text)), want a number above 0\n"
        try? FileHandle.standardError.write(contentsOf: Array(note.utf8))
      }
    }
  }
}
