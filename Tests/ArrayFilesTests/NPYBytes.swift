// NPYBytes.swift
// The front of .npy files that no NumPy would write.

enum NPYBytes {
  static func header(_ descr: String, isFortran: Bool, shape: String) -> [UInt8] {
    let text = "{'descr': '\(descr)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
      + Array(text.utf8)
  }
}
