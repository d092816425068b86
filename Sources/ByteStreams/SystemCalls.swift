// SystemCalls.swift
// Calls the system: repeats a call that a signal interrupts, and turns each failure into a FileError.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's calls, with `path` for messages. Other files add those of their subject in extensions.
enum SystemCalls {
  enum Access {
    case reading, creating, creatingNew, appending, locking, readingDirectory

    var flags: Int32 {
      switch self {
      case .reading: O_RDONLY
      case .creating: O_WRONLY | O_CREAT
      case .creatingNew: O_WRONLY | O_CREAT | O_EXCL
      case .appending: O_WRONLY | O_CREAT | O_APPEND
      case .locking: O_RDWR | O_CREAT
      case .readingDirectory: O_RDONLY | O_DIRECTORY
      }
    }

    /// Whether an existing file is changed.
    var changesFile: Bool {
      switch self {
      case .creating, .appending, .locking: true
      case .reading, .creatingNew, .readingDirectory: false
      }
    }
  }

  /// Opens `name`. New files get mode 0664 less the umask, so that others can never write them. The descriptor closes when
  /// another program is executed.
  ///
  /// A file that is changed must have no other name: a link would lead the change to a file that the user has not named.
  /// - Parameters:
  ///   - files: the kinds of files accepted.
  ///   - followsLinks: true for a file that the user has named.
  /// - Throws: `FileError.notAFile`, `.unattendedPipe`, `.link`, `.severalNames`, `.system`.
  static func openFile(
    _ name: String, for access: Access, accepting files: AcceptedFiles = .regular, followsLinks: Bool = false,
    path: String
  ) throws(FileError) -> Int32 {
    guard !name.utf8.contains(0) else { throw failure(.open, path, EINVAL) }
    let refusesLinks = access.changesFile && !followsLinks
    let flags = flags(for: access) | O_CLOEXEC | (refusesLinks ? O_NOFOLLOW : 0)
    var start: ContinuousClock.Instant?
    while true {
      let descriptor = open(name, flags, 0o664)
      if descriptor >= 0 {
        do throws(FileError) {
          try checkKind(descriptor, for: access, files, path: path)
          if access.changesFile { try prepare(descriptor, for: access, refusesLinks: refusesLinks, path: path) }
        } catch {
          close(descriptor)
          throw error
        }
        return descriptor
      }
      let code = errno
      if code == ELOOP, refusesLinks, try status(of: name, followsLinks: false)?.kind == .link {
        throw .link(path: path)
      }
      try checkRetry(after: code, name, for: access, files, since: &start, path: path)
    }
  }

  /// Refuses a file of several names, and empties a file that is written from its beginning.
  private static func prepare(
    _ descriptor: Int32, for access: Access, refusesLinks: Bool, path: String
  ) throws(FileError) {
    var buffer = stat()
    if fstat(descriptor, &buffer) != 0 { throw failure(.inspect, path, errno) }
    guard buffer.st_mode & S_IFMT == S_IFREG else { return }
    if refusesLinks, buffer.st_nlink > 1 { throw .severalNames(path: path, count: Int(buffer.st_nlink)) }
    if access == .creating, buffer.st_size > 0 { try truncate(descriptor, path: path) }
  }

  /// Reads at most `buffer.count` bytes, and returns their number: 0 if there are no more now.
  static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, path: String) throws(FileError)
    -> Int
  {
    guard buffer.count > 0 else { return 0 }
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw failure(.read, path, errno) }
    }
  }

  /// Reads at most `buffer.count` bytes from byte `offset` on, and returns their number: 0 at the end.
  static func readSome(
    _ descriptor: Int32, at offset: Int, _ buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(FileError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw failure(.read, path, errno) }
    }
  }

  /// Writes every byte, in as many calls as that takes.
  static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(descriptor, part.baseAddress, part.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 || errno != EINTR {
        throw failure(.write, path, count == 0 ? ENOSPC : errno)
      }
    }
  }

  /// Runs `body` with the signal SIGPIPE blocked, so that a write to a pipe without a reader only fails.
  static func withoutPipeSignal(_ body: () throws(FileError) -> Void) throws(FileError) {
    var (pipe, former, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &former)
    sigpending(&pending)
    // A signal that is pending already comes from elsewhere.
    let isOurs = sigismember(&pending, SIGPIPE) == 0
    defer {
      sigpending(&pending)
      if isOurs, sigismember(&pending, SIGPIPE) == 1 {
        var number: Int32 = 0
        sigwait(&pipe, &number)
      }
      pthread_sigmask(SIG_SETMASK, &former, nil)
    }
    try body()
  }

  /// Waits until the bytes are on the device. Pipes and terminals have none; a file system that cannot wait is noted.
  static func sync(_ descriptor: Int32, path: String) throws(FileError) {
    while fsync(descriptor) != 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EROFS { return }
      guard isUnsupported(code) else { throw failure(.sync, path, code) }
      // A pipe has no device.
      if let kind = try? status(of: descriptor, path: path).kind, kind == .regular || kind == .directory {
        FileSystemNotices.shared.note(.sync, path: path, code: code)
      }
      return
    }
  }

  static func closeFile(_ descriptor: Int32, path: String) throws(FileError) {
    // After EINTR the descriptor is closed on Linux: a second call could close another file.
    if close(descriptor) != 0, errno != EINTR { throw failure(.close, path, errno) }
  }

  static func renameFile(_ old: String, to new: String) throws(FileError) {
    if rename(old, new) != 0 { throw failure(.replace, new, errno) }
  }

  /// Gives a file a second name.
  /// - Returns: false on a file system without hard links.
  static func linkFile(_ old: String, to new: String) throws(FileError) -> Bool {
    if link(old, new) == 0 { return true }
    switch errno {
    case EPERM, EACCES, EMLINK, EXDEV: return false
    case let code:
      if isUnsupported(code) { return false }
      throw failure(.replace, new, code)
    }
  }

  static func removeFile(_ name: String) throws(FileError) {
    if unlink(name) != 0 { throw failure(.remove, name, errno) }
  }

  static func makeDirectory(_ name: String) throws(FileError) {
    if mkdir(name, 0o775) != 0 { throw failure(.createDirectory, name, errno) }
  }

  static func removeDirectory(_ name: String) throws(FileError) {
    if rmdir(name) != 0 { throw failure(.remove, name, errno) }
  }

  /// Lists the names in a directory, without "." and "..", in the order of the system.
  static func contents(of path: String) throws(FileError) -> Directory.Contents {
    guard let stream = opendir(path) else { throw failure(.list, path, errno) }
    defer { closedir(stream) }
    var contents = Directory.Contents()
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw failure(.list, path, errno) }
        return contents
      }
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { name in
          guard let text = String(validatingCString: name) else {
            return contents.otherNames.append(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
          }
          if text != "." && text != ".." { contents.names.append(text) }
        }
      }
    }
  }

  enum LockOutcome {
    case taken
    /// Another holder has the lock.
    case held
    /// The file system has no locks; holds the error number.
    case unsupported(Int32)
  }

  /// Takes the exclusive advisory lock of an open file, without waiting.
  static func tryLock(_ descriptor: Int32, path: String) throws(FileError) -> LockOutcome {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK { return .held }
      if code == EINTR { continue }
      if isUnsupported(code) || code == ENOLCK { return .unsupported(code) }
      throw failure(.lock, path, code)
    }
    return .taken
  }

  /// Returns whether an error says that the system or the file system has no such service.
  private static func isUnsupported(_ code: Int32) -> Bool {
    code == EINVAL || code == ENOSYS || code == ENOTSUP || code == EOPNOTSUPP
  }

  /// Truncates an open file to its first `size` bytes; the next write appends there.
  static func truncate(_ descriptor: Int32, to size: Int = 0, path: String) throws(FileError) {
    if ftruncate(descriptor, off_t(size)) != 0 { throw failure(.write, path, errno) }
    if lseek(descriptor, off_t(size), SEEK_SET) < 0 { throw failure(.write, path, errno) }
  }

  /// Returns the absolute path without links that `name` leads to; nil if it leads nowhere or is not UTF-8.
  static func resolved(_ name: String) -> String? {
    guard !name.utf8.contains(0), let path = realpath(name, nil) else { return nil }
    defer { free(path) }
    return String(validatingCString: path)
  }

  /// Lets the next read begin at byte `offset`.
  static func seek(_ descriptor: Int32, to offset: Int, path: String) throws(FileError) {
    if lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw failure(.read, path, errno) }
  }

  /// Skips `count` bytes before the next read.
  static func skip(_ descriptor: Int32, _ count: Int, path: String) throws(FileError) {
    if lseek(descriptor, off_t(count), SEEK_CUR) < 0 { throw failure(.read, path, errno) }
  }

  /// Returns the length of the hole at the place of the next read: up to the next stored byte, or to the end.
  static func hole(_ descriptor: Int32, path: String) throws(FileError) -> Int {
    #if os(Linux)
      let seekData: Int32 = 3
    #else
      let seekData: Int32 = 4
    #endif
    let here = lseek(descriptor, 0, SEEK_CUR)
    var end = lseek(descriptor, here, seekData)
    // No byte is stored from here on.
    if end < 0, errno == ENXIO { end = lseek(descriptor, 0, SEEK_END) }
    // The file system does not know.
    if here < 0 || end < 0 { return 0 }
    if lseek(descriptor, here, SEEK_SET) < 0 { throw failure(.read, path, errno) }
    return max(0, Int(end - here))
  }

  /// Sets an open file's time to now, by the clock of its file system.
  static func touch(_ descriptor: Int32, path: String) throws(FileError) {
    if futimens(descriptor, nil) != 0 { throw failure(.write, path, errno) }
  }

  /// Returns whether the system would give `bytes` of memory at once.
  static func canMap(_ bytes: Int) -> Bool {
    let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      return false
    }
    munmap(memory, bytes)
    return true
  }

  static func sleep(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

  static var processNumber: Int32 { getpid() }

  /// Returns whether this machine has a process of that number.
  static func hasProcess(_ number: Int32) -> Bool { number > 0 && (kill(number, 0) == 0 || errno != ESRCH) }

  /// The bytes of the machine's name; empty if it has none.
  static var hostName: [UInt8] {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
    return buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }

  /// Returns the system's text of an error number, for example "No space left on device".
  static func text(ofError code: Int32) -> String { String(cString: strerror(code)) }

  static func failure(_ operation: FileError.Operation, _ path: String, _ code: Int32) -> FileError {
    .system(operation: operation, path: path, code: code)
  }
}
