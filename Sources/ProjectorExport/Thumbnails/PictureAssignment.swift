// PictureAssignment.swift
// Assigns the files of a directory to points: by a column of the metadata that names them, or by the order of their names.

import ArrayFiles
import ByteStreams
import Datasets

/// The file of each point, and how it was found.
struct PictureAssignment {
  /// A file for each point.
  let files: [String]
  /// How the files were found, in one line.
  let note: String

  /// Assigns files to the points of a request.
  /// - Parameter names: the files, in any order.
  /// - Throws: `ExportError.badImages` if the assignment is ambiguous, since a wrong one would not be noticed.
  init(of names: [String], in path: String, _ request: ThumbnailRequest) throws {
    let pictures = PictureNames(names)
    if let order = request.order {
      let files = order == .natural ? names.sorted(by: NaturalOrder.precedes) : Self.sorted(names)
      self.init(files: files, note: "pictures in the order \(order.rawValue), from \(Self.ends(files))")
    } else if let column = request.column {
      guard let found = request.columns.first(where: { $0.name == column }) else {
        throw ExportError.noColumn(path: request.metadata, name: column, columns: request.columns.map(\.name))
      }
      let match = ColumnMatch(found, pictures)
      if let missing = match.firstMissing { throw Self.missing(missing, match, path) }
      self.init(match, pictures)
    } else if let match = try Self.match(pictures, in: path, request) {
      self.init(match, pictures)
    } else {
      let (natural, sorted) = (names.sorted(by: NaturalOrder.precedes), Self.sorted(names))
      // If the number of files is wrong, the caller reports that instead.
      if names.count == request.points, let place = natural.indices.first(where: { natural[$0] != sorted[$0] }) {
        throw ExportError.badImages(
          path: path,
          reason: "the names have two orders; give --image-order natural if \(natural[place]) comes before "
            + "\(sorted[place]), sorted if it comes after it, as in Python, or metadata that name the files")
      }
      self.init(files: natural, note: "pictures in the order of their names, from \(Self.ends(natural))")
    }
  }

  private init(files: [String], note: String) { (self.files, self.note) = (files, note) }

  private init(_ match: ColumnMatch, _ pictures: PictureNames) {
    files = match.files.compactMap { $0.map { pictures.names[$0] } }
    let used = Set(match.files).count
    note =
      "pictures matched by column \(DisplayName.quoted(match.column.name))"
      + (used < pictures.names.count ? ", which names \(used) of \(pictures.names.count) files" : "")
  }

  /// Returns names sorted by their bytes, which is the order of code points.
  private static func sorted(_ names: [String]) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func ends(_ files: [String]) -> String {
    "\(DisplayName.quoted(files.first ?? "")) to \(DisplayName.quoted(files.last ?? ""))"
  }

  private static func missing(_ row: Int, _ match: ColumnMatch, _ path: String) -> ExportError {
    .badImages(
      path: path,
      reason: "column \(match.column.name), row \(row): no one file is called "
        + "\(String(match.column.cells[row].prefix(100))); give a picture for each row, or --image-order")
  }

  /// Returns the column that names the files, if there is one.
  /// - Throws: `ExportError.badImages` if a column fails only in some rows, or if two columns disagree.
  private static func match(
    _ pictures: PictureNames, in path: String, _ request: ThumbnailRequest
  ) throws -> ColumnMatch? {
    let all = request.columns.map { ColumnMatch($0, pictures) }
    var found: [ColumnMatch] = []
    for match in all where match.firstMissing == nil {
      guard match.isCount else {
        found.append(match)
        continue
      }
      // A count of the rows does not name files. The same numbers in another order may name them or mean something else.
      if match.isOneToOne, match.files.count == pictures.names.count, !match.isNatural(pictures) {
        throw ExportError.badImages(
          path: path,
          reason: "column \(match.column.name) has the numbers of the names in another order; give "
            + "--image-column \(match.column.name) if it names the files, else the --image-order of the names")
      }
    }
    if found.contains(where: \.isOneToOne) { found.removeAll { !$0.isOneToOne } }
    if let first = found.first, let other = found.first(where: { $0.files != first.files }) {
      throw ExportError.badImages(
        path: path,
        reason: "columns \(first.column.name) and \(other.column.name) name the files, but not the same ones; "
          + "choose one with --image-column")
    }
    if found.isEmpty, let near = all.first(where: \.isNear), let row = near.firstMissing {
      throw missing(row, near, path)
    }
    return found.first
  }
}

/// A column of the metadata, compared with the names of files.
struct ColumnMatch {
  let column: LabelTable.Column
  /// The index of each row's file; nil if not exactly one file has that name.
  let files: [Int?]
  /// Whether all cells are whole numbers that are consecutive or repeat, so that they may equal names by chance.
  let isCount: Bool
  /// The first row without a file.
  let firstMissing: Int?
  private let different: Int

  init(_ column: LabelTable.Column, _ pictures: PictureNames) {
    self.column = column
    let areNumbers = column.cells.allSatisfy { Int($0).map(String.init) == $0 }
    let files = column.cells.map(pictures.find)
    let numbers = areNumbers ? Set(column.cells.compactMap { Int($0) }) : []
    let (span, overflow) = (numbers.max() ?? 0).subtractingReportingOverflow(numbers.min() ?? 0)
    isCount = areNumbers && (numbers.count < column.cells.count || (!overflow && span < column.cells.count))
    firstMissing = files.firstIndex { $0 == nil }
    different = Set(files.compactMap(\.self)).count
    self.files = files
  }

  /// Whether no two rows have the same file.
  var isOneToOne: Bool { different == files.count }

  /// Whether the files of the rows are in natural order.
  func isNatural(_ pictures: PictureNames) -> Bool {
    let names = files.compactMap { $0.map { pictures.names[$0] } }
    return zip(names, names.dropFirst()).allSatisfy(NaturalOrder.precedes)
  }

  /// Whether at least half of the rows name different files, so that the other rows are probably mistakes.
  var isNear: Bool { !isCount && firstMissing != nil && different * 2 >= files.count }
}

/// Finds a file by its name in metadata, with or without its ending and the folders before it.
struct PictureNames {
  /// The files.
  let names: [String]
  private let stems: [String]
  private let byName: [String: [Int]]
  private let byStem: [String: [Int]]

  /// Endings that a name may have in metadata, though the picture is a PNG file now.
  private static let endings: Set = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"]

  init(_ names: [String]) {
    self.names = names
    stems = names.map(Self.stem)
    // Swift compares characters, so different Unicode forms of one character are equal.
    byName = Dictionary(grouping: names.indices) { names[$0] }
    byStem = Dictionary(grouping: names.indices) { [stems] in stems[$0] }
  }

  /// Returns the index of the file that a cell names; nil if there is none or more than one.
  func find(_ cell: String) -> Int? {
    let name = Self.lastPart(cell, separator: "/")
    if let found = Self.only(byName[name], among: names, as: name) { return found }
    let stem = Self.stem(name)
    if let found = Self.only(byStem[stem], among: stems, as: stem) { return found }
    // Windows separates folders by backslashes.
    return name.utf8.contains(UInt8(ascii: "\\")) ? find(Self.lastPart(name, separator: "\\")) : nil
  }

  /// Returns the only match; among several, the only one with the same bytes.
  private static func only(_ found: [Int]?, among names: [String], as text: String) -> Int? {
    guard let found, found.count > 1 else { return found?.first }
    let exact = found.filter { names[$0].utf8.elementsEqual(text.utf8) }
    return exact.count == 1 ? exact[0] : nil
  }

  private static func lastPart(_ text: String, separator: Unicode.Scalar) -> String {
    guard let end = text.unicodeScalars.lastIndex(of: separator) else { return text }
    return String(text.unicodeScalars[text.unicodeScalars.index(after: end)...])
  }

  /// Returns a name without the ending of a picture.
  private static func stem(_ name: String) -> String {
    guard let dot = name.unicodeScalars.lastIndex(of: "."), dot > name.startIndex,
      endings.contains(String(name.unicodeScalars[name.unicodeScalars.index(after: dot)...]).lowercased())
    else { return name }
    return String(name.unicodeScalars[..<dot])
  }
}
