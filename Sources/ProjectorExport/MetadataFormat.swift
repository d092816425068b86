// MetadataFormat.swift
// The kinds of files that hold metadata of points, and how a file is recognized as one of them.

import ArrayFiles
import ByteStreams
import Datasets

/// One kind of file. A new kind is a constant here, and an entry in `all`.
struct MetadataFormat: Sendable {
  let recognizes: @Sendable (InputFile, _ front: [UInt8]) throws -> Bool
  let read: @Sendable (MetadataRequest) throws -> LabelTable

  /// All kinds, in the order in which they are tried. Text takes what no other kind does.
  private static let all: [MetadataFormat] = [.npy, .npz, .idx, .json, .text]

  /// Reads a file of any kind.
  /// - Throws: `ArrayFileError`, `DatasetError`, `FileError`, `ZlibError`.
  static func read(_ request: MetadataRequest) throws -> LabelTable {
    let front = try request.input.front()
    let format = try all.first { try $0.recognizes(request.input, front) } ?? .text
    let table = try format.read(request)
    let got = table.columns.first?.cells.count ?? 0
    guard got == request.points else {
      throw ArrayFileError.rowCount(path: request.input.path, got: got, want: request.points, of: request.tensors)
    }
    return table
  }
}

/// An open file of metadata, and what is known about it.
struct MetadataRequest: Sendable {
  let input: InputFile
  let points: Int
  /// The file of the points, for messages.
  let tensors: String
  let options: LabelTable.Options
}

extension MetadataFormat {
  private static let npy = MetadataFormat { _, front in
    BinaryKind(front) == .numpy
  } read: { request in
    let labels = try NPYLabels.read(request.input.expanded(), encoding: request.options.encoding)
    return LabelTable(columns: [.init(name: "label", cells: labels)], shortened: 0, notes: [])
  }

  /// Each list with an element for each point becomes a column.
  private static let npz = MetadataFormat { _, front in
    guard case .numpyArchive? = BinaryKind(front) else { return false }
    return true
  } read: { request in
    let archive = try ArrayArchive(request.input.expanded())
    let lists = archive.names.compactMap { name -> LabelTable.Column? in
      let labels = try? archive.labels(name, limit: InputFile.expansionLimit)
      return labels.map { .init(name: name, cells: $0) }
    }
    let columns = lists.filter { $0.cells.count == request.points }
    if columns.isEmpty {
      let counts = lists.map { "\(DisplayName.quoted($0.name)) (\($0.cells.count))" }.joined(separator: ", ")
      throw ArrayFileError.unreadable(
        path: request.input.path,
        reason: "no list in it has \(DisplayName.counted(request.points, "label"))"
          + (counts.isEmpty ? "" : "; its lists are \(counts)"), advice: "give files that belong together")
    }
    return LabelTable(columns: columns, shortened: 0, notes: [])
  }

  private static let idx = MetadataFormat { _, front in
    IDXFile.begins(front)
  } read: { request in
    let file = try IDXFile(request.input.path, ranks: 1...1)
    return LabelTable(columns: [.init(name: "label", cells: file.texts)], shortened: 0, notes: ["IDX labels"])
  }

  private static let json = MetadataFormat { input, _ in
    try LabelTable.isJSON(input)
  } read: { request in
    try LabelTable(json: request.input, points: request.points, of: request.tensors, encoding: request.options.encoding)
  }

  private static let text = MetadataFormat { _, _ in
    true
  } read: { request in
    try LabelTable(request.input, points: request.points, of: request.tensors, request.options)
  }
}
