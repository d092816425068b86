// Files.swift
// The contents of a directory, for tests of the files that a command leaves.

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

/// A number of all of the file's bytes (FNV-1a); two files that differ have different ones. The hash of Data looks at its start only.
func checksum(_ path: String) throws -> UInt64 {
  try bytes(path).reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
}

/// Whether anything has this name.
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
