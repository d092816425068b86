// EventFileName.swift
// Names of event files: a later file of a directory sorts after every earlier one, even if the clock goes back.

import ByteStreams
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER`: TensorBoard reads a directory's files in the order of their names, and
/// never returns to an earlier one.
package struct EventFileName {
  /// Any file with this in its name is an event file for TensorBoard.
  static let mark = "tfevents"
  /// The start of the names that this program, TensorFlow and PyTorch write.
  package static let prefix = "events.out.\(mark)."

  /// Returns true if TensorBoard takes a file of this name for an event file.
  package static func isEventFile(_ name: String) -> Bool { name.containsBytes(of: mark) }

  /// Returns true if `name` begins with the prefix.
  package static func hasPrefix(_ name: String) -> Bool { name.beginsWithBytes(of: prefix) }

  private static let longest = 255
  private static let serial = Atomic<Int>(0)

  let host: String
  let process: Int32
  let number: Int

  /// The next name of this process on this host.
  static func next() -> EventFileName {
    EventFileName(
      host: HostName.label, process: getpid(), number: serial.wrappingAdd(1, ordering: .relaxed).oldValue)
  }

  /// Returns the name of a file made `seconds` after 1970 beside `others`, or nil if it would be too long.
  ///
  /// If the clock has gone back, or another program has named files differently, the name is derived from the last one there.
  func text(seconds: Int, after others: [String]) -> String? {
    let name = text(seconds)
    guard let last = others.filter(Self.isEventFile).max(by: { $0.precedesByBytes($1) }), !last.precedesByBytes(name)
    else {
      return name
    }
    if let taken = Self.seconds(of: last), case let later = text(taken + 1), last.precedesByBytes(later) {
      return later
    }
    // A name sorts after every prefix of it.
    let longer = last + ".\(number)"
    return longer.utf8.count <= Self.longest ? longer : nil
  }

  /// Pads the seconds to ten digits, so that names sort by time until the year 2286.
  private func text(_ seconds: Int) -> String {
    "\(Self.prefix)\(max(seconds, 0).zeroPadded(to: 10)).\(host).\(process).\(number)"
  }

  /// Returns the seconds for the name of a file that follows others: the clock's, or, if the clock has gone back, a time later
  /// than the last change of any of them. So the time in a file's name is later than everything that earlier files hold.
  static func seconds(at now: WallTime, after others: [String], in directory: String) throws(FileError) -> Int {
    var latest = now.seconds
    for name in others {
      // The file system's times lag by some milliseconds.
      guard let changed = try FileStatus.of(Directory.join(directory, name))?.modified, changed > latest else {
        continue
      }
      latest = changed + 2
    }
    return Int(exactly: latest.rounded(.down)) ?? 0
  }

  /// Returns the seconds in a name of this form; nil for other names.
  static func seconds(of name: String) -> Int? {
    guard hasPrefix(name) else { return nil }
    return Int(Substring(name.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: ".") }))
  }
}
