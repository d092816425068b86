// ClassLabels.swift
// The classes that the labels of an array name, and the files that hold such labels.

import ArrayFiles
import ByteStreams

/// Labels as class numbers, and the name of each class.
struct ClassLabels: Equatable {
  /// The different labels: whole numbers in their order, then names in natural order.
  let names: [String]
  /// The class of each label.
  let numbers: [UInt16]
  /// Whether each class is called by its number.
  var areNumbers: Bool { names.enumerated().allSatisfy { "\($0)" == $1 } }

  /// Labels are 16-bit numbers.
  private static let limit = 1 << 16

  /// - Throws: `DatasetError.emptyLabel`, `.tooManyLabels`, `.fractionLabel`.
  init(_ labels: [String], path: String) throws(DatasetError) {
    let texts = labels.map(Self.normal)
    if let row = texts.firstIndex(of: "") { throw .emptyLabel(path: path, row: row) }
    // Different characters may be equal in Swift, but bytes tell them apart.
    let different = Set(texts.map(ExactName.init))
    if different.count > Self.limit { throw .tooManyLabels(path: path, got: different.count, want: Self.limit) }
    if let row = texts.firstIndex(where: { Int($0) == nil && (Double($0)?.isFinite ?? false) }) {
      throw .fractionLabel(path: path, row: row, got: texts[row])
    }
    names = different.map(\.text).sorted { one, two in
      switch (Int(one), Int(two)) {
      case (let a?, let b?) where a != b: a < b
      case (_?, nil): true
      case (nil, _?): false
      default: NaturalOrder.precedes(one, two)
      }
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { (ExactName($1), UInt16($0)) })
    numbers = texts.map { places[ExactName($0)] ?? 0 }
  }

  /// Writes whole numbers without a fraction, as those of an array of floats.
  private static func normal(_ label: String) -> String {
    guard label.hasSuffix(".0"), let number = Double(label), let whole = Int(exactly: number) else { return label }
    return "\(whole)"
  }
}

/// A file with a label for each image.
enum LabelFile {
  /// Names of a table's column of classes, in order of preference.
  private static let columnNames = ["label", "labels", "class", "target", "category", "y"]
  /// The names of a label array among several of an archive, in order of preference.
  private static let arrayNames = ["labels", "label", "y", "targets", "target"]

  /// Reads the labels of a .npy file, an array of a .npz file, an IDX file, or a text table.
  /// - Parameters:
  ///   - count: number of images.
  ///   - images: their file, for messages.
  ///   - limit: the most bytes that an array of an archive may expand to.
  /// - Throws: `DatasetError.countsDiffer`, `.noLabelColumn`; `ArrayFileError`, `FileError`, `ZlibError`.
  static func read(_ path: String, count: Int, of images: String, limit: Int) throws -> [String] {
    let file = try RandomAccessFile(path, accepting: .regular)
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    let labels: [String]
    if BinaryKind(front) == .numpy {
      labels = try NPYLabels.read(file)
    } else if ArrayArchive.begins(front) {
      let archive = try ArrayArchive(file)
      guard let name = archive.names.count == 1 ? archive.names[0] : arrayNames.first(where: archive.names.contains)
      else { throw DatasetError.noLabelColumn(path: path, columns: archive.names) }
      labels = try archive.labels(name, limit: limit)
    } else if front.starts(with: [0, 0, IDXHeader.unsignedByte, 1]) {
      labels = try IDXFile(path, ranks: 1...1).elements.map { "\($0)" }
    } else {
      return try column(of: LabelTable(path, points: count, of: images), path: path)
    }
    if labels.count != count {
      throw DatasetError.countsDiffer(images: images, imageCount: count, labels: path, labelCount: labels.count)
    }
    return labels
  }

  private static func column(of table: LabelTable, path: String) throws(DatasetError) -> [String] {
    if table.columns.count == 1 { return table.columns[0].cells }
    for name in columnNames {
      if let column = table.columns.first(where: { $0.name.lowercased() == name }) { return column.cells }
    }
    throw .noLabelColumn(path: path, columns: table.columns.map(\.name))
  }
}
