// AcceptedFiles.swift
// Tells which kinds of files the program opens; any other kind could block it forever.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The kinds of files that may be opened; all others are refused.
package enum AcceptedFiles: Sendable {
  /// Regular files alone: for every path that no user has typed, for example inside runs.
  case regular
  /// Pipes too, as a shell's `<(…)` makes them: for inputs that the user has named.
  case regularOrPipe
  /// Pipes and character devices too, as /dev/stdout: for outputs that the user has named.
  case outputs

  fileprivate func accepts(_ status: FileStatus) -> Bool {
    switch (self, status.special) {
    case (_, nil): status.kind == .regular
    case (.regularOrPipe, .pipe), (.outputs, .pipe), (.outputs, .characterDevice): true
    default: false
    }
  }

  /// The accepted kinds, for messages.
  fileprivate var want: String {
    switch self {
    case .regular: "a regular file"
    case .regularOrPipe: "a regular file or a pipe"
    case .outputs: "a regular file, a pipe, or a device such as /dev/stdout"
    }
  }
}

extension SystemCalls {
  /// Seconds to wait until another process opens the other end of a named pipe.
  static let pipeTimeout = 5
  /// The most seconds that the kernel gives the holder of a lease, as a file server, to let others open a file.
  private static let leaseTimeout = 60

  /// Returns flags with which `open` neither waits for the other end of a pipe or for a device nor takes a terminal.
  static func flags(for access: Access) -> Int32 {
    switch access {
    case .creatingNew, .readingDirectory: access.flags
    case .reading, .creating, .appending, .locking: access.flags | O_NONBLOCK | O_NOCTTY
    }
  }

  /// Refuses a file of a kind that is not accepted. Later reads and writes of accepted files block as they do by default.
  static func checkKind(
    _ descriptor: Int32, for access: Access, _ files: AcceptedFiles, path: String
  ) throws(FileError) {
    if access == .creatingNew || access == .readingDirectory { return }
    let status = try status(of: descriptor, path: path)
    guard files.accepts(status) else { throw refusal(of: status, for: access, files, path: path) }
    setWaiting(true, descriptor, appends: access == .appending)
  }

  /// Returns if a failed `open` is to be tried again, perhaps after a pause, and throws its error if not.
  /// - Parameter start: the time of the first failure that waiting may end.
  static func checkRetry(
    after code: Int32, _ name: String, for access: Access, _ files: AcceptedFiles,
    since start: inout ContinuousClock.Instant?, path: String
  ) throws(FileError) {
    let now = ContinuousClock.now
    let waited = now - (start ?? now)
    start = start ?? now
    switch code {
    case EINTR: return
    case ENXIO:
      // A socket, or a pipe that nobody reads.
      guard let status = try status(of: name), status.special != nil else { break }
      guard files.accepts(status) else { throw refusal(of: status, for: access, files, path: path) }
      guard status.special == .pipe else { break }
      if waited >= .seconds(pipeTimeout) { throw .unattendedPipe(path: path, operation: .write, seconds: pipeTimeout) }
      return sleep(milliseconds: 20)
    case EWOULDBLOCK where waited < .seconds(leaseTimeout):
      // The kernel has asked the holder of a lease to release the file.
      return sleep(milliseconds: 10)
    default: break
    }
    throw failure(.open, path, code)
  }

  /// Waits until a process has opened a pipe for writing: until then the pipe looks as if its input had ended.
  /// - Returns: the first byte of the pipe, if it came while waiting.
  static func awaitWriter(ofPipe descriptor: Int32, path: String) throws(FileError) -> UInt8? {
    setWaiting(false, descriptor)
    defer { setWaiting(true, descriptor) }
    let start = ContinuousClock.now
    while true {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // There are bytes, or there has been a writer.
      if poll(&request, 1, 20) > 0 { return nil }
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count == 1 { return byte }
      // There is a writer, which has not written yet.
      if count < 0, errno == EAGAIN { return nil }
      if (ContinuousClock.now - start) >= .seconds(pipeTimeout) {
        throw .unattendedPipe(path: path, operation: .read, seconds: pipeTimeout)
      }
    }
  }

  private static func setWaiting(_ waits: Bool, _ descriptor: Int32, appends: Bool = false) {
    _ = fcntl(descriptor, F_SETFL, (waits ? 0 : O_NONBLOCK) | (appends ? O_APPEND : 0))
  }

  private static func refusal(
    of status: FileStatus, for access: Access, _ files: AcceptedFiles, path: String
  ) -> FileError {
    .notAFile(path: path, got: status.name, want: files.want, operation: access == .reading ? .read : .write)
  }
}

extension FileError {
  /// Returns the error for a `path` that is not a regular file, or nil if it is one.
  package static func refusal(of status: FileStatus, at path: String) -> FileError? {
    let files = AcceptedFiles.regular
    return files.accepts(status) ? nil : .notAFile(path: path, got: status.name, want: files.want, operation: .read)
  }
}

extension FileStatus {
  /// The kind, for messages.
  fileprivate var name: String {
    switch (special, kind) {
    case (.pipe, _): "a named pipe"
    case (.socket, _): "a socket"
    case (.characterDevice, _), (.blockDevice, _): "a device"
    case (nil, .directory): "a directory"
    default: "no regular file"
    }
  }
}
