// OfficialReaderTests.swift
// Fronts of safetensors and .npy files beside what the official readers say of them: Tests/Fixtures/golden/headers.py.

import ByteStreams
import Foundation
import Testing

@testable import ArrayFiles

@Suite struct OfficialReaderTests {
  /// A safetensors file.
  struct TensorCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Tensor: Decodable {
      let dtype: String
      let shape: [Int]
      let bytes: String
    }

    let name: String
    let bytes: String
    /// Nil where the official reader refuses the file.
    let tensors: [String: Tensor]?
    let says: String
    var testDescription: String { name }
  }

  /// A .npy file.
  struct ArrayCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Values: Decodable {
      let dtype: String
      let shape: [Int]
      /// The numbers, row by row, as the nearest float32.
      let values: [Value?]?
    }

    /// A number, or a text.
    enum Value: Decodable, Equatable {
      case number(Float)
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = try (try? container.decode(Float.self)).map { .number($0) } ?? .text(container.decode(String.self))
      }
    }

    let name: String
    let bytes: String
    /// Nil where NumPy refuses the file.
    let array: Values?
    let says: String
    var testDescription: String { name }
  }

  static func cases<Case: Decodable>(_ name: String) -> [Case] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/golden/headers/\(name).json")
    // Python writes NaN.
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    let decoder = JSONDecoder()
    return (try? decoder.decode([Case].self, from: Data(text.replacingOccurrences(of: "NaN", with: "null").utf8))) ?? []
  }

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  static let tensorCases: [TensorCase] = cases("safetensors")
  static let arrayCases: [ArrayCase] = cases("npy")

  @Test func allCasesAreThere() { #expect(Self.tensorCases.count > 120 && Self.arrayCases.count > 150) }

  @Test("a safetensors file is read where the official reader reads it, as the same tensors", arguments: tensorCases)
  func tensors(_ item: TensorCase) throws {
    let bytes = Self.bytes(item.bytes)
    let file = RandomAccessFile(bytes: bytes, path: "dir/f\n")
    guard let want = item.tensors else {
      let error = #expect(throws: SafetensorsError.self, "refused: \(item.says)") { try SafetensorsHeader(of: file) }
      let text = try #require(error?.description)
      #expect(text.contains(#""dir/f\u{A}""#) && !text.contains("\n"), "\(text)")
      return
    }
    let header = try SafetensorsHeader(of: file)
    // Names in both normal forms are one key of a Swift dictionary.
    #expect(header.entries.count == (item.name == "names in both normal forms" ? 2 : want.count))
    for entry in header.entries where item.name != "names in both normal forms" {
      let tensor = try #require(want[entry.name])
      #expect(entry.dtype == tensor.dtype && entry.shape == tensor.shape)
      #expect(Array(bytes[entry.range]) == Self.bytes(tensor.bytes))
    }
  }

  @Test("of names in both normal forms each has its own bytes") func normalForms() throws {
    let item = try #require(Self.tensorCases.first { $0.name == "names in both normal forms" })
    let header = try SafetensorsHeader(of: RandomAccessFile(bytes: Self.bytes(item.bytes), path: "f"))
    #expect(header.entries.map { Array($0.name.utf8) } == [Array("\u{E9}".utf8), Array("e\u{301}".utf8)])
    #expect(header.entries.map(\.range.count) == [4, 4])
  }

  /// Ways to write a header that NumPy reads, no program uses, and that are refused here.
  private static let unused: Set = [
    "comment behind", "form feed in front", "line end in front", "parentheses around", "backslash", "escape in a text",
    "texts side by side", "prefixed text", "raw text", "?", "i", "f", "d", "float32", "<f16", "<f",
    "two numbers as one element", "complex", "time", "void", "structured", "structured, nested", "a4", "plus",
    "underscore", "hexadecimal", "nested tuple",
  ]

  @Test("a .npy header is read as NumPy reads it, or refused in a line", arguments: arrayCases)
  func arrays(_ item: ArrayCase) throws {
    let file = RandomAccessFile(bytes: Self.bytes(item.bytes), path: "dir/f\n")
    guard let want = item.array, !Self.unused.contains(item.name) else {
      let error = #expect(throws: ArrayFileError.self, "refused: \(item.says)") { try NPYHeader(of: file) }
      let text = try #require(error?.description)
      #expect(text.contains(#""dir/f\u{A}""#) && !text.contains("\n"), "\(text)")
      return
    }
    let header = try NPYHeader(of: file)
    #expect(header.shape == want.shape)
    let size = Int(want.dtype.drop { !$0.isNumber }) ?? 0
    #expect(header.element.size == (want.dtype.contains("U") ? 4 * size : size))
    if case .number(let type) = header.element, type.size > 1 {
      #expect(type.isBigEndian == want.dtype.hasPrefix(">") && type.isWhole == !want.dtype.contains("f"))
    }
    guard case .number = header.element, !want.shape.isEmpty else { return }
    let array = try ArrayFile(npy: file)
    var values = [Float](repeating: 0, count: want.shape.reduce(1, *))
    try values.withUnsafeMutableBufferPointer { try array.read(0..<array.rows, into: $0) }
    #expect(values.map { ArrayCase.Value?.some(.number($0)) } == want.values)
  }
}
