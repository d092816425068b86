// TextStream.swift
// Where a command prints: a file descriptor that may be a terminal, a file, or a pipe whose reader has gone.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Text to a descriptor or, in tests, to memory. Used by one thread at a time.
///
/// A refused write never interrupts the work that is reported: the stream falls silent, and `failure` tells why unless
/// the reader simply went away, as with `| head`.
package final class TextStream {
  /// True where lines can be redrawn in place.
  package let isTerminal: Bool
  /// Whether a person looks at it on a terminal of any kind.
  package let isAttended: Bool
  package let style: TextStyle
  /// The error number that ended the stream; nil for a reader that went away.
  package private(set) var failure: Int32?
  /// What was printed, where there is no descriptor.
  package private(set) var captured = ""
  private let descriptor: Int32?
  /// The columns of a stream without descriptor.
  private var fixedColumns: Int?
  /// The maximum length of a line in bytes.
  private let lineLimit: Int?
  /// False once a write was refused.
  package private(set) var isOpen = true

  /// - Parameters:
  ///   - descriptor: 1 or 2.
  ///   - lineLimit: longer lines lose bytes from their middle; no limit, if nil.
  ///   - environment: of the process; `TERM=dumb` and `NO_COLOR` are honored.
  package init(descriptor: Int32, lineLimit: Int? = nil, environment: (String) -> String?) {
    self.descriptor = descriptor
    self.lineLimit = lineLimit
    isAttended = isatty(descriptor) == 1
    isTerminal = isAttended && environment("TERM") != "dumb"
    style = isTerminal && (environment("NO_COLOR") ?? "").isEmpty ? .ansi : .plain
  }

  /// A stream that keeps what it is given.
  /// - Parameter columns: the width of the terminal, which a test changes by `resize`.
  package init(isTerminal: Bool = false, columns: Int? = nil) {
    descriptor = nil
    lineLimit = nil
    fixedColumns = columns
    self.isTerminal = isTerminal
    isAttended = isTerminal
    style = .plain
  }

  /// The terminal's columns now; 80 where nothing is known.
  package var columns: Int { size.columns }

  /// The terminal's columns now; nil where nothing is known.
  package var knownColumns: Int? {
    var size = winsize()
    guard let descriptor else { return fixedColumns }
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Changes the width of a stream without descriptor.
  package func resize(columns: Int) { fixedColumns = columns }

  /// The terminal's columns and rows now; 80 and 24 where nothing is known.
  package var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard let descriptor, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return (fixedColumns ?? 80, 24) }
    return (size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Whether anything that is written now can still be read: false too once a pipe's reader has gone, without a write.
  package var hasReader: Bool {
    guard isOpen, let descriptor else { return isOpen }
    var request = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&request, 1, 0) <= 0 || request.revents & Int16(POLLERR | POLLHUP) == 0
  }

  package func line(_ text: String = "") {
    write((lineLimit.map { DisplayName.bounded(text, limit: $0) } ?? text) + "\n")
  }

  /// Writes all of it in as few calls as the system allows.
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
    // The name `write` alone would be the method's.
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
