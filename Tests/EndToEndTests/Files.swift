// Files.swift
// What is in a directory, for tests that count what a command left.

import Foundation

/// The files below `directory`, relative, sorted; directories are not listed.
func filesBelow(_ directory: String) -> [String] {
  let all = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
  return all.filter { name in
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(directory)/\(name)", isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }.sorted()
}

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// Whether anything has this name.
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
