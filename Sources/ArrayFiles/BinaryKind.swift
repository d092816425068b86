// BinaryKind.swift
// Detects binary files that were given as text.

/// Kinds of binary files, with the bytes that they begin with.
enum BinaryKind {
  private static let kinds: [(front: [UInt8], reason: String, advice: String)] = [
    ([0x1F, 0x8B], "it is gzipped", "expand it with gunzip"),
    (Array("PK\u{3}\u{4}".utf8), "it is a zip archive, as spreadsheets and numpy.savez make", "save it as CSV or .npy"),
    ([0x93] + Array("NUMPY".utf8), "it is a NumPy array", "name it .npy"),
    (Array("ARROW1\0".utf8), "it is an Arrow file", "save it as CSV"),
    ([0x89] + Array("HDF".utf8), "it is an HDF5 file", "save it as CSV or .npy"),
    ([0x28, 0xB5, 0x2F, 0xFD], "it is compressed with zstd", "expand it with unzstd"),
    (Array("BZh91AY&SY".utf8), "it is compressed with bzip2", "expand it with bunzip2"),
    ([0xFD] + Array("7zXZ".utf8), "it is compressed with xz", "expand it with unxz"),
    ([0x80, 0x04, 0x95], "it is a pickle", "save it as CSV or .npy"),
    ([0x80, 0x05, 0x95], "it is a pickle", "save it as CSV or .npy"),
    ([0xD0, 0xCF, 0x11, 0xE0], "it is a spreadsheet", "save it as CSV"),
    ([0xFF, 0xFE, 0, 0], "it is UTF-32", "convert it with iconv -f utf-32 -t utf-8"),
    ([0, 0, 0xFE, 0xFF], "it is UTF-32", "convert it with iconv -f utf-32 -t utf-8"),
  ]

  /// - Throws: `ArrayFileError.unreadable` if the bytes begin a binary file.
  static func refuse(_ front: [UInt8], path: String) throws(ArrayFileError) {
    if let kind = kinds.first(where: { front.starts(with: $0.front) }) {
      throw .unreadable(path: path, reason: kind.reason, advice: kind.advice)
    }
    // The four letters alone could be a label.
    if front.starts(with: Array("PAR1".utf8)), front.contains(0) {
      throw .unreadable(path: path, reason: "it is a Parquet file", advice: "save it as CSV")
    }
  }
}
