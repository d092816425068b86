// FileSink.swift
// Bytes into a file, unbuffered: what has been written is what another process can read.

/// An open file that takes bytes. One owner, one order, one close; not for use from two threads at once. A file that is there
/// already is changed under its only name: symbolic links and files of several names are refused.
public final class FileSink: ByteSink {
  /// Policy for a file that exists already.
  public enum Mode: Sendable {
    /// Make the file, or empty the one that is there.
    case create
    /// Make the file; fail if it is there.
    case exclusive
    /// Make the file, or append to it.
    case append
  }

  /// The path that messages name.
  public let path: String
  private var descriptor: Int32?
  /// False for a pipe, among others, which may have nobody at its other end.
  private let isRegular: Bool
  private var isNameSynced = false
  /// True once the device has everything written.
  private var isSynced = false

  /// Opens `path`: a regular file, a pipe or a character device. A new file gets mode 0666 less the umask.
  /// - Throws: `FileError`; `.alreadyExists` for an exclusive file that is there, `.link`, `.severalNames`, `.notAFile` for other
  ///   kinds.
  public convenience init(_ path: String, _ mode: Mode = .create) throws {
    try self.init(named: path, mode, accepting: .outputs, path: path)
  }

  /// Opens the regular file at `path`, or makes it.
  /// - Throws: as the other.
  package convenience init(regular path: String, _ mode: Mode = .create) throws {
    try self.init(named: path, mode, path: path)
  }

  /// Opens the file `name`, and names it `path` in messages.
  /// - Parameters:
  ///   - files: what may stand there.
  ///   - followsLinks: true for a file that the user has named.
  init(
    named name: String, _ mode: Mode, accepting files: AcceptedFiles = .regular, followsLinks: Bool = false,
    path: String
  ) throws {
    let access: SystemCalls.Access =
      switch mode {
      case .create: .creating
      case .exclusive: .creatingNew
      case .append: .appending
      }
    let opened: Int32
    do throws(FileError) {
      opened = try SystemCalls.openFile(
        name, for: access, accepting: files, followsLinks: followsLinks, path: path)
    } catch {
      throw error.saysAlreadyThere && mode == .exclusive ? FileError.alreadyExists(path: path) : error
    }
    descriptor = opened
    isRegular = (try? SystemCalls.status(of: opened, path: path).kind) == .regular
    self.path = path
  }

  deinit { try? close() }

  /// Writes all of `bytes`, whatever number of calls and interruptions it takes.
  /// - Throws: `FileError`, after which some of the bytes may be in the file. A pipe that nobody reads is an error like
  ///   others, and no end of the process.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    isSynced = false
    if isRegular { return try SystemCalls.writeAll(opened(), bytes, path: path) }
    try SystemCalls.withoutPipeSignal { () throws(FileError) in
      try SystemCalls.writeAll(opened(), bytes, path: path)
    }
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Cuts the file to its first `size` bytes; the next write goes there.
  package func truncate(to size: Int) throws {
    isSynced = false
    try SystemCalls.truncate(opened(), to: size, path: path)
  }

  /// Makes sure that the file is where it was opened.
  /// - Throws: `FileError`; `.gone` where it was removed or replaced.
  package func checkPlace() throws {
    let identity = try SystemCalls.status(of: opened(), path: path).identity
    if try FileStatus.of(path)?.identity != identity { throw FileError.gone(path: path) }
  }

  /// Makes sure that the file is where it was opened, and the first time that the device has its name.
  /// - Throws: as `checkPlace`.
  package func syncName() throws {
    try checkPlace()
    if !isNameSynced { try Directory.sync(Directory.parent(of: path)) }
    isNameSynced = true
  }

  /// Waits until everything written is on the device.
  public func sync() throws(FileError) {
    if isSynced { return }
    try SystemCalls.sync(opened(), path: path)
    isSynced = true
  }

  /// Closes the file and reports what the system refused late. A second close does nothing.
  public func close() throws(FileError) {
    guard let open = descriptor else { return }
    descriptor = nil
    try SystemCalls.closeFile(open, path: path)
  }

  /// Gives the open file to the caller, who closes it.
  package func takeDescriptor() -> Int32 {
    defer { descriptor = nil }
    return opened()
  }

  private func opened() -> Int32 {
    guard let descriptor else { preconditionFailure("a file is used after its close") }
    return descriptor
  }
}
