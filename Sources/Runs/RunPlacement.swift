// RunPlacement.swift
// The place of a run in the log directory: makes its directory, and refuses names that TensorBoard cannot show.

import ByteStreams
import EventFiles

/// A log directory and the name of a run in it.
package struct RunPlacement: Hashable, Sendable {
  package let logdir: String
  /// The run's name in TensorBoard.
  package let name: String

  /// The place of an existing run, or of one whose name is known to be free.
  package init(logdir: String, name: String) {
    self.logdir = logdir
    self.name = name
  }

  /// The run's directory.
  package var path: String { Directory.join(logdir, name) }

  /// Returns the wanted name if it is free, else the first free one of `digits-2`, `digits-3`, … Makes no directory.
  /// - Throws: `RunError.badRunName`; `FileError.notADirectory` if `logdir` is a file.
  package static func choose(logdir: String, name: String) throws -> RunPlacement {
    try check(name)
    if try FileStatus.of(logdir).map({ $0.kind != .directory }) ?? false { throw FileError.notADirectory(path: logdir) }
    var placement = RunPlacement(logdir: logdir, name: name)
    var number = 1
    while try FileStatus.of(placement.path) != nil {
      number += 1
      placement = RunPlacement(logdir: logdir, name: "\(name)-\(number)")
    }
    return placement
  }

  /// Makes the directory of the name that `choose` returns. Two processes that do so at once get two directories.
  /// - Throws: as `choose`; `FileError`.
  package static func create(logdir: String, name: String) throws -> RunPlacement {
    while true {
      let placement = try choose(logdir: logdir, name: name)
      do {
        try Directory.createNew(placement.path)
        // A power failure must not remove the whole run. If the system cannot sync a directory, the run is made all the same.
        try? Directory.sync(logdir)
        return placement
      } catch FileError.alreadyExists {
        continue
      }
    }
  }

  /// Removes a directory that was just made, with its contents, as far as possible.
  package func remove() { Self.remove(path) }

  /// Removes a directory with its contents, as far as possible. Folders more than `depth` levels down stay.
  package static func remove(_ directory: String, depth: Int = 2) {
    for name in (try? Directory.list(directory)) ?? [] {
      let path = Directory.join(directory, name)
      if depth > 0, Directory.isDirectoryNotLink(path) { remove(path, depth: depth - 1) }
      try? FileContents.remove(path)
    }
    try? Directory.removeEmpty(directory)
  }

  /// The most bytes of a name: file systems allow 255, and a number may follow.
  package static let nameLimit = 240

  /// Refuses names that are paths, that TensorBoard cannot read, or that break the requests of its pages.
  /// - Throws: `RunError.badRunName`.
  package static func check(_ name: String) throws(RunError) {
    func refuse(_ reason: String) -> RunError { .badRunName(name: name, reason: reason) }
    if name.isEmpty { throw refuse("it is empty") }
    if name.utf8.contains(UInt8(ascii: "/")) { throw refuse("it is a path; --logdir says where runs go") }
    if name.utf8.first == UInt8(ascii: ".") { throw refuse("it begins with a dot") }
    if name.utf8.count > nameLimit { throw refuse("it is longer than \(nameLimit) bytes") }
    if EventFileName.isEventFile(name) { throw refuse("TensorBoard would take the directory for an event file") }
    for scalar in name.unicodeScalars {
      switch scalar {
      case "&", "#", "+", "%", "?", "\\": throw refuse("\(scalar) breaks the projector's requests")
      // Most characters are among these, so names are checked quickly.
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": continue
      default: break
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        throw refuse("it has invisible characters")
      case .spaceSeparator: throw refuse("it has a blank, which breaks the projector's requests")
      default: continue
      }
    }
  }
}
