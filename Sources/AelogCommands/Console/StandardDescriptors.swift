// StandardDescriptors.swift
// The first three file descriptors, which a careless parent may have closed.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard input, output and error.
package enum StandardDescriptors {
  /// Leads those that are closed to nowhere. Otherwise the first files that are opened would get their numbers, and what is
  /// printed would be written into them. To be called before any file is opened.
  package static func fillGaps() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The system gives the lowest free number: this one.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
