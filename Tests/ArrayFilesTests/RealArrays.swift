// RealArrays.swift
// Files that NumPy and safetensors wrote: Tests/Fixtures/real/arrays.py.

import Foundation

enum RealArrays {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/real/arrays/\(name)").path
  }

  /// Row r, column c: r · 3 + c − 4, times `scale`, plus `shift`.
  static func matrix(scale: Float = 1, shift: Float = 0) -> [Float] { (0..<21).map { (Float($0) - 4) * scale + shift } }
}
