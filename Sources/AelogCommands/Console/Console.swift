// Console.swift
// What a command is given besides its options: where to print, and the words it was called with.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The surroundings of one command.
package struct Console {
  /// Results and progress.
  package let output: TextStream
  /// Errors, one line each.
  package let errors: TextStream
  /// The words of the command line, the program's name first.
  package let commandLine: [String]

  package init(output: TextStream, errors: TextStream, commandLine: [String]) {
    self.output = output
    self.errors = errors
    self.commandLine = commandLine
  }

  /// The process's own standard streams.
  package static func standard(commandLine: [String]) -> Console {
    Console(
      output: TextStream(descriptor: 1, environment: variable),
      errors: TextStream(descriptor: 2, lineLimit: DisplayName.lineLimit, environment: variable),
      commandLine: commandLine)
  }

  /// Seconds of a clock that never goes back.
  package static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
