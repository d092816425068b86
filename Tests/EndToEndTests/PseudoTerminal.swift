// PseudoTerminal.swift
// A terminal that a test reads.

import Foundation

/// A pair of a terminal's two ends.
final class PseudoTerminal {
  /// The end that a program prints to.
  let programEnd: FileHandle
  private let testEnd: Int32

  init(columns: Int) throws {
    testEnd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard testEnd >= 0, let name = Self.programEndName(of: testEnd) else { throw POSIXError(.ENODEV) }
    let descriptor = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.ENODEV) }
    programEnd = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    resize(columns: columns)
  }

  deinit { close(testEnd) }

  /// Swift's Glibc has no `unlockpt` and `ptsname`; what these ask of Linux is TIOCSPTLCK and TIOCGPTN
  /// (asm-generic/ioctls.h).
  private static func programEndName(of descriptor: Int32) -> String? {
    #if os(Linux)
      var (locked, number) = (Int32(0), UInt32(0))
      guard ioctl(descriptor, 0x4004_5431, &locked) == 0, ioctl(descriptor, 0x8004_5430, &number) == 0 else {
        return nil
      }
      return "/dev/pts/\(number)"
    #else
      guard grantpt(descriptor) == 0, unlockpt(descriptor) == 0 else { return nil }
      return ptsname(descriptor).map { String(cString: $0) }
    #endif
  }

  func resize(columns: Int) {
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(testEnd, UInt(TIOCSWINSZ), &size)
  }

  /// Returns the printed text that has not been read yet.
  func read() -> String {
    var bytes: [UInt8] = []
    var request = pollfd(fd: testEnd, events: Int16(POLLIN), revents: 0)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while poll(&request, 1, 0) > 0, request.revents & Int16(POLLIN) != 0 {
      let count = Foundation.read(testEnd, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
