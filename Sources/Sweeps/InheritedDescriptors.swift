// InheritedDescriptors.swift
// File descriptors that the parent process left open, above the limit that it then set.

import ByteStreams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

enum InheritedDescriptors {
  /// Gives numbers below the limit to open descriptors above it. To be called before a process is begun: Foundation closes each
  /// descriptor there, and the C library refuses to close one above the limit ("Bad file descriptor").
  ///
  /// What they lead to stays open, since it may be a lock. One for which there is no number left stays where it is.
  static func lower() {
    let limit = Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))
    guard limit > 0, let names = try? Directory.list("/proc/self/fd") else { return }
    for descriptor in names.compactMap({ Int32($0) }) where descriptor >= limit {
      if fcntl(descriptor, F_DUPFD_CLOEXEC, 3) >= 0 { close(descriptor) }
    }
  }
}
