// DeepDirectory.swift
// Directories so deep that the system takes no path to what is in them.

import Foundation

/// Makes the directory at `path`, and one in the other below it. The last one can still be listed; its files have paths that are too
/// long.
package func makeDeepDirectory(_ path: String, files: Int) throws {
  let name = String(repeating: "d", count: 200)
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  var descriptor = open(path, O_RDONLY | O_DIRECTORY)
  defer { close(descriptor) }
  var length = path.utf8.count
  while length + name.utf8.count + 1 < Int(PATH_MAX) - 6 {
    guard mkdirat(descriptor, name, 0o755) == 0 else { throw CocoaError(.fileWriteUnknown) }
    let next = openat(descriptor, name, O_RDONLY | O_DIRECTORY)
    close(descriptor)
    (descriptor, length) = (next, length + name.utf8.count + 1)
  }
  for file in 0..<files {
    close(openat(descriptor, "\(file)" + String(repeating: "f", count: 250), O_WRONLY | O_CREAT, 0o644))
  }
}

/// Removes the directory at `path` with all below it, which Foundation can't where paths are too long.
package func removeDeepDirectory(_ path: String) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/rm")
  process.arguments = ["-rf", path]
  try process.run()
  process.waitUntilExit()
}
