// NPYHeader.swift
// The front of a .npy file: what its elements are, and how they are arranged.

import ByteStreams

/// The magic "\x93NUMPY", a version, the length of a text, and the text: a Python dictionary of descr, fortran_order and shape.
///
/// Source: NumPy, "numpy.lib.format", versions 1.0 to 3.0.
struct NPYHeader: Equatable {
  /// What `descr` says.
  enum Element: Equatable {
    case number(ElementType)
    /// `length` UTF-32 characters, zeros at the end.
    case text(length: Int, isBigEndian: Bool)
    /// `length` bytes, zeros at the end.
    case bytes(length: Int)

    var size: Int {
      switch self {
      case .number(let type): type.size
      case .text(let length, _): length * 4
      case .bytes(let length): length
      }
    }
  }

  let element: Element
  let isFortranOrder: Bool
  let shape: [Int]
  /// Where the elements begin.
  let offset: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest text that is read.
  static let textLimit = 1 << 20

  /// Reads the header of a file, and holds what it declares against the file's size.
  /// - Throws: `ArrayFileError`, `FileError`.
  init(of file: RandomAccessFile) throws {
    let front = try file.bytes(at: 0, count: 12)
    try Self.checkMagic(front, path: file.path)
    let major = front.count > 6 ? front[6] : 0
    guard (1...3).contains(major) else {
      throw Self.unreadable(file.path, "it is of version \(major) of the .npy format", "save it with numpy.save")
    }
    let lengthBytes = major == 1 ? 2 : 4
    guard front.count >= 8 + lengthBytes else {
      throw ArrayFileError.truncated(path: file.path, got: file.size, want: 8 + lengthBytes)
    }
    let length = front[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.textLimit else {
      throw Self.unreadable(file.path, "its header would have \(length) bytes", "save it with numpy.save")
    }
    offset = 8 + lengthBytes + length
    let text = try file.bytes(at: 8 + lengthBytes, count: length)
    guard text.count == length else { throw ArrayFileError.truncated(path: file.path, got: file.size, want: offset) }
    var fields = PythonLiteral(text)
    guard let dictionary = fields.header() else {
      throw Self.unreadable(
        file.path, "its header is no dictionary of descr, fortran_order and shape", "save it with numpy.save")
    }
    (isFortranOrder, shape) = (dictionary.isFortranOrder, dictionary.shape)
    element = try Self.element(dictionary.descr, path: file.path)
    guard let size = shape.byteCount(elementSize: max(1, element.size)) else {
      throw ArrayFileError.truncated(path: file.path, got: file.size, want: .max)
    }
    let (want, overflow) = size.addingReportingOverflow(offset)
    guard !overflow, file.size >= want else {
      throw ArrayFileError.truncated(path: file.path, got: file.size, want: overflow ? .max : want)
    }
  }

  private static func checkMagic(_ front: [UInt8], path: String) throws {
    if front.starts(with: magic) { return }
    if front.isEmpty { throw unreadable(path, "it is empty", "save it with numpy.save") }
    if front.starts(with: Array("PK".utf8)) {
      throw unreadable(path, "it is a zip archive, as numpy.savez makes them", "save the one array with numpy.save")
    }
    if front.starts(with: [0x1F, 0x8B]) { throw unreadable(path, "it is gzipped", "expand it with gunzip") }
    throw unreadable(path, "it does not begin as a .npy file does", "save it with numpy.save")
  }

  private static func unreadable(_ path: String, _ reason: String, _ advice: String) -> ArrayFileError {
    .unreadable(path: path, reason: reason, advice: advice)
  }

  /// `descr`, for example "<f4", "|u1", "<U12".
  private static func element(_ descr: String?, path: String) throws -> Element {
    guard let descr else {
      throw unreadable(path, "its elements are structured", "save one field, as in numpy.save(file, array[\"field\"])")
    }
    let order = descr.first ?? " "
    let (kind, digits) = (descr.dropFirst().first ?? " ", descr.dropFirst(2))
    let isBig = order == ">"
    guard "<>|=".contains(order), let size = Int(digits), size >= 0 else {
      let advice =
        descr.contains("O") ? "convert it, as in array.astype(\"float32\")" : "save it as float32, with numpy.save"
      throw unreadable(
        path, descr.contains("O") ? "its elements are Python objects" : "its elements are \(descr)", advice)
    }
    if kind == "U", size <= 1 << 24 { return .text(length: size, isBigEndian: isBig) }
    if kind == "S", size <= 1 << 24 { return .bytes(length: size) }
    let kinds: [String: ElementType.Kind] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
      "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    ]
    guard let found = kinds["\(kind)\(size)"] else {
      throw unreadable(path, "its elements are \(descr)", "save it as float32, with numpy.save")
    }
    return .number(ElementType(found, isBigEndian: isBig))
  }
}

/// The few Python literals that a header is made of.
private struct PythonLiteral {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// {'descr': …, 'fortran_order': …, 'shape': …}, in any order; nil for anything else. `descr` is nil where it is no text.
  mutating func header() -> (descr: String?, isFortranOrder: Bool, shape: [Int])? {
    guard take("{") else { return nil }
    var descr: String??
    var isFortranOrder: Bool?
    var shape: [Int]?
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr":
        if let text = string() {
          descr = .some(text)
        } else {
          guard skipList() else { return nil }
          descr = .some(nil)
        }
      case "fortran_order":
        guard let word = word(), word == "True" || word == "False" else { return nil }
        isFortranOrder = word == "True"
      case "shape":
        guard let tuple = tuple() else { return nil }
        shape = tuple
      default: return nil
      }
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    guard let descr, let isFortranOrder, let shape else { return nil }
    return (descr, isFortranOrder, shape)
  }

  private mutating func take(_ character: Character) -> Bool {
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x0A { place += 1 }
    guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func string() -> String? {
    for quote in ["'", "\""] as [Character] where take(quote) {
      guard let end = bytes[place...].firstIndex(of: quote.asciiValue ?? 0) else { return nil }
      defer { place = end + 1 }
      return String(decoding: bytes[place..<end], as: UTF8.self)
    }
    return nil
  }

  private mutating func word() -> String? {
    while place < bytes.count, bytes[place] == 0x20 { place += 1 }
    let rest = bytes[place...].prefix { (0x30...0x39).contains($0) || (0x41...0x7A).contains($0) }
    place += rest.count
    return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }

  /// Whole numbers of 0 or more between parentheses.
  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      // NumPy for Python 2 wrote 3L.
      guard let word = word(), let number = Int(word.last == "L" ? String(word.dropLast()) : word), number >= 0,
        numbers.count < 64
      else { return nil }
      numbers.append(number)
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return numbers
  }

  /// Passes over a list, whatever is in it.
  private mutating func skipList() -> Bool {
    guard take("[") else { return false }
    var depth = 1
    while place < bytes.count, depth > 0 {
      if bytes[place] == UInt8(ascii: "[") { depth += 1 }
      if bytes[place] == UInt8(ascii: "]") { depth -= 1 }
      place += 1
    }
    return depth == 0
  }
}
