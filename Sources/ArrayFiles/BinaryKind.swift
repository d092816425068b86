// BinaryKind.swift
// Recognizes files of other formats by their content.

/// The purpose for which a file is read.
package enum ContentRole: Sendable {
  case numbers, labels, images
}

/// A format that is not read, recognized by its first bytes.
package enum BinaryKind: Equatable, Sendable {
  /// `program` expands it.
  case compressed(name: String, program: String)
  case numpy
  /// `numpy.savez` made it; `array` is its first array.
  case numpyArchive(array: String)
  case pytorch
  case pickle
  /// A pickle with arrays in it that only joblib reads.
  case joblib
  case hdf5
  /// `reader` is the function of pandas.
  case table(name: String, reader: String)
  case spreadsheet
  /// `file` is the first one in it.
  case zip(file: String)
  case utf32

  /// The number of bytes that are looked at.
  package static let frontLength = 512

  private static let kinds: [(front: [UInt8], kind: BinaryKind)] = [
    ([0x1F, 0x8B], .compressed(name: "gzipped", program: "gunzip")),
    ([0x28, 0xB5, 0x2F, 0xFD], .compressed(name: "compressed with zstd", program: "unzstd")),
    (Array("BZh91AY&SY".utf8), .compressed(name: "compressed with bzip2", program: "bunzip2")),
    ([0xFD] + Array("7zXZ".utf8), .compressed(name: "compressed with xz", program: "unxz")),
    ([0x93] + Array("NUMPY".utf8), .numpy),
    (Array("ARROW1\0".utf8), .table(name: "an Arrow file", reader: "read_feather")),
    ([0x89] + Array("HDF".utf8), .hdf5),
    ([0xD0, 0xCF, 0x11, 0xE0], .spreadsheet),
    ([0xFF, 0xFE, 0, 0], .utf32),
    // torch.save before PyTorch 1.6.
    ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], .pytorch),
  ]

  /// - Parameter front: the beginning of a file.
  package init?(_ front: some Collection<UInt8>) {
    let front = Array(front.prefix(Self.frontLength))
    if let known = Self.kinds.first(where: { front.starts(with: $0.front) }) {
      self = known.kind
    } else if front.starts(with: Array("PAR1".utf8)), front.contains(0) {
      // The four letters alone could be a label.
      self = .table(name: "a Parquet file", reader: "read_parquet")
    } else if front.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      self = Self.archive(front)
    } else if Self.isPickle(front) {
      self = front.indices.contains { front[$0...].starts(with: Array("joblib.numpy_pickle".utf8)) } ? .joblib : .pickle
    } else {
      return nil
    }
  }

  /// Tells zip archives apart by the name of their first file.
  private static func archive(_ front: [UInt8]) -> BinaryKind {
    let length = front.count < 30 ? 0 : Int(front[26]) | Int(front[27]) << 8
    let name = String(decoding: front.dropFirst(30).prefix(length), as: UTF8.self)
    if name.hasSuffix(".npy") { return .numpyArchive(array: String(name.dropLast(4))) }
    if ["/data.pkl", "/version", "/byteorder"].contains(where: name.hasSuffix) { return .pytorch }
    let isOffice =
      name == "mimetype" || ["[Content_Types]", "_rels/", "xl/", "docProps/"].contains(where: name.hasPrefix)
    return isOffice ? .spreadsheet : .zip(file: name)
  }

  /// Protocols 2 to 5 begin with their number and an opcode. Protocol 0 is text that begins with a list, a dictionary or a class.
  private static func isPickle(_ front: [UInt8]) -> Bool {
    if front.count > 2, front[0] == 0x80, (2...5).contains(front[1]) {
      // A safetensors file may begin with the same two bytes.
      return front[2] == 0x95 || "c](}X)lGJKU".utf8.contains(front[2])
    }
    return ["(lp0\n", "(dp0\n", "cnumpy.", "cpandas.", "ccopy_reg\n"].contains { front.starts(with: Array($0.utf8)) }
  }

  /// - Throws: `ArrayFileError.unreadable` if the bytes begin a file of another format.
  static func refuse(_ front: some Collection<UInt8>, path: String, for role: ContentRole) throws(ArrayFileError) {
    if let kind = BinaryKind(front) { throw kind.error(path, for: role) }
  }

  /// Says what the file is and how to convert it.
  package func error(_ path: String, for role: ContentRole) -> ArrayFileError {
    .unreadable(path: path, reason: "it is \(name)", advice: advice(path, for: role))
  }

  private var name: String {
    switch self {
    case .compressed(let name, _), .table(let name, _): name
    case .numpy: "a NumPy array"
    case .numpyArchive: "a zip archive of NumPy arrays, as numpy.savez makes it"
    case .pytorch: "a PyTorch file"
    case .pickle: "a pickle"
    case .joblib: "a file of joblib"
    case .hdf5: "an HDF5 file"
    case .spreadsheet: "a spreadsheet"
    case .zip: "a zip archive"
    case .utf32: "UTF-32"
    }
  }

  private func advice(_ path: String, for role: ContentRole) -> String {
    let load: (imports: String, value: String)
    switch self {
    case .numpy: return "give it a name that ends in .npy"
    case .spreadsheet: return "save it as CSV in the program that made it"
    case .compressed(_, let program): return FileConversion(expanding: path, with: program).advice
    case .utf32: return FileConversion(decoding: path, from: "utf-32").advice
    case .zip(let file): return FileConversion(unpacking: path, file: file).advice
    case .table(_, let reader): return FileConversion(table: path, reader: reader).advice
    case .numpyArchive: load = ("", "numpy.load(sys.argv[1], allow_pickle=True)[sys.argv[3]]")
    case .pytorch:
      let tensor = "torch.as_tensor(torch.load(sys.argv[1], map_location=\"cpu\")).detach()"
      load = ("torch", role == .numbers ? tensor + ".float().numpy()" : tensor + ".numpy()")
    case .pickle: load = ("pickle", "pickle.load(open(sys.argv[1], \"rb\"))")
    case .joblib: load = ("joblib", "joblib.load(sys.argv[1])")
    case .hdf5: load = ("h5py", "next(iter(h5py.File(sys.argv[1]).values()))[()]")
    }
    let array: [String] = if case .numpyArchive(let array) = self { [array] } else { [] }
    return FileConversion(array: path, importing: load.imports, load.value, for: role, arguments: array).advice
  }
}
