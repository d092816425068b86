// NumberArray.swift
// An array of numbers that stays in its file; rows are read as they are wanted.

package import ByteStreams

/// An array of one dimension or more, its first the rows; all others together are the columns, the last running fastest.
package struct NumberArray: Sendable {
  package let file: RandomAccessFile
  package let type: ElementType
  /// One extent or more.
  package let shape: [Int]
  /// Whether the first dimension runs fastest in the file.
  package let isFortranOrder: Bool
  /// Where the elements begin, in bytes.
  package let offset: Int

  package var rows: Int { shape[0] }
  package var columns: Int { shape.dropFirst().reduce(1, *) }

  private static let pieceBytes = 1 << 20

  /// - Precondition: one dimension or more; the file has the elements.
  init(file: RandomAccessFile, type: ElementType, shape: [Int], isFortranOrder: Bool, offset: Int) {
    precondition(!shape.isEmpty, "an array of rows")
    self.file = file
    self.type = type
    self.shape = shape
    self.isFortranOrder = isFortranOrder && shape.count > 1
    self.offset = offset
  }

  /// Reads rows, one after the other, from several threads at once if wanted.
  /// - Parameters:
  ///   - numbers: of the rows, in any order. Neighbors are read together.
  ///   - origin: a number for each column, taken from it in double precision before it becomes a float32; none, if nil.
  ///   - target: numbers.count × columns.
  /// - Throws: `FileError`; `ArrayFileError.truncated` where the file has been cut since.
  package func read(
    _ numbers: some RandomAccessCollection<Int>, from origin: [Double]? = nil, into target: UnsafeMutablePointer<Float>
  ) throws {
    if isFortranOrder {
      try readColumns(Array(numbers), from: origin, into: target)
    } else {
      var done = 0
      var rest = numbers[...]
      while let first = rest.first {
        var count = 1
        while count < rest.count, rest[rest.index(rest.startIndex, offsetBy: count)] == first + count { count += 1 }
        try readElements(first * columns, count: count * columns, from: origin, into: target + done * columns)
        done += count
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Neighboring elements, as they lie in the file, the first of them in the first column.
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

  /// Elements of neighboring columns, from `column` on and from the first again.
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

  /// Each column lies together: the rows wanted are picked from a pass over it.
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

  /// Where a column comes in the file, of all columns: there its first dimension runs fastest.
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

extension NumberArray {
  /// The array of a .npy file.
  /// - Throws: `ArrayFileError`, `FileError`.
  package init(npy path: String, for role: ContentRole = .numbers) throws {
    try self.init(npy: RandomAccessFile(path), for: role)
  }

  /// The array of a .npy file.
  /// - Parameter role: what it is for, which messages depend on.
  package init(npy file: RandomAccessFile, for role: ContentRole = .numbers) throws {
    let header = try NPYHeader(of: file, for: role)
    guard case .number(let type) = header.element else {
      throw ArrayFileError.unreadable(
        path: file.path, reason: "its elements are texts",
        advice: "give an array of numbers here; labels belong to --metadata")
    }
    guard !header.shape.isEmpty else { throw ArrayFileError.shape(path: file.path, got: [], want: "rows of numbers") }
    self.init(
      file: file, type: type, shape: header.shape, isFortranOrder: header.isFortranOrder, offset: header.offset)
  }

  /// Raw little-endian float32 numbers, row by row, and nothing else.
  /// - Throws: `ArrayFileError` where the file's size is not the shape's.
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
