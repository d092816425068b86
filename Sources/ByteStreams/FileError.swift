// FileError.swift
// Errors of files and directories, each with a message of one line and advice.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A failure of the file system, with the path it concerns.
public enum FileError: Error, Equatable, Sendable {
  /// The operation that failed.
  public enum Operation: String, Sendable {
    /// Opening or creating a file.
    case open = "open"
    /// Reading bytes.
    case read = "read"
    /// Writing bytes.
    case write = "write"
    /// Waiting until bytes are on the device.
    case sync = "sync"
    /// Closing a file, when the last bytes may be refused.
    case close = "close"
    /// Renaming a finished file to its place.
    case replace = "replace"
    /// Removing a file or an empty directory.
    case remove = "remove"
    /// Making a directory.
    case createDirectory = "create directory"
    /// Listing a directory.
    case list = "list"
    /// Reading the status of a file.
    case inspect = "inspect"
    /// Locking a directory.
    case lock = "lock"
  }

  /// The system refused; `code` is its errno.
  case system(operation: Operation, path: String, code: Int32)
  /// The file holds more than `limit` bytes.
  case tooLarge(path: String, limit: Int)
  /// Something is there already, and must not be changed.
  case alreadyExists(path: String)
  /// A directory is needed, and something else is there.
  case notADirectory(path: String)
  /// A file of the kind `want` is needed, and something else is there, `got`. `operation` is `.read` or `.write`.
  case notAFile(path: String, got: String, want: String, operation: Operation)
  /// No process has opened the other end of a named pipe for `seconds`.
  case unattendedPipe(path: String, operation: Operation, seconds: Int)
  /// The bytes of a name in the directory `path` are not UTF-8.
  case notUTF8(path: String, name: [UInt8])
  /// Another holder uses the directory; `holder` is its process number, if known.
  case inUse(path: String, holder: Int32?)
  /// A process of another machine uses the directory; `seconds` since its last sign of life, nil if it surely runs.
  case inUseElsewhere(path: String, process: Int32, host: String, seconds: Double?)
  /// A symbolic link is where aelog would write.
  case link(path: String)
  /// A file to be changed has several names (`count` hard links).
  case severalNames(path: String, count: Int)
  /// A file that is being written is no longer at its path, so that further writes would be lost.
  case gone(path: String)

  /// Returns whether an error says that a directory is in use.
  package static func saysInUse(_ error: any Error) -> Bool {
    switch error as? FileError {
    case .inUse, .inUseElsewhere: true
    default: false
    }
  }

  /// The path concerned, as given, not escaped.
  public var path: String {
    switch self {
    case .system(_, let path, _), .tooLarge(let path, _), .alreadyExists(let path), .notADirectory(let path),
      .notAFile(let path, _, _, _), .unattendedPipe(let path, _, _), .notUTF8(let path, _),
      .inUse(let path, _), .inUseElsewhere(let path, _, _, _), .gone(let path), .link(let path),
      .severalNames(let path, _):
      path
    }
  }
}

extension FileError: CustomStringConvertible {
  /// One line: what failed, where, why, and what to do about it.
  public var description: String {
    let name = DisplayName.quoted(path)
    switch self {
    case .system(let operation, _, let code):
      let advice = FileError.advice(onError: code).map { "; \($0)" } ?? ""
      return "cannot \(operation.rawValue) \(name): \(SystemCalls.text(ofError: code))\(advice)"
    case .tooLarge(_, let limit):
      return "\(name) is too large: more than \(limit) bytes are not accepted here"
    case .alreadyExists:
      return "\(name) exists already; choose another name or remove it first"
    case .notADirectory:
      return "\(name) is not a directory; choose another path or remove the file"
    case .notAFile(_, let got, let want, _):
      return "\(name) is \(got), want \(want); put one in its place, or give another path"
    case .unattendedPipe(_, let operation, let seconds):
      let verb = operation == .read ? "writes to" : "reads"
      return
        "nobody \(verb) the named pipe \(name), for which \(seconds) s were waited; start that program first, or give a file"
    case .notUTF8(_, let other):
      return "\(name) holds the name \(DisplayName.quoted(bytes: other)), which is not UTF-8; rename it"
    case .inUse(_, let holder):
      let process = holder.map { "process \($0)" } ?? "another process"
      return "\(name) is in use by \(process); wait until it ends or choose another directory"
    case .inUseElsewhere(_, let process, let host, let seconds):
      let place = "process \(process) on \(DisplayName.quoted(host))"
      guard let seconds else {
        return "\(name) is in use by \(place); wait until it ends or choose another directory"
      }
      let limit = Int(DirectoryLock.staleSeconds)
      return
        "\(name) is in use by \(place), which was heard of \(Int(max(0, seconds))) s ago; wait until it ends, or, if it is "
        + "dead, until it has been silent for \(limit) s"
    case .link:
      return "\(name) is a symbolic link, and aelog does not write through links inside a run; remove the link, or put "
        + "what it leads to in its place"
    case .severalNames(_, let count):
      return "\(name) has \(count) names (hard links), and writing would change the file under all of them; copy it, "
        + "and rename the copy to this name"
    case .gone:
      return "\(name) was removed or replaced while it was being written; put it back or begin anew"
    }
  }
}

extension FileError {
  /// The error number of "No such file or directory".
  package static var noSuchFile: Int32 { ENOENT }

  /// Returns the error that there is no memory to read the file at `path`.
  package static func noMemory(path: String) -> FileError { .system(operation: .read, path: path, code: ENOMEM) }

  /// Whether the system said that the file or directory exists already.
  var saysAlreadyThere: Bool { hasCode(EEXIST) }

  /// Whether the system said that the file, or a directory in its path, does not exist.
  package var saysNotThere: Bool { hasCode(ENOENT) }

  /// Whether the system said that the path is too long.
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
