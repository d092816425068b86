// TextStream.swift
// The output streams of a command: a terminal, a file, or a pipe.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes text to a descriptor or, in tests, to memory. Not thread-safe.
///
/// A failed write never interrupts a command's work: the stream ignores further text, and `failure` holds the error, unless
/// the reader closed the pipe, as with `| head`.
package final class TextStream {
  /// Whether lines can be redrawn in place.
  package let isTerminal: Bool
  /// Whether the output is a terminal of any kind.
  package let isAttended: Bool
  package let style: TextStyle
  /// The error number of the failed write; nil if the reader closed the pipe.
  package private(set) var failure: Int32?
  /// The printed text of a stream without descriptor.
  package private(set) var captured = ""
  private let descriptor: Int32?
  /// The width of a stream without descriptor.
  private var fixedColumns: Int?
  /// The maximum length of a line in bytes.
  private let lineLimit: Int?
  /// False after a write has failed.
  package private(set) var isOpen = true

  /// - Parameters:
  ///   - descriptor: 1 or 2.
  ///   - lineLimit: longer lines lose bytes from their middle; nil for no limit.
  ///   - environment: looks up a variable of the process; `TERM=dumb` and `NO_COLOR` are respected.
  package init(descriptor: Int32, lineLimit: Int? = nil, environment: (String) -> String?) {
    self.descriptor = descriptor
    self.lineLimit = lineLimit
    isAttended = isatty(descriptor) == 1
    isTerminal = isAttended && environment("TERM") != "dumb"
    style = isTerminal && (environment("NO_COLOR") ?? "").isEmpty ? .ansi : .plain
  }

  /// Makes a stream that collects its text in memory.
  /// - Parameter columns: the width of the terminal, which a test changes with `resize`.
  package init(isTerminal: Bool = false, columns: Int? = nil) {
    descriptor = nil
    lineLimit = nil
    fixedColumns = columns
    self.isTerminal = isTerminal
    isAttended = isTerminal
    style = .plain
  }

  /// The terminal's current columns; 80 if unknown.
  package var columns: Int { size.columns }

  /// The terminal's current columns; nil if unknown.
  package var knownColumns: Int? {
    var size = winsize()
    guard let descriptor else { return fixedColumns }
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Changes the width of a stream without descriptor.
  package func resize(columns: Int) { fixedColumns = columns }

  /// The terminal's current columns and rows; 80 and 24 if unknown.
  package var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard let descriptor, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return (fixedColumns ?? 80, 24) }
    return (size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Whether a reader exists; also notices a closed pipe without writing to it.
  package var hasReader: Bool {
    guard isOpen, let descriptor else { return isOpen }
    var request = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&request, 1, 0) <= 0 || request.revents & Int16(POLLERR | POLLHUP) == 0
  }

  package func line(_ text: String = "") {
    write((lineLimit.map { DisplayName.bounded(text, limit: $0) } ?? text) + "\n")
  }

  /// Writes the whole text in as few calls as the system allows.
  package func write(_ text: String) {
    guard let descriptor else { return captured += text }
    guard isOpen else { return }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.send($0, to: descriptor) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
      } else if errno != EINTR {
        isOpen = false
        failure = errno == EPIPE || errno == EIO ? nil : errno
        return
      }
    }
  }

  private static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
    // The bare name `write` would be the method.
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}

/// The input and output of a command: its streams and its command line.
package struct Console {
  /// Results and progress.
  package let output: TextStream
  /// Errors, one line each.
  package let errors: TextStream
  /// The words of the command line, starting with the program's name.
  package let commandLine: [String]

  package init(output: TextStream, errors: TextStream, commandLine: [String]) {
    self.output = output
    self.errors = errors
    self.commandLine = commandLine
  }

  /// Returns the stream for text for people, which `--quiet` and `--json` do without.
  package func words(quiet: Bool, json: Bool) -> TextStream { quiet || json ? TextStream() : output }

  /// Returns a console for the process's standard streams.
  package static func standard(commandLine: [String]) -> Console {
    Console(
      output: TextStream(descriptor: 1, environment: variable),
      errors: TextStream(descriptor: 2, lineLimit: DisplayName.lineLimit, environment: variable),
      commandLine: commandLine)
  }

  /// Returns the time of a monotonic clock in seconds.
  package static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Emphasizes words with terminal escapes, or leaves them unchanged.
package enum TextStyle: Sendable {
  case plain
  case ansi

  package func strong(_ text: String) -> String { marked(text, "1") }
  package func faint(_ text: String) -> String { marked(text, "2") }
  /// The filled part of a progress bar.
  package func done(_ text: String) -> String { marked(text, "36") }

  private func marked(_ text: String, _ code: String) -> String {
    self == .plain || text.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
