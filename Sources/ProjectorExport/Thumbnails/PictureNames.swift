// PictureNames.swift
// The files of a directory, looked up by what metadata call them.

/// Finds a file by its name: with or without its ending, and with or without folders before it.
struct PictureNames {
  /// The files.
  let names: [String]
  private let stems: [String]
  private let byName: [String: [Int]]
  private let byStem: [String: [Int]]

  /// Endings that a name may have in metadata, whatever kind of file the picture has become since.
  private static let endings: Set = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"]

  init(_ names: [String]) {
    self.names = names
    stems = names.map(Self.stem)
    // Swift compares characters: the forms that Unicode has for one are equal.
    byName = Dictionary(grouping: names.indices) { names[$0] }
    byStem = Dictionary(grouping: names.indices) { [stems] in stems[$0] }
  }

  /// The number of the file that a cell names; nil where there is none, or where there are several.
  func find(_ cell: String) -> Int? {
    let name = Self.lastPart(cell, separator: "/")
    if let found = Self.only(byName[name], among: names, as: name) { return found }
    let stem = Self.stem(name)
    if let found = Self.only(byStem[stem], among: stems, as: stem) { return found }
    // Windows puts another sign between folders.
    return name.utf8.contains(UInt8(ascii: "\\")) ? find(Self.lastPart(name, separator: "\\")) : nil
  }

  /// The only one; among several, the only one with the same bytes.
  private static func only(_ found: [Int]?, among names: [String], as text: String) -> Int? {
    guard let found, found.count > 1 else { return found?.first }
    let exact = found.filter { names[$0].utf8.elementsEqual(text.utf8) }
    return exact.count == 1 ? exact[0] : nil
  }

  private static func lastPart(_ text: String, separator: Unicode.Scalar) -> String {
    guard let end = text.unicodeScalars.lastIndex(of: separator) else { return text }
    return String(text.unicodeScalars[text.unicodeScalars.index(after: end)...])
  }

  /// The name without the ending of a picture.
  private static func stem(_ name: String) -> String {
    guard let dot = name.unicodeScalars.lastIndex(of: "."), dot > name.startIndex,
      endings.contains(String(name.unicodeScalars[name.unicodeScalars.index(after: dot)...]).lowercased())
    else { return name }
    return String(name.unicodeScalars[..<dot])
  }
}
