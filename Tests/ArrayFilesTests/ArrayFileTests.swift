// ArrayFileTests.swift
// Arrays of every type and order give the rows that NumPy saved.

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

struct ArrayFileTests {
  private func rows(_ array: ArrayFile, _ numbers: [Int]) throws -> [Float] {
    let list = try [Float](unsafeUninitializedCapacity: numbers.count * array.columns) { buffer, count in
      try array.read(numbers[...], into: buffer)
      count = numbers.count * array.columns
    }
    // Adjacent rows are the same when read as a range.
    if let first = numbers.first, numbers == Array(first..<first + numbers.count) {
      let range = try [Float](unsafeUninitializedCapacity: list.count) { buffer, count in
        try array.read(first..<first + numbers.count, into: buffer)
        count = list.count
      }
      #expect(range.map(\.bitPattern) == list.map(\.bitPattern))
    }
    return list
  }

  @Test(
    "every type that NumPy saves becomes the same numbers",
    arguments: [
      ("f2", 0.5, 0), ("f4", 0.5, 0), ("f8", 0.5, 0), ("big-f4", 0.5, 0), ("big-f8", 0.5, 0), ("i1", 1, 0),
      ("i2", 1, 0),
      ("i4", 1, 0), ("i8", 1, 0), ("u1", 1, 4), ("u2", 1, 4), ("u4", 1, 4), ("u8", 1, 4), ("fortran", 0.5, 0),
      ("version2", 0.5, 0),
    ] as [(String, Float, Float)])
  func types(name: String, scale: Float, shift: Float) throws {
    let array = try ArrayFile(npy: RealArrays.path("\(name).npy"))
    #expect(array.shape == [7, 3] && array.rows == 7 && array.columns == 3)
    let want = RealArrays.matrix(scale: scale, shift: shift)
    #expect(try rows(array, Array(0..<7)) == want)
    // Any rows in any order.
    for numbers in [[], [6], [6, 0, 3], [2, 3, 4, 0, 1], [5, 5, 6]] {
      #expect(try rows(array, numbers) == numbers.flatMap { want[$0 * 3..<$0 * 3 + 3] })
    }
  }

  @Test func truthValues() throws {
    let array = try ArrayFile(npy: RealArrays.path("bool.npy"))
    #expect(try rows(array, Array(0..<7)) == (0..<21).map { $0 % 2 == 0 ? 1 : 0 })
  }

  @Test("more dimensions are columns, the last running fastest, whatever their order in the file") func cubes() throws {
    for name in ["cube", "fortran-cube"] {
      let array = try ArrayFile(npy: RealArrays.path("\(name).npy"))
      #expect(array.rows == 2 && array.columns == 12)
      #expect(try rows(array, [1, 0]) == (12..<24).map(Float.init) + (0..<12).map(Float.init))
    }
  }

  @Test("a column that is longer than a piece is read piece by piece") func longColumns() throws {
    let count = 700_000
    var bytes = NPYBytes.header("<f4", isFortran: true, shape: "(\(count), 2)")
    for column in 0..<2 {
      for row in 0..<count { withUnsafeBytes(of: Float(row * 2 + column).bitPattern.littleEndian) { bytes += $0 } }
    }
    let array = try ArrayFile(npy: RandomAccessFile(bytes: bytes, path: "f"))
    let numbers = [count - 1, 0, 262_143, 262_144, 1, 524_288]
    #expect(try rows(array, numbers) == numbers.flatMap { [Float($0 * 2), Float($0 * 2 + 1)] })
    #expect(try rows(array, Array(0..<count)) == (0..<count * 2).map(Float.init))
  }

  @Test("halves are exact, all of them") func halves() {
    for bits in UInt16.min ... .max {
      let value = Float(halfBits: bits)
      let (sign, exponent, fraction) = (bits >> 15, Int(bits >> 10) & 31, Float(bits & 1023))
      if exponent == 31 {
        #expect(fraction == 0 ? value.isInfinite : value.isNaN)
      } else {
        let magnitude =
          exponent == 0
          ? fraction * 0x1p-24 : (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        #expect(value.magnitude == magnitude && (value.sign == .minus) == (sign == 1))
      }
    }
  }

  @Test func bfloats() {
    var value: Float = 0
    ElementType(.bfloat16).convert([0x80, 0x3F] as [UInt8], count: 1, into: &value)
    #expect(value == 1)
    ElementType(.bfloat16, isBigEndian: true).convert([0xC0, 0x49] as [UInt8], count: 1, into: &value)
    #expect(value == -3.140625)
  }

  @Test(
    "what is no array of numbers is refused with what to do",
    arguments: [
      ("structured.npy", "structured"), ("object.npy", "Python objects"), ("complex.npy", "c8"),
      ("scalar.npy", "no dimensions"),
      ("zip.npy", "zip archive"), ("labels-text.npy", "texts"), ("one.safetensors", "does not begin"),
      ("missing.npy", "No such file"),
    ])
  func refused(name: String, says: String) {
    let error = #expect(throws: (any Error).self) { try ArrayFile(npy: RealArrays.path(name)) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(says))
  }

  @Test("a file cut anywhere is refused") func cut() throws {
    let bytes = try FileContents.read(RealArrays.path("f4.npy"))
    for count in bytes.indices {
      #expect(throws: ArrayFileError.self) {
        try ArrayFile(npy: RandomAccessFile(bytes: Array(bytes[..<count]), path: "f"))
      }
    }
  }

  @Test(
    "a shape beyond the file is refused before anything is taken for it",
    arguments: [
      "(8, 3)", "(9223372036854775807, 9223372036854775807)", "(4611686018427387904,)", "(1000000000, 1000000)",
      "(0, 1099511627776, 1099511627776)", "(-1, 3)", "(7 3)", "7", "(7, 3",
    ])
  func shapes(shape: String) {
    let bytes = NPYBytes.header("<f4", isFortran: false, shape: shape) + [UInt8](repeating: 1, count: 84)
    #expect(throws: ArrayFileError.self) { try ArrayFile(npy: RandomAccessFile(bytes: bytes, path: "f")) }
  }

  @Test("a file that shrinks after it was opened is refused when it is read") func shrunk() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/f.npy"
      try AtomicFile.replace(path, bytes: FileContents.read(RealArrays.path("f4.npy")))
      let array = try ArrayFile(npy: path)
      let sink = try FileSink(path, .create)
      try sink.close()
      #expect(throws: ArrayFileError.truncated(path: path, got: 128, want: 128 + 84)) { try rows(array, Array(0..<7)) }
    }
  }

  @Test func rawNumbers() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/f.f32"
      try AtomicFile.replace(path, bytes: Array(FileContents.read(RealArrays.path("f4.npy")).suffix(84)))
      #expect(try rows(ArrayFile(raw: path, rows: 7, columns: 3), [6, 0]) == [7, 7.5, 8, -2, -1.5, -1])
      #expect(throws: ArrayFileError.truncated(path: path, got: 84, want: 96)) {
        try ArrayFile(raw: path, rows: 8, columns: 3)
      }
      let error = #expect(throws: ArrayFileError.self) { try ArrayFile(raw: path, rows: 6, columns: 3) }
      #expect(error?.description.contains("84 bytes, 6×3 numbers of 4 bytes are 72") == true)
    }
  }

  @Test func tensors() throws {
    let one = RealArrays.path("one.safetensors")
    #expect(try rows(ArrayFile(safetensors: one), Array(0..<7)) == RealArrays.matrix(scale: 0.5))
    let two = RealArrays.path("two.safetensors")
    #expect(try rows(ArrayFile(safetensors: two, name: "a"), Array(0..<7)) == RealArrays.matrix(scale: 0.5))
    #expect(try rows(ArrayFile(safetensors: two, name: "b"), Array(0..<7)) == RealArrays.matrix())
    for name in [nil, "c"] {
      let error = #expect(throws: ArrayFileError.self) { try ArrayFile(safetensors: two, name: name) }
      #expect(error?.description.contains(#"--tensor: "b", "a""#) == true)
    }
    let bytes = try FileContents.read(two)
    try withTemporaryDirectory { directory in
      for count in stride(from: 0, to: bytes.count, by: 7) {
        let path = "\(directory)/f"
        try AtomicFile.replace(path, bytes: Array(bytes[..<count]))
        #expect(throws: (any Error).self) { try ArrayFile(safetensors: path, name: "a") }
      }
    }
  }
}
