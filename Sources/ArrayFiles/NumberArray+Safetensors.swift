// NumberArray+Safetensors.swift
// One tensor of a safetensors file, left where it is.

package import ByteStreams

extension NumberArray {
  /// A tensor of a safetensors file.
  /// - Parameter name: which; the only one that has rows and columns, if nil.
  /// - Throws: `SafetensorsError`, `ArrayFileError`, `FileError`.
  package init(safetensors path: String, name: String? = nil) throws {
    try self.init(safetensors: RandomAccessFile(path), name: name)
  }

  /// A tensor of a safetensors file.
  package init(safetensors file: RandomAccessFile, name: String? = nil) throws {
    let path = file.path
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    if !SafetensorsHeader.begins(front) { try BinaryKind.refuse(front, path: path, for: .numbers) }
    let header = try SafetensorsHeader(of: file)
    let entry = try Self.choose(header.entries, name, path: path)
    guard let kind = Self.kinds[entry.dtype] else {
      throw ArrayFileError.unreadable(
        path: path, reason: "tensor \(entry.name) has elements of type \(entry.dtype)", advice: "convert it to F32")
    }
    guard !entry.shape.isEmpty else { throw ArrayFileError.shape(path: path, got: [], want: "rows of numbers") }
    self.init(
      file: file, type: ElementType(kind), shape: entry.shape, isFortranOrder: false, offset: entry.range.lowerBound)
  }

  private static let kinds: [String: ElementType.Kind] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "I16": .int16,
    "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]

  private static func choose(
    _ entries: [SafetensorsHeader.Entry], _ name: String?, path: String
  ) throws -> SafetensorsHeader.Entry {
    if let name {
      if let entry = entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return entry }
      throw ArrayFileError.unreadable(path: path, reason: "it has no tensor \(name)", advice: Self.list(entries))
    }
    let matrices = entries.filter { $0.shape.count >= 2 }
    if matrices.count == 1 { return matrices[0] }
    throw ArrayFileError.unreadable(
      path: path, reason: matrices.isEmpty ? "it has no tensor of rows and columns" : "it has several tensors",
      advice: Self.list(entries))
  }

  private static func list(_ entries: [SafetensorsHeader.Entry]) -> String {
    let names = entries.prefix(8).map { DisplayName.quoted($0.name) }.joined(separator: ", ")
    return entries.isEmpty ? "it is empty" : "name one with --tensor: \(names)\(entries.count > 8 ? ", …" : "")"
  }
}
