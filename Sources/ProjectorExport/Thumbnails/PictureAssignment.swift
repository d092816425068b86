// PictureAssignment.swift
// Which file of a directory belongs to which point.

import ArrayFiles
import ByteStreams

/// Files by a column of the metadata that names them, or else in an order of their names.
struct PictureAssignment {
  /// A file for each point.
  let files: [String]
  /// How they were found, in one line.
  let note: String

  /// - Parameter names: the files, in any order.
  /// - Throws: `ExportError.badImages` where a wrong guess would not show.
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
      // With another number of files, that is the news.
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

  /// By their bytes, which is the order of code points.
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

  /// The column that names the files, if there is one.
  /// - Throws: `ExportError.badImages` where one fails in single rows, or two of them disagree.
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
      // A count of the rows tells nothing. The same numbers in another order may be the files', or anything else.
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

/// A column of the metadata held against the names of files.
struct ColumnMatch {
  let column: LabelTable.Column
  /// The number of each row's file; nil where no one file is called so.
  let files: [Int?]
  /// Whether all cells are whole numbers that follow each other or repeat: then names may be equal to them by chance.
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

  /// Whether half of the rows name a file of their own, so that the others should.
  var isNear: Bool { !isCount && firstMissing != nil && different * 2 >= files.count }
}
