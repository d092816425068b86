// PointFormat.swift
// The kinds of files that hold points, and how a file is recognized as one of them.

import ByteStreams

/// One kind of file. A new kind is a file of code with an extension of this type, and an entry in `all`.
package struct PointFormat: Sendable {
  /// The kind, for messages: "a NumPy array".
  let title: String
  /// The names of `--format`.
  let names: [String]
  /// The options about points that apply to it, as `PointTable.Options.given` names them.
  let options: Set<String>
  /// Whether a file is of this kind, by its content and then by its name.
  let recognizes: @Sendable (PointRequest) throws -> Bool
  let open: @Sendable (PointRequest) throws -> any PointReader

  /// All kinds, in the order in which they are tried.
  static let all: [PointFormat] = [.npy, .npz, .safetensors, .word2vec, .json, .vectorCells, .text]

  /// The names of `--format`.
  package static let allNames: [String] = all.flatMap(\.names).reduce(into: []) { names, name in
    if !names.contains(name) { names.append(name) }
  }

  /// Opens a file of any kind.
  /// - Parameter name: the kind that the user has named; recognized, if nil.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`, `ZlibError`.
  static func open(_ request: PointRequest, named name: String? = nil) throws -> any PointReader {
    let format = try choose(request, name)
    for option in request.options.given + (request.tensor == nil ? [] : ["tensor"])
    where !format.options.contains(option) {
      throw ArrayFileError.unreadable(
        path: request.input.path, reason: "it is \(format.title), to which --\(option) does not apply",
        advice: "leave out --\(option)")
    }
    return try format.open(request)
  }

  private static func choose(_ request: PointRequest, _ name: String?) throws -> PointFormat {
    let possible = name.map { name in all.filter { $0.names.contains(name) } } ?? all
    for format in possible where try format.recognizes(request) { return format }
    if name != nil, let last = possible.last { return last }
    if let kind = BinaryKind(request.front) { throw kind.error(request.input.path, for: .numbers) }
    let ending = InputFile.contentName(request.input.path)
    for format in all { for name in format.names where ending.hasSuffix(".\(name)") { return format } }
    throw ArrayFileError.unreadable(
      path: request.input.path,
      reason: request.front.isEmpty ? "it is empty" : "neither its name nor its first bytes say what it holds",
      advice: "give the --shape of raw float32 numbers, as in --shape 10000x128, or save it with numpy.save")
  }
}

/// An open file of points, and the user's answers about it.
struct PointRequest: Sendable {
  let input: InputFile
  /// The first bytes.
  let front: [UInt8]
  let options: PointTable.Options
  /// The name of an array in a file of several.
  let tensor: String?

  init(_ input: InputFile, _ options: PointTable.Options, tensor: String? = nil) throws {
    (self.input, self.options, self.tensor) = (input, options, tensor)
    front = try input.front()
  }
}

extension PointFormat {
  static let npy = PointFormat(title: "a NumPy array", names: ["npy"], options: []) {
    $0.front.starts(with: NPYHeader.magic)
  } open: { request in
    try ArrayFile(npy: request.input.expanded()).ofPoints
  }

  static let safetensors = PointFormat(title: "a safetensors file", names: ["safetensors"], options: ["tensor"]) {
    SafetensorsHeader.begins($0.front)
  } open: { request in
    try ArrayFile(safetensors: request.input.expanded(), name: request.tensor).ofPoints
  }

  static let text = PointFormat(
    title: "a table in a text file", names: ["csv", "tsv", "txt", "word2vec"],
    options: ["tensors-header", "columns", "decimal-comma"]
  ) { request in
    request.isText
  } open: { request in
    try PointTable(request.input, request.options)
  }
}

extension PointRequest {
  private static let textEndings = [".tsv", ".tab", ".csv", ".txt", ".vec"]

  /// Whether the file is text: by its name, or because all of its first bytes are characters.
  var isText: Bool {
    if BinaryKind(front) != nil { return false }
    let name = InputFile.contentName(input.path)
    if Self.textEndings.contains(where: name.hasSuffix) { return true }
    if front.isEmpty || [".npy", ".npz", ".safetensors"].contains(where: name.hasSuffix) { return false }
    return TextEncoding.marked(front[...]) != nil || TextEncoding.unmarkedUTF16(front[...]) != nil
      || front.allSatisfy(\.isText)
  }
}

extension UInt8 {
  /// Whether the byte occurs in text; those from 128 on are parts of characters.
  fileprivate var isText: Bool { self >= 0x20 && self != 0x7F || (0x09...0x0D).contains(self) }
}

extension ArrayFile {
  /// The array, if it has rows and columns.
  /// - Throws: `ArrayFileError.shape`.
  var ofPoints: ArrayFile {
    get throws {
      if shape.count >= 2 { return self }
      throw ArrayFileError.shape(path: path, got: shape, want: "points × dimensions")
    }
  }
}
