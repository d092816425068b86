// Tag.swift
// The name of a series in a run, for example "loss/total".

import ByteStreams

/// A tag: not empty, without NUL. TensorBoard groups tags by what stands before the first "/". Tags are equal where their bytes
/// are, as in TensorBoard.
public struct Tag: Hashable, Sendable {
  /// The tag as it is stored.
  public let name: String

  /// - Throws: `EventFileError.badTag` where `name` is empty or has a NUL.
  public init(_ name: String) throws(EventFileError) {
    guard Tag.isValid(name) else { throw .badTag(name) }
    self.name = name
  }

  /// A tag as it stands in a file, whatever it is.
  init(unchecked name: String) { self.name = name }

  /// True where both have the same bytes.
  public static func == (left: Tag, right: Tag) -> Bool { left.name.hasSameBytes(as: right.name) }

  /// Feeds the bytes of the name.
  public func hash(into hasher: inout Hasher) { name.hashBytes(into: &hasher) }

  private static func isValid(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { bytes in !bytes.isEmpty && !bytes.contains(0) }
  }
}

extension Tag: ExpressibleByStringLiteral {
  /// A tag written out in the program; an empty one is a bug there.
  public init(stringLiteral name: String) {
    precondition(Tag.isValid(name), "a tag is not empty and has no NUL")
    self.name = name
  }
}
