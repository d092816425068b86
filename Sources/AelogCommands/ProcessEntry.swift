// ProcessEntry.swift
// The process: from C's main to the commands; standard descriptors, stop signals, and warnings about the file system.

import ByteStreams
import EventFiles
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The entry point that C's `main` calls.
/// - Returns: the exit code.
@_cdecl("aelog_main")
package func aelogMain(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  StandardDescriptors.fillGaps()
  StopSignals.ignoreWriteSignals()
  ExitCleanup.install()
  FileSystemWarnings.attend()
  let words = (0..<Int(argc)).compactMap { argv[$0] }.map { word in
    Array(UnsafeRawBufferPointer(start: word, count: CommandWords.length(of: word)))
  }
  do throws(Failure) {
    return Aelog.run(on: .standard(commandLine: try CommandWords.texts(of: words)))
  } catch {
    return Aelog.report(error, on: .standard(commandLine: []))
  }
}

/// Decodes the words of a command line.
package enum CommandWords {
  /// Returns the words as strings. The first word, the program's name, is only shown: it becomes "aelog" if it is not UTF-8.
  /// - Throws: `Failure` for any other word that is not UTF-8, because a repaired word would name another file.
  package static func texts(of words: [[UInt8]]) throws(Failure) -> [String] {
    var texts: [String] = []
    for (place, word) in words.enumerated() {
      if let text = String(validating: word, as: UTF8.self) {
        texts.append(text)
      } else if place == 0 {
        texts.append("aelog")
      } else {
        throw Failure(
          message:
            "argument \(place) is not UTF-8: \(DisplayName.quoted(bytes: word)); rename the file, or give a symbolic link "
            + "whose name is UTF-8", status: .usage)
      }
    }
    return texts
  }

  /// Returns the number of bytes before the terminating zero.
  fileprivate static func length(of word: UnsafePointer<CChar>) -> Int {
    var length = 0
    while word[length] != 0 { length += 1 }
    return length
  }
}

/// Standard input, output and error: the first three file descriptors, which a parent process may have closed.
package enum StandardDescriptors {
  /// Opens /dev/null for the ones that are closed. Otherwise the first opened files would get their numbers, and output
  /// would be written into those files. Call this before any file is opened.
  package static func fillGaps() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The system assigns the lowest free number: this one.
      _ = open("/dev/null", O_RDWR)
    }
  }
}

/// Signals that ask the process to end: Ctrl-C, `kill`, and a closed terminal. The first is recorded, the second ends it.
package enum StopSignals {
  /// Installs handlers: from now on the first signal only sets `received`. A hang-up that is ignored (nohup) stays ignored;
  /// signals that the parent process had blocked are unblocked.
  package static func install() {
    _ = noted.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] { signal(number, note) }
    if let former = signal(SIGHUP, note), unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGHUP, SIG_IGN)
    }
    var stopping = sigset_t()
    sigemptyset(&stopping)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&stopping, number) }
    pthread_sigmask(SIG_UNBLOCK, &stopping, nil)
  }

  /// The number of the first signal; nil before it arrives.
  package static var received: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Waits for a number of seconds, or until a signal arrives.
  package static func wait(seconds: Double) {
    if received != nil { return }
    poll(nil, 0, Int32(seconds * 1000))
  }

  /// Ignores SIGPIPE and SIGXFSZ: a write to a closed pipe, or beyond a file size limit, fails with an error instead.
  package static func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }
}

private let noted = Atomic<Int32>(0)

/// The signal handler; it calls only async-signal-safe functions.
private func note(_ number: Int32) {
  if !noted.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged { _exit(128 + number) }
}

/// Warnings about features that a file system lacks, from any thread.
package enum FileSystemWarnings {
  /// Prints each warning once to standard error from now on.
  package static func attend() {
    FileSystemNotices.shared.tell { notice in
      // A progress line on the terminal is erased first, and redrawn later.
      var line = (isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : "") + DisplayName.bounded("warning: \(notice)") + "\n"
      line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }
}
