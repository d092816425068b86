// SystemCalls.swift
// The system calls this module makes: each retried when a signal interrupts it, each failure a FileError.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The names of the system's calls and constants, in one place. `path` is what messages name.
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

    /// Whether a file that is there already is changed.
    var changesFile: Bool {
      switch self {
      case .creating, .appending, .locking: true
      case .reading, .creatingNew, .readingDirectory: false
      }
    }
  }

  /// Opens `name`; new files get mode 0664 less the umask: nobody else's to write, whatever that is. The descriptor closes when
  /// another program is executed.
  ///
  /// A file that is changed must have no other name: a link would lead the change to a file that nobody has asked for.
  /// - Parameters:
  ///   - files: what may stand there; see `AcceptedFiles`.
  ///   - followsLinks: true for a file that the user has named.
  /// - Throws: `FileError.notAFile`, `.unattendedPipe`, `.link`, `.severalNames`, `.system`.
  static func openFile(
    _ name: String, for access: Access, accepting files: AcceptedFiles = .regular, followsLinks: Bool = false,
    path: String
  ) throws(FileError) -> Int32 {
    guard !name.utf8.contains(0) else { throw failure(.open, path, EINVAL) }
    let isGuarded = access.changesFile && !followsLinks
    let flags = flags(for: access) | O_CLOEXEC | (isGuarded ? O_NOFOLLOW : 0)
    var start: ContinuousClock.Instant?
    while true {
      let descriptor = open(name, flags, 0o664)
      if descriptor >= 0 {
        do throws(FileError) {
          try settle(descriptor, for: access, files, path: path)
          if access.changesFile { try prepare(descriptor, for: access, isGuarded: isGuarded, path: path) }
        } catch {
          close(descriptor)
          throw error
        }
        return descriptor
      }
      let code = errno
      if code == ELOOP, isGuarded, try statusOfItself(name)?.kind == .link { throw .link(path: path) }
      try checkRetry(after: code, name, for: access, files, since: &start, path: path)
    }
  }

  /// Refuses a file of several names, and empties one that is to be written anew.
  private static func prepare(
    _ descriptor: Int32, for access: Access, isGuarded: Bool, path: String
  ) throws(FileError) {
    var buffer = stat()
    if fstat(descriptor, &buffer) != 0 { throw failure(.inspect, path, errno) }
    guard buffer.st_mode & S_IFMT == S_IFREG else { return }
    if isGuarded, buffer.st_nlink > 1 { throw .severalNames(path: path, count: Int(buffer.st_nlink)) }
    if access == .creating, buffer.st_size > 0 { try truncate(descriptor, path: path) }
  }

  /// At most `buffer.count` bytes; 0 where there are no more now.
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

  /// At most `buffer.count` bytes from byte `offset` on; 0 at the end.
  static func readSome(
    _ descriptor: Int32, at offset: Int, _ buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(FileError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw failure(.read, path, errno) }
    }
  }

  /// Every byte, however many calls it takes.
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

  /// Runs `body` without the signal that a write to a pipe without a reader raises; only its error is left.
  static func withoutPipeSignal(_ body: () throws(FileError) -> Void) throws(FileError) {
    var (pipe, former, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &former)
    sigpending(&pending)
    // One that waits already is somebody else's.
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

  /// Waits until the bytes are on the device. Pipes and terminals have nothing to wait for; a file system that can't wait is
  /// noted.
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
    // After EINTR the descriptor is closed on Linux: a second call could close somebody else's.
    if close(descriptor) != 0, errno != EINTR { throw failure(.close, path, errno) }
  }

  static func renameFile(_ old: String, to new: String) throws(FileError) {
    if rename(old, new) != 0 { throw failure(.replace, new, errno) }
  }

  /// Gives a file a second name.
  /// - Returns: false on a file system without such names.
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

  /// Returns the status of `name`, following links; nil if there is no file.
  static func status(of name: String) throws(FileError) -> FileStatus? {
    var buffer = stat()
    if stat(name, &buffer) == 0 { return FileStatus(buffer) }
    let code = errno
    if code == ENOENT || code == ENOTDIR { return nil }
    throw failure(.inspect, name, code)
  }

  /// Returns the status of `name` itself, not following a link at its end; nil if there is no file.
  static func statusOfItself(_ name: String) throws(FileError) -> FileStatus? {
    var buffer = stat()
    if lstat(name, &buffer) == 0 { return FileStatus(buffer) }
    let code = errno
    if code == ENOENT || code == ENOTDIR { return nil }
    throw failure(.inspect, name, code)
  }

  static func status(of descriptor: Int32, path: String) throws(FileError) -> FileStatus {
    var buffer = stat()
    if fstat(descriptor, &buffer) == 0 { return FileStatus(buffer) }
    throw failure(.inspect, path, errno)
  }

  /// The names in a directory, without "." and "..", in the order of the system.
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
    /// Another holder has it.
    case held
    /// The file system has no locks; the system's error number.
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

  /// Whether an error says that the system or the file system has no such service.
  private static func isUnsupported(_ code: Int32) -> Bool {
    code == EINVAL || code == ENOSYS || code == ENOTSUP || code == EOPNOTSUPP
  }

  /// Truncates an open file to its first `size` bytes; the next write appends there.
  static func truncate(_ descriptor: Int32, to size: Int = 0, path: String) throws(FileError) {
    if ftruncate(descriptor, off_t(size)) != 0 { throw failure(.write, path, errno) }
    if lseek(descriptor, off_t(size), SEEK_SET) < 0 { throw failure(.write, path, errno) }
  }

  /// `name` from the root on, all links followed; nil where it leads nowhere, or where that path is not UTF-8.
  static func resolved(_ name: String) -> String? {
    guard !name.utf8.contains(0), let path = realpath(name, nil) else { return nil }
    defer { free(path) }
    return String(validatingCString: path)
  }

  /// Puts the place of the next read at byte `offset`.
  static func seek(_ descriptor: Int32, to offset: Int, path: String) throws(FileError) {
    if lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw failure(.read, path, errno) }
  }

  /// Skips `count` bytes before the next read.
  static func skip(_ descriptor: Int32, _ count: Int, path: String) throws(FileError) {
    if lseek(descriptor, off_t(count), SEEK_CUR) < 0 { throw failure(.read, path, errno) }
  }

  /// How many bytes from the place of the next read on are a hole: up to the next stored byte, or to the end.
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
    // A file system that does not know.
    if here < 0 || end < 0 { return 0 }
    if lseek(descriptor, here, SEEK_SET) < 0 { throw failure(.read, path, errno) }
    return max(0, Int(end - here))
  }

  /// Sets an open file's time to now, by the clock of its file system.
  static func touch(_ descriptor: Int32, path: String) throws(FileError) {
    if futimens(descriptor, nil) != 0 { throw failure(.write, path, errno) }
  }

  /// Whether the system would give so much memory at once.
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

  /// Whether this machine has a process of that number.
  static func hasProcess(_ number: Int32) -> Bool { number > 0 && (kill(number, 0) == 0 || errno != ESRCH) }

  /// The machine's name as the system has it; empty if it has none.
  static var hostName: [UInt8] {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
    return buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }

  /// The system's words for an error number, for example "No space left on device".
  static func text(ofError code: Int32) -> String { String(cString: strerror(code)) }

  static func failure(_ operation: FileError.Operation, _ path: String, _ code: Int32) -> FileError {
    .system(operation: operation, path: path, code: code)
  }
}

extension FileStatus {
  fileprivate init(_ buffer: stat) {
    let kind: Kind =
      switch buffer.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      default: .other
      }
    let special: Special? =
      switch buffer.st_mode & S_IFMT {
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: nil
      }
    #if canImport(Darwin)
      let modified = buffer.st_mtimespec
    #else
      let modified = buffer.st_mtim
    #endif
    self.init(
      kind: kind, special: special, size: Int(buffer.st_size),
      identity: Identity(device: UInt64(truncatingIfNeeded: buffer.st_dev), node: UInt64(buffer.st_ino)),
      modified: Double(modified.tv_sec) + Double(modified.tv_nsec) * 1e-9)
  }
}

extension FileError {
  /// The system's number for "No such file or directory".
  package static var noSuchFile: Int32 { ENOENT }

  /// There is no memory to read the file at `path`.
  package static func noMemory(path: String) -> FileError { .system(operation: .read, path: path, code: ENOMEM) }

  /// True where the system said that the thing is there already.
  var saysAlreadyThere: Bool { hasCode(EEXIST) }

  /// True where the system said that the thing, or the directory it would be in, is not there.
  package var saysNotThere: Bool { hasCode(ENOENT) }

  /// True where the system said that the path is too long.
  package var saysTooLong: Bool { hasCode(ENAMETOOLONG) }

  private func hasCode(_ wanted: Int32) -> Bool {
    if case .system(_, _, let code) = self { code == wanted } else { false }
  }

  /// Returns advice on a system's error, if its own text does not say what to do.
  static func advice(onError code: Int32) -> String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space or choose another directory"
    case EACCES, EPERM: "check its permissions or choose another path"
    case EFBIG: "raise the limit on file sizes (ulimit -f) or choose another file system"
    case EROFS: "choose a directory on a file system that can be written"
    case ENOENT: "check the path"
    case ENOMEM: "give a smaller file or more memory (ulimit -v)"
    case EMFILE, ENFILE: "close other files or raise the limit (ulimit -n)"
    default: nil
    }
  }
}
