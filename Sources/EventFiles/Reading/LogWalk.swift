// LogWalk.swift
// Visits every directory below a log directory once, following links. (TensorBoard's loaders visit every path.)

import ByteStreams

/// The directories found, in the order of their paths.
struct LogWalk {
  /// One directory.
  struct Place {
    /// The path relative to the log directory; "." for the log directory itself.
    let name: String
    let path: String
    /// Names of the files that TensorBoard reads, sorted by their bytes.
    var eventFiles: [String] = []
    /// Names of directories that are named like event files.
    var misnamedDirectories: [String] = []
    /// Names of pipes, sockets and devices that are named like event files.
    var specialFiles: [String] = []
    /// Names of links to a directory above.
    var loops: [String] = []
    /// Other paths to directories that were visited already, and the names of those.
    var repeats: [(path: String, name: String)] = []
    /// The bytes of names that are not UTF-8.
    var otherNames: [[UInt8]] = []
    /// Errors of reading the directory, or something in it.
    var failures: [FileError] = []
  }

  /// The largest number of directories visited.
  static let limit = 100_000

  private(set) var places: [Place] = []
  /// True if there were more.
  private(set) var isTruncated = false
  /// The name under which each directory is visited.
  private var names: [FileStatus.Identity: String] = [:]

  private struct Step {
    let name: String
    let path: String
    let identity: FileStatus.Identity
    /// The directories above it.
    let above: [FileStatus.Identity]
  }

  /// Visits directories first and links afterwards, so that a directory gets its own name and not that of a link to it.
  /// - Parameter limit: the largest number of directories visited.
  /// - Throws: `FileError` if `path` is not a directory that can be listed.
  init(_ path: String, limit: Int = LogWalk.limit) throws(FileError) {
    guard let status = try FileStatus.of(path) else { throw .system(operation: .list, path: path, code: 2) }
    guard status.kind == .directory else { throw .notADirectory(path: path) }
    _ = try Directory.list(path)
    var waiting = [Step(name: ".", path: path, identity: status.identity, above: [])]
    var links: [(step: Step, place: Int)] = []
    var followed = 0
    names[status.identity] = "."
    while true {
      if waiting.isEmpty, followed < links.count {
        let (link, place) = links[followed]
        followed += 1
        if let name = knownName(of: link) {
          places[place].repeats.append((link.path, name))
        } else {
          waiting.append(link)
        }
        continue
      }
      guard let next = waiting.popLast() else { break }
      if places.count == limit {
        isTruncated = true
        break
      }
      var place = Place(name: next.name, path: next.path)
      let found = Self.look(at: next, &place)
      links += found.filter(\.isLink).map { ($0.step, places.count) }
      for (step, _) in found.filter({ !$0.isLink }).reversed() {
        if let name = knownName(of: step) {
          place.repeats.append((step.path, name))
        } else {
          waiting.append(step)
        }
      }
      places.append(place)
    }
    if followed > 0 { places.sort { Self.precedes($0.name, $1.name) } }
  }

  /// Returns the name of a directory that was seen before; names a new one and returns nil.
  private mutating func knownName(of step: Step) -> String? {
    if let name = names[step.identity] { return name }
    names[step.identity] = step.name
    return nil
  }

  /// Orders paths as a walk without links visits them: a directory before its content.
  private static func precedes(_ one: String, _ two: String) -> Bool {
    if one == "." || two == "." { return one == "." && two != "." }
    func key(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "/") ? 0 : byte }
    return one.utf8.lazy.map(key).lexicographicallyPrecedes(two.utf8.lazy.map(key))
  }

  /// Fills in the content of a directory.
  /// - Returns: the directories in it.
  private static func look(at step: Step, _ place: inout Place) -> [(step: Step, isLink: Bool)] {
    var below: [(step: Step, isLink: Bool)] = []
    let above = step.above + [step.identity]
    do throws(FileError) {
      let contents = try Directory.contents(step.path)
      place.otherNames = contents.otherNames
      for name in contents.names {
        let path = Directory.join(step.path, name)
        let isMarked = EventFileName.isEventFile(name)
        guard let status = status(of: path, &place) else { continue }
        switch status.kind {
        case .regular: if isMarked { place.eventFiles.append(name) }
        case .link, .other: if isMarked { place.specialFiles.append(name) }
        case .directory:
          if isMarked { place.misnamedDirectories.append(name) }
          if above.contains(status.identity) {
            place.loops.append(name)
          } else {
            let full = step.name == "." ? name : "\(step.name)/\(name)"
            let found = Step(name: full, path: path, identity: status.identity, above: above)
            below.append((found, FileStatus.isLink(path)))
          }
        }
      }
    } catch {
      place.failures.append(error)
    }
    return below
  }

  /// Returns the status of a path. Among paths that are too long for the system, only the first one is added to the failures.
  private static func status(of path: String, _ place: inout Place) -> FileStatus? {
    do throws(FileError) {
      return try FileStatus.of(path)
    } catch {
      if !error.saysTooLong || !place.failures.contains(where: \.saysTooLong) { place.failures.append(error) }
      return nil
    }
  }
}
