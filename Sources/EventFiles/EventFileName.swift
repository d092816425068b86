// EventFileName.swift
// Names of event files: a later file of a directory sorts after every earlier one, whatever the clock says.

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
/// never goes back to one before.
struct EventFileName {
  /// What makes a file an event file, wherever it stands in its name.
  static let mark = "tfevents"

  /// Whether TensorBoard takes a file of this name for an event file.
  static func isMarked(_ name: String) -> Bool { name.containsBytes(of: mark) }

  private static let start = "events.out.\(mark)."
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

  /// The name of a file made `seconds` after 1970 beside `others`, or nil where no longer name is possible.
  ///
  /// Where the clock has gone back, or somebody has named files otherwise, the name is made from the last one there.
  func text(seconds: Int, after others: [String]) -> String? {
    let name = text(seconds)
    guard let last = others.filter(Self.isMarked).max(by: { $0.precedesByBytes($1) }), !last.precedesByBytes(name)
    else {
      return name
    }
    if let taken = Self.seconds(of: last), case let later = text(taken + 1), last.precedesByBytes(later) {
      return later
    }
    // Longer by what follows, so after it.
    let longer = last + ".\(number)"
    return longer.utf8.count <= Self.longest ? longer : nil
  }

  /// Ten digits, so that the order of the texts is that of the numbers until the year 2286.
  private func text(_ seconds: Int) -> String {
    "\(Self.start)\(max(seconds, 0).zeroPadded(to: 10)).\(host).\(process).\(number)"
  }

  /// The seconds for the name of a file that follows others: the clock's, or later than the last change of any of them where
  /// the clock has gone back since. So a file whose name is later than all that an earlier one holds was written after it.
  static func seconds(at now: WallTime, after others: [String], in directory: String) throws(FileError) -> Int {
    var latest = now.seconds
    for name in others {
      // The system's own times lag by some milliseconds.
      guard let changed = try FileStatus.of(Directory.join(directory, name))?.modified, changed > latest else {
        continue
      }
      latest = changed + 2
    }
    return Int(exactly: latest.rounded(.down)) ?? 0
  }

  /// The seconds in a name of this form; nil in others.
  static func seconds(of name: String) -> Int? {
    guard name.beginsWithBytes(of: start) else { return nil }
    return Int(Substring(name.utf8.dropFirst(start.utf8.count).prefix { $0 != UInt8(ascii: ".") }))
  }
}
