// NPYFileTests.swift
// Matrices written as .npy files read back to the same bits, and begin as NumPy's own files do.

import ByteStreams
import PointMatrices
import TestSupport
import Testing

@testable import ArrayFiles

struct NPYFileTests {
  @Test("any shape", arguments: [(1, 1), (2, 3), (0, 4), (1000, 7), (99_999, 1)])
  func shapes(count: Int, dimensions: Int) throws {
    let values = (0..<count * dimensions).map { Float($0) * 0.37 - 5 }
    let matrix = PointMatrix(count: count, dimensions: dimensions, values: values)
    let bytes = NPYFile.bytes(of: matrix)
    #expect((bytes.count - 4 * values.count) % 64 == 0 && bytes[bytes.count - 4 * values.count - 1] == 10)
    guard count > 0 else { return }
    let array = try ArrayFile(npy: RandomAccessFile(bytes: bytes, path: "x.npy"))
    #expect(array.shape == [count, dimensions] && !array.isFortranOrder)
    #expect(try array.matrix(of: Array(0..<count), around: nil, threads: 2).values == values)
  }
}
