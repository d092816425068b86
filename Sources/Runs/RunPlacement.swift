// RunPlacement.swift
// Where a run goes: a new directory of its own in the log directory.

import ByteStreams
import EventFiles

/// A name that no other run of the log directory has.
package struct RunPlacement: Hashable, Sendable {
  package let logdir: String
  /// The run's name in TensorBoard.
  package let name: String

  /// The place of a run that is there, or whose name is known to be free.
  package init(logdir: String, name: String) {
    self.logdir = logdir
    self.name = name
  }

  /// The run's directory.
  package var path: String { Directory.join(logdir, name) }

  /// The wanted name where it is free, else with the first free number: `digits`, `digits-2`, `digits-3` …
  /// Makes nothing.
  /// - Throws: `RunError.badRunName`; `FileError.notADirectory` where `logdir` is a file.
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

  /// Makes the directory of a free name, as `choose` gives it; two processes that ask at once get two directories.
  package static func create(logdir: String, name: String) throws -> RunPlacement {
    while true {
      let placement = try choose(logdir: logdir, name: name)
      do {
        try Directory.createNew(placement.path)
        // So that a power failure does not take the whole run. Where this can't be had the run can still be made.
        try? Directory.sync(logdir)
        return placement
      } catch FileError.alreadyExists {
        continue
      }
    }
  }

  /// Removes a directory that has just been made, with all that is in it, as far as that is possible.
  package func remove() { Self.remove(path) }

  package static func remove(_ directory: String, depth: Int = 2) {
    for name in (try? Directory.list(directory)) ?? [] {
      let path = Directory.join(directory, name)
      if depth > 0, Directory.isItself(path) { remove(path, depth: depth - 1) }
      try? FileContents.remove(path)
    }
    try? Directory.removeEmpty(directory)
  }

  /// The most bytes of a name: file systems take 255, and a number may follow.
  package static let nameLimit = 240

  /// Refuses names that lead elsewhere, that TensorBoard cannot read, or that break the requests of its pages.
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
      // Names are mostly made of these, and there may be very many.
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
