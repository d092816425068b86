// LogWalk.swift
// Every directory below a log directory, links followed, as both of TensorBoard's loaders go through them.

import ByteStreams

/// What a walk finds, in the order of the paths.
struct LogWalk {
  /// One directory.
  struct Place {
    /// Relative to the log directory; "." for that one itself.
    let name: String
    let path: String
    /// Names of the files that TensorBoard reads, sorted by their bytes.
    var eventFiles: [String] = []
    /// Directories that are named like event files.
    var impostors: [String] = []
    /// Pipes, devices and the like that are named like event files.
    var pipes: [String] = []
    /// Links to a directory above.
    var loops: [String] = []
    /// Why the directory, or something in it, could not be looked at.
    var failures: [FileError] = []
  }

  /// So many directories at most: links can make a small tree one that never ends.
  static let limit = 100_000

  private(set) var places: [Place] = []
  /// Whether there were more.
  private(set) var isCut = false
  private typealias Step = (name: String, path: String, above: [FileStatus.Identity])

  /// - Parameter limit: the most directories that are looked at.
  /// - Throws: `FileError` where `path` is no directory that can be listed.
  init(_ path: String, limit: Int = LogWalk.limit) throws(FileError) {
    guard let status = try FileStatus.of(path) else { throw .system(operation: .list, path: path, code: 2) }
    guard status.kind == .directory else { throw .notADirectory(path: path) }
    _ = try Directory.list(path)
    var waiting: [Step] = [(".", path, [status.identity])]
    while let next = waiting.popLast() {
      if places.count == limit {
        isCut = true
        return
      }
      var place = Place(name: next.name, path: next.path)
      waiting += Self.look(at: next, &place).reversed()
      places.append(place)
    }
  }

  /// Fills in what the directory holds.
  /// - Returns: the directories in it.
  private static func look(at step: Step, _ place: inout Place) -> [Step] {
    var below: [Step] = []
    do throws(FileError) {
      for name in try Directory.list(step.path) {
        let path = Directory.join(step.path, name)
        let isMarked = name.contains(EventFileName.mark)
        guard let status = status(of: path, &place) else { continue }
        switch status.kind {
        case .regular: if isMarked { place.eventFiles.append(name) }
        case .other: if isMarked { place.pipes.append(name) }
        case .directory:
          if isMarked { place.impostors.append(name) }
          if step.above.contains(status.identity) {
            place.loops.append(name)
          } else {
            below.append((step.name == "." ? name : "\(step.name)/\(name)", path, step.above + [status.identity]))
          }
        }
      }
    } catch {
      place.failures.append(error)
    }
    return below
  }

  private static func status(of path: String, _ place: inout Place) -> FileStatus? {
    do throws(FileError) {
      return try FileStatus.of(path)
    } catch {
      place.failures.append(error)
      return nil
    }
  }
}
