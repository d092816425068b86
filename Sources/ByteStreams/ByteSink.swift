// ByteSink.swift
// Takes bytes in order, into a file or memory.

/// Takes bytes in order. A write takes all its bytes or throws.
public protocol ByteSink {
  /// Takes all of `bytes`.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
  /// Takes all of `bytes`.
  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }
}

/// Collects bytes in memory.
public struct MemorySink: ByteSink, Sendable {
  /// All bytes written so far.
  public var bytes: [UInt8] = []

  /// Makes an empty sink.
  public init() {}

  /// Appends `bytes`; never throws.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  /// Appends `bytes`; never throws.
  public mutating func write(_ bytes: [UInt8]) { self.bytes += bytes }
}

/// Writes to an open file, unbuffered: another process can read what has been written. It has one owner and one close, and is not
/// for use from two threads at once. Symbolic links and files of several names are refused.
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

  /// The path, for messages.
  public let path: String
  private var descriptor: Int32?
  /// Whether the file is regular; a pipe may have no process at its other end.
  private let isRegular: Bool
  private var isNameSynced = false
  /// Whether everything written is on the device.
  private var isSynced = false

  /// Opens `path`: a regular file, a pipe or a character device. A new file gets mode 0666 less the umask.
  /// - Throws: `FileError`; `.alreadyExists` for an exclusive file that is there, `.link`, `.severalNames`, `.notAFile` for other
  ///   kinds.
  public convenience init(_ path: String, _ mode: Mode = .create) throws {
    try self.init(named: path, mode, accepting: .outputs, path: path)
  }

  /// Opens the regular file at `path`, or makes it.
  /// - Throws: as `init(_:_:)`.
  package convenience init(regular path: String, _ mode: Mode = .create) throws {
    try self.init(named: path, mode, path: path)
  }

  /// Opens the file `name`, and names it `path` in messages.
  /// - Parameters:
  ///   - files: the kinds of files accepted.
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

  /// Writes all of `bytes`, in as many system calls as that takes.
  /// - Throws: `FileError`, after which some of the bytes may be in the file. A pipe that no process reads is an error like
  ///   others: no signal ends this process.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    isSynced = false
    if isRegular { return try SystemCalls.writeAll(opened(), bytes, path: path) }
    try SystemCalls.withoutPipeSignal { () throws(FileError) in
      try SystemCalls.writeAll(opened(), bytes, path: path)
    }
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Truncates the file to its first `size` bytes; the next write appends there.
  package func truncate(to size: Int) throws {
    isSynced = false
    try SystemCalls.truncate(opened(), to: size, path: path)
  }

  /// Checks that the file is still at its path.
  /// - Throws: `FileError`; `.gone` if it was removed or replaced.
  package func checkPlace() throws {
    let identity = try SystemCalls.status(of: opened(), path: path).identity
    if try FileStatus.of(path)?.identity != identity { throw FileError.gone(path: path) }
  }

  /// Checks that the file is still at its path, and the first time waits until its name is on the device.
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

  /// Closes the file; an error of an earlier write may be reported only now. A second close does nothing.
  public func close() throws(FileError) {
    guard let open = descriptor else { return }
    descriptor = nil
    try SystemCalls.closeFile(open, path: path)
  }

  /// Returns the open file to the caller, who must close it.
  package func takeDescriptor() -> Int32 {
    defer { descriptor = nil }
    return opened()
  }

  private func opened() -> Int32 {
    guard let descriptor else { preconditionFailure("a file is used after its close") }
    return descriptor
  }
}
