// ArrayArchive.swift
// The arrays of a .npz file: a zip archive in which each member is a .npy file.

package import ByteStreams
import Foundation
import Zlib

/// An archive of arrays, as `numpy.savez` and `numpy.savez_compressed` write it. An array is expanded when it is opened,
/// into a temporary file if it is large.
package struct ArrayArchive: Sendable {
  package let path: String
  /// The names of the arrays in the order of the archive, without the ending .npy.
  package let names: [String]
  private let archive: ZipArchive

  private static let ending = ".npy"

  /// Reads the archive's table.
  /// - Throws: `ZlibError`, `FileError`; `ArrayFileError.unreadable` if no member is an array.
  package init(_ file: RandomAccessFile) throws {
    path = file.path
    archive = try ZipArchive(file)
    var seen: Set<String> = []
    names = archive.members.map(\.name).filter { $0.hasSuffix(Self.ending) && seen.insert($0).inserted }
      .map { String($0.dropLast(Self.ending.count)) }
    if names.isEmpty {
      let first = archive.members.first.map { ", its first file is \(DisplayName.quoted($0.name))" } ?? ""
      throw ArrayFileError.unreadable(
        path: path, reason: "it is a zip archive without arrays\(first)", advice: "save arrays with numpy.savez")
    }
  }

  /// Returns whether bytes begin a zip archive.
  package static func begins(_ front: some Collection<UInt8>) -> Bool { front.starts(with: Array("PK\u{3}\u{4}".utf8)) }

  /// Opens an array of numbers.
  /// - Parameter limit: the most bytes that the array may expand to.
  /// - Throws: `ZlibError`, `FileError`; `ArrayFileError`, also for texts and Python objects.
  package func array(_ name: String, limit: Int) throws -> ArrayFile {
    try told(name) { try ArrayFile(npy: expanded(name, limit: limit), for: .images) }
  }

  /// Reads an array of labels: a text for each row.
  /// - Throws: as `array`.
  package func labels(_ name: String, limit: Int) throws -> [String] {
    try told(name) { try NPYLabels.read(expanded(name, limit: limit)) }
  }

  /// Returns the shape of an array of numbers, of which only the beginning is expanded; nil for other arrays.
  /// - Throws: `ZlibError`, `FileError`.
  func shape(of name: String) throws -> [Int]? {
    guard let member = archive.member(named: name + Self.ending) else { return nil }
    var source = try archive.source(of: member, limit: .max)
    let front = try source.readUpTo(NPYHeader.textLimit + 12, expected: member.size)
    return NPYHeader.shape(atFrontOf: front, path: "\(path): \(name)")
  }

  /// A member of more bytes is expanded into a temporary file.
  private static let memoryLimit = 1 << 24

  /// Returns a member's bytes, whose checksum has been verified. The claimed size takes no memory: bytes are stored as they come.
  private func expanded(_ name: String, limit: Int) throws -> RandomAccessFile {
    let label = "\(path): \(name)"
    guard let member = archive.member(named: name + Self.ending) else {
      throw ArrayFileError.unreadable(
        path: path, reason: "it has no array \(DisplayName.quoted(name))", advice: "get the file again")
    }
    if member.size > Self.memoryLimit, let file = try stored(member, limit: limit, label) { return file }
    var source = try archive.source(of: member, limit: limit)
    do {
      return RandomAccessFile(
        bytes: try source.readAll(expected: min(member.size, Self.expansion(of: member.compressedSize)), limit: limit),
        path: label)
    } catch is TooManyBytes {
      throw ZlibError.tooLarge(name: label, limit: limit)
    } catch is NoMemory {
      throw FileError.noMemory(path: label)
    }
  }

  /// Expands a member into a temporary file; returns nil if there is no space for it.
  private func stored(_ member: ZipArchive.Member, limit: Int, _ label: String) throws -> RandomAccessFile? {
    var source = try archive.source(of: member, limit: limit)
    do {
      return try RandomAccessFile(
        storing: &source, limit: limit, in: FileManager.default.temporaryDirectory.path, path: label)
    } catch is TooManyBytes {
      throw ZlibError.tooLarge(name: label, limit: limit)
    } catch is FileError {
      return nil
    }
  }

  /// Returns the most bytes that deflated bytes can expand to.
  private static func expansion(of count: Int) -> Int {
    let (bound, overflow) = count.multipliedReportingOverflow(by: 1_032)
    return overflow ? .max : bound
  }

  /// Replaces advice for a file of its own by advice for an array of an archive.
  private func told<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch ArrayFileError.unreadable(let path, let reason, _) where path != self.path {
      throw ArrayFileError.unreadable(
        path: path, reason: reason, advice: "save \(DisplayName.quoted(name)) as an array of numbers, with numpy.savez")
    }
  }
}
