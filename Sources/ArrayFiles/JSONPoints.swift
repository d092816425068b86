// JSONPoints.swift
// Points and labels from JSON lines or a JSON list: objects with a list of numbers, whose other fields become metadata.

import ByteStreams

extension PointFormat {
  static let json = PointFormat(title: "JSON", names: ["jsonl", "json", "ndjson"], options: ["vector"]) { request in
    JSONPoints.begins(request.front) || JSONPoints.isNamed(request.input)
  } open: { request in
    try JSONPoints.read(request)
  }
}

/// Reads points from JSON.
enum JSONPoints {
  /// The name of points that are lists alone, in messages.
  private static let bareName = "the list"
  /// The rows from which the fields are known.
  private static let sampleRows = 100

  /// Whether bytes begin JSON: an object with a field, a list of lists or objects, or a list of two numbers. A word vector of "[" or
  /// "{" has no comma or colon there.
  static func begins(_ front: [UInt8]) -> Bool {
    var rest = (front.starts(with: [0xEF, 0xBB, 0xBF]) ? front.dropFirst(3) : front[...]).drop(while: isBlank)
    let first = rest.popFirst()
    rest = rest.drop(while: isBlank)
    if first == UInt8(ascii: "[") {
      if rest.first == UInt8(ascii: "{") { return begins(Array(rest)) }
      if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop(while: isBlank) }
      let number = rest.prefix { NumberText.isDigit($0) || "+-.eEaNnulIfity".utf8.contains($0) }
      let after = rest.dropFirst(number.count).drop(while: isBlank).first
      return !number.isEmpty && (after == UInt8(ascii: ",") || after == UInt8(ascii: "]"))
    }
    guard first == UInt8(ascii: "{"), rest.popFirst() == UInt8(ascii: "\"") else { return false }
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return rest.count > BinaryKind.frontLength / 2 }
    return rest[(end + 1)...].drop(while: isBlank).first == UInt8(ascii: ":")
  }

  /// Whether a file has the name of a JSON file.
  static func isNamed(_ input: InputFile) -> Bool {
    [".jsonl", ".json", ".ndjson"].contains(where: InputFile.contentName(input.path).hasSuffix)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func rows(_ input: InputFile) throws -> JSONRows<DecodedSource<InputFile.Source>> {
    JSONRows(try DecodedSource(input.source(), encoding: nil, path: input.path), path: input.path)
  }

  /// - Throws: `ArrayFileError`, `FileError`, `ZlibError`.
  static func read(_ request: PointRequest, from origin: [Double]? = nil) throws -> VectorTable {
    let path = request.input.path
    let wanted = try vectorField(request)
    var reader = try rows(request.input)
    var rows = VectorRows(path: path, from: origin)
    var skipped: [String] = []
    while try reader.next() {
      let record = try JSONRecord(reader.row, line: reader.line, path: path)
      guard let wanted else {
        guard let list = record.bare else {
          throw ArrayFileError.badText(
            path: path, line: reader.line, reason: "got an object, want a list of numbers as before")
        }
        try rows.append(list, line: reader.line, column: 0)
        continue
      }
      guard let place = record.fields.firstIndex(where: { $0.name == wanted }) else {
        throw ArrayFileError.badText(
          path: path, line: reader.line, reason: "the row has no field \(DisplayName.quoted(wanted)); add it, or null")
      }
      for (name, value) in record.fields where name != wanted {
        if let text = JSONRecord.text(value) {
          rows.set(name, text)
        } else if !skipped.contains(name) {
          skipped.append(name)
        }
      }
      try rows.append(record.fields[place].value, line: reader.line, column: place)
    }
    let names = rows.fields.names
    let notes = description(wanted, names, skipped)
    return try rows.table(notes, of: request) { origin in try read(request, from: origin) }
  }

  private static func description(_ vector: String?, _ names: [String], _ skipped: [String]) -> [String] {
    func list(_ names: [String]) -> String {
      names.prefix(5).map(DisplayName.quoted).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }
    let parts =
      (vector.map { ["field \(DisplayName.quoted($0)) is the point"] } ?? [])
      + (names.isEmpty ? [] : ["\(list(names)) \(names.count == 1 ? "is" : "are") metadata"])
      + (skipped.isEmpty ? [] : ["\(list(skipped)) \(skipped.count == 1 ? "is" : "are") skipped"])
    return ["JSON"] + (parts.isEmpty ? [] : [parts.joined(separator: ", ")])
  }

  /// Returns the field that holds the lists of numbers; nil if the rows are lists.
  /// - Throws: `ArrayFileError` if the user must name it.
  private static func vectorField(_ request: PointRequest) throws -> String? {
    let path = request.input.path
    var reader = try rows(request.input)
    var (vectors, names, lists): ([String], [String], [String]) = ([], [], [])
    var (count, hasLists) = (0, false)
    while count < sampleRows, try reader.next() {
      let record = try JSONRecord(reader.row, line: reader.line, path: path)
      count += 1
      if record.bare != nil { hasLists = true }
      for (name, value) in record.fields {
        if !names.contains(name) { names.append(name) }
        if VectorText.isVector(value) {
          if !vectors.contains(name) { vectors.append(name) }
        } else if value.first == UInt8(ascii: "["), !lists.contains(name) {
          lists.append(name)
        }
      }
    }
    if hasLists, names.isEmpty { return nil }
    if let wanted = request.options.vector {
      if names.contains(wanted) { return wanted }
      throw ArrayFileError.unreadable(
        path: path, reason: "its objects have no field \(DisplayName.quoted(wanted))", advice: choice(names))
    }
    if vectors.count == 1 { return vectors[0] }
    if vectors.isEmpty, count == 1, let list = lists.first {
      throw ArrayFileError.unreadable(
        path: path, reason: "it is one object, with a list in \(DisplayName.quoted(list))",
        advice: "save that list alone, as jq \(ShellWord.quoted(".\(list)")) does")
    }
    throw ArrayFileError.unreadable(
      path: path,
      reason: vectors.isEmpty
        ? "no field of its objects is a list of numbers" : "several fields of its objects are lists of numbers",
      advice: vectors.isEmpty ? "give one to each point" : choice(vectors))
  }

  private static func choice(_ names: [String]) -> String {
    "name it with --vector: \(names.prefix(8).map(DisplayName.quoted).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
  }
}

extension LabelTable {
  /// Reads labels from JSON: objects whose fields become columns, or texts and numbers, which become one.
  /// - Throws: `ArrayFileError`, `FileError`, `ZlibError`.
  package init(json input: InputFile, points: Int, of tensors: String, encoding: TextEncoding? = nil) throws {
    let path = input.path
    var reader = JSONRows(try DecodedSource(input.source(), of: .labels, encoding: encoding, path: path), path: path)
    var fields = FieldColumns()
    var count = 0
    while try reader.next() {
      let record = try JSONRecord(reader.row, line: reader.line, path: path)
      let cells = record.bare.map { [("label", $0)] } ?? record.fields
      for (name, value) in cells { if let text = JSONRecord.text(value) { fields.set(name, text, row: count) } }
      count += 1
    }
    guard count == points else { throw ArrayFileError.rowCount(path: path, got: count, want: points, of: tensors) }
    if fields.names.isEmpty {
      throw ArrayFileError.unreadable(
        path: path, reason: "its rows have no text or number", advice: "give objects with fields of text or numbers")
    }
    self.init(columns: fields.columns(rows: count), shortened: fields.shortened, notes: ["JSON"])
  }

  /// Whether a file is JSON: by its first bytes, or by its name.
  package static func isJSON(_ input: InputFile) throws -> Bool {
    try JSONPoints.isNamed(input) || JSONPoints.begins(input.front())
  }
}
