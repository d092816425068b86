// FileSystemWarnings.swift
// Lines about what a file system does not offer, from whichever thread notices it.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

package enum FileSystemWarnings {
  /// Prints each warning on the error stream, once, from now on.
  package static func attend() {
    FileSystemNotices.shared.tell { notice in
      // A line that moves on a terminal is drawn again behind it.
      var line = (isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : "") + DisplayName.bounded("warning: \(notice)") + "\n"
      line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
  }
}
