// ArrayFile.swift
// An array of numbers in a .npy, safetensors or raw file; its rows are read from the file when they are needed.

package import ByteStreams
package import PointMatrices

/// An array of one axis or more. The first axis counts the rows; all others together are the columns, the last running fastest.
package struct ArrayFile: Sendable {
  package let file: RandomAccessFile
  package let type: ElementType
  /// The extents of the axes, one or more.
  package let shape: [Int]
  /// Whether the first axis runs fastest in the file.
  package let isFortranOrder: Bool
  /// Where the elements begin, in bytes.
  package let offset: Int

  package var rows: Int { shape[0] }
  package var columns: Int { shape.dropFirst().reduce(1, *) }

  private static let pieceBytes = 1 << 20

  /// - Precondition: one axis or more, and the file holds the elements.
  init(file: RandomAccessFile, type: ElementType, shape: [Int], isFortranOrder: Bool, offset: Int) {
    precondition(!shape.isEmpty, "an array of rows")
    self.file = file
    self.type = type
    self.shape = shape
    self.isFortranOrder = isFortranOrder && shape.count > 1
    self.offset = offset
  }

  /// Reads rows in any order; adjacent rows are read together.
  /// - Parameters:
  ///   - origin: a number for each column, subtracted in double precision before rounding to float32; none, if nil.
  ///   - target: rows.count × columns.
  private func read(
    _ rows: ArraySlice<Int>, from origin: [Double]?, into target: UnsafeMutablePointer<Float>
  ) throws {
    if isFortranOrder { return try readColumns(Array(rows), from: origin, into: target) }
    var done = 0
    var rest = rows
    while let first = rest.first {
      var count = 1
      while count < rest.count, rest[rest.startIndex + count] == first + count { count += 1 }
      try readElements(first * columns, count: count * columns, from: origin, into: target + done * columns)
      done += count
      rest = rest.dropFirst(count)
    }
  }

  /// Reads adjacent elements in the order of the file. The first is in the first column.
  private func readElements(
    _ first: Int, count: Int, from origin: [Double]?, into target: UnsafeMutablePointer<Float>
  ) throws {
    let piece = Self.pieceBytes / type.size
    try withUnsafeTemporaryAllocation(byteCount: min(count, piece) * type.size, alignment: 16) { buffer in
      for start in stride(from: 0, to: count, by: piece) {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(min(piece, count - start) * type.size)])
        try fill(bytes, fromElement: first + start)
        guard let base = bytes.baseAddress else { return }
        let count = bytes.count / type.size
        if let origin {
          convert(base, count: count, from: origin, column: start % columns, into: target + start)
        } else {
          type.convert(base, count: count, into: target + start)
        }
      }
    }
  }

  /// Converts elements of consecutive columns, beginning with `column` and wrapping at the last.
  private func convert(
    _ bytes: UnsafeRawPointer, count: Int, from origin: [Double], column: Int, into target: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { wide in
      guard let base = wide.baseAddress else { return }
      type.convert(bytes, count: count, into: base)
      var column = column
      for place in 0..<count {
        target[place] = Float(base[place] - origin[column])
        column = column + 1 == columns ? 0 : column + 1
      }
    }
  }

  /// Reads an array in Fortran order, where each column lies together: picks the rows while it reads the column once.
  private func readColumns(
    _ numbers: [Int], from origin: [Double]?, into target: UnsafeMutablePointer<Float>
  ) throws {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    let piece = Self.pieceBytes / type.size
    try withUnsafeTemporaryAllocation(byteCount: min(rows, piece) * type.size, alignment: 16) { buffer in
      for column in 0..<columns {
        let start = fortranPlace(ofColumn: column) * rows
        var next = 0
        while next < order.count {
          let first = numbers[order[next]]
          var end = next + 1
          while end < order.count, numbers[order[end]] - first < min(piece, rows) { end += 1 }
          let count = numbers[order[end - 1]] - first + 1
          let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * type.size)])
          try fill(bytes, fromElement: start + first)
          guard let base = bytes.baseAddress else { return }
          for place in order[next..<end] {
            let (element, number) = (base + (numbers[place] - first) * type.size, target + place * columns + column)
            if let origin {
              convert(element, count: 1, from: origin, column: column, into: number)
            } else {
              type.convert(element, count: 1, into: number)
            }
          }
          next = end
        }
      }
    }
  }

  /// Returns the position of a column in the file, where the first axis of the columns runs fastest.
  private func fortranPlace(ofColumn column: Int) -> Int {
    let extents = shape.dropFirst()
    var (rest, place, total) = (column, 0, columns)
    var step = 1
    for extent in extents {
      total /= max(1, extent)
      let index = rest / max(1, total)
      rest -= index * total
      place += index * step
      step *= extent
    }
    return place
  }

  private func fill(_ bytes: UnsafeMutableRawBufferPointer, fromElement element: Int) throws {
    let start = offset + element * type.size
    let count = try file.read(at: start, into: bytes)
    if count < bytes.count {
      throw ArrayFileError.truncated(path: file.path, got: start + count, want: start + bytes.count)
    }
  }
}

extension ArrayFile: PointReader {
  package var path: String { file.path }
  package var points: Int { rows }
  package var dimensions: Int { columns }
  package var hasMoreDigits: Bool { type.isWide }

  /// - Throws: `FileError`; `ArrayFileError.truncated` if the file has become shorter since it was opened.
  package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard let target = buffer.baseAddress else { return }
    if isFortranOrder { return try readColumns(Array(range), from: nil, into: target) }
    try readElements(range.lowerBound * columns, count: range.count * columns, from: nil, into: target)
  }

  /// - Throws: as the other `read`.
  package func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    if let target = buffer.baseAddress { try read(rows, from: nil, into: target) }
  }

  package func matrix(of rows: [Int], around origin: [Double]?, threads: Int) throws -> PointMatrix {
    // In Fortran order every part would read all columns.
    let part = isFortranOrder ? rows.count : PointMatrix.rowsPerPart
    return try PointMatrix(rows, of: self, rowsPerPart: part, threads: threads) { rows, buffer in
      if let target = buffer.baseAddress { try read(rows, from: origin, into: target) }
    }
  }
}

extension ArrayFile {
  /// Opens a .npy file.
  /// - Throws: `ArrayFileError`, `FileError`.
  package init(npy path: String, for role: ContentRole = .numbers) throws {
    try self.init(npy: RandomAccessFile(path), for: role)
  }

  /// Opens a .npy file.
  /// - Parameter role: the purpose of the array, for messages.
  package init(npy file: RandomAccessFile, for role: ContentRole = .numbers) throws {
    let header = try NPYHeader(of: file, for: role)
    guard case .number(let type) = header.element else {
      throw ArrayFileError.unreadable(
        path: file.path, reason: "its elements are texts",
        advice: "give an array of numbers" + (role == .numbers ? " here; labels belong to --metadata" : ""))
    }
    guard !header.shape.isEmpty else { throw ArrayFileError.shape(path: file.path, got: [], want: "rows of numbers") }
    self.init(
      file: file, type: type, shape: header.shape, isFortranOrder: header.isFortranOrder, offset: header.offset)
  }

  /// Makes an array of elements in memory, row by row.
  /// - Parameter path: the path that messages show.
  /// - Precondition: one axis or more, and as many bytes as the elements of the shape have.
  package init(bytes: [UInt8], type: ElementType, shape: [Int], path: String) {
    precondition(shape.reduce(type.size, *) == bytes.count, "the elements of the shape")
    self.init(
      file: RandomAccessFile(bytes: bytes, path: path), type: type, shape: shape, isFortranOrder: false, offset: 0)
  }

  /// Opens a file of raw little-endian float32 numbers, row by row, without a header.
  /// - Throws: `ArrayFileError` if the file's size does not fit the shape; `FileError`.
  package init(raw path: String, rows: Int, columns: Int) throws {
    let file = try RandomAccessFile(path)
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooLarge) = count.multipliedReportingOverflow(by: 4)
    let want = overflow || tooLarge ? .max : bytes
    let got = try file.size(expecting: want)
    guard got >= want, want < .max else { throw ArrayFileError.truncated(path: path, got: got, want: want) }
    guard got == want else {
      // A pipe is not read to its end to find out how much more it has.
      let size = try FileStatus.of(path)?.kind == .regular ? "\(got)" : "more than \(want)"
      throw ArrayFileError.unreadable(
        path: path, reason: "it has \(size) bytes, \(rows)×\(columns) numbers of 4 bytes are \(want)",
        advice: "give the shape of what it holds")
    }
    self.init(file: file, type: ElementType(.float32), shape: [rows, columns], isFortranOrder: false, offset: 0)
  }
}

extension ArrayFile {
  /// Opens a tensor of a safetensors file.
  /// - Parameter name: the tensor's name; if nil, the file must have exactly one tensor with rows and columns.
  /// - Throws: `SafetensorsError`, `ArrayFileError`, `FileError`.
  package init(safetensors path: String, name: String? = nil) throws {
    try self.init(safetensors: RandomAccessFile(path), name: name)
  }

  /// Opens a tensor of a safetensors file.
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
      throw ArrayFileError.unreadable(path: path, reason: "it has no tensor \(name)", advice: Self.advice(entries))
    }
    let matrices = entries.filter { $0.shape.count >= 2 }
    if matrices.count == 1 { return matrices[0] }
    throw ArrayFileError.unreadable(
      path: path, reason: matrices.isEmpty ? "it has no tensor of rows and columns" : "it has several tensors",
      advice: Self.advice(entries))
  }

  private static func advice(_ entries: [SafetensorsHeader.Entry]) -> String {
    let names = entries.prefix(8).map { DisplayName.quoted($0.name) }.joined(separator: ", ")
    return entries.isEmpty ? "it is empty" : "name one with --tensor: \(names)\(entries.count > 8 ? ", …" : "")"
  }
}
