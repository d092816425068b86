// NPYHeader.swift
// The front of a .npy file: what its elements are, and how they are arranged.

import ByteStreams

/// The magic "\x93NUMPY", a version, the length of a text, and the text: a Python dictionary of descr, fortran_order and shape.
///
/// Source: NumPy, "numpy.lib.format", versions 1.0 to 3.0.
struct NPYHeader: Equatable {
  /// The type of the elements, from the key `descr`.
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
  /// The longest text that is read, as by NumPy.
  static let textLimit = 10_000

  /// Reads the header of a file, and checks what it declares against the file's size.
  /// - Parameter role: what the array is for, which decides how another type is converted.
  /// - Throws: `ArrayFileError`, `FileError`.
  init(of file: RandomAccessFile, for role: ContentRole = .numbers) throws {
    try self.init(atFrontOf: file, for: role)
    let size = shape.byteCount(elementSize: max(1, element.size))?.addingReportingOverflow(offset)
    let want = size.map { $0.overflow ? .max : $0.partialValue } ?? .max
    let got = try file.size(expecting: want)
    guard got >= want, want < .max else { throw ArrayFileError.truncated(path: file.path, got: got, want: want) }
  }

  /// Returns the shape of an array of numbers from the first bytes of its file; nil for anything else.
  static func shape(atFrontOf bytes: [UInt8], path: String) -> [Int]? {
    guard let header = try? NPYHeader(atFrontOf: RandomAccessFile(bytes: bytes, path: path), for: .numbers),
      case .number = header.element
    else { return nil }
    return header.shape
  }

  /// Reads the header alone.
  private init(atFrontOf file: RandomAccessFile, for role: ContentRole) throws {
    let front = try file.bytes(at: 0, count: 12)
    if !front.starts(with: Self.magic) { throw try Self.otherContent(file, for: role) }
    let (major, minor) = (front.count > 6 ? front[6] : 0, front.count > 7 ? front[7] : 0)
    guard (1...3).contains(major), minor == 0 else {
      throw Self.unreadable(
        file.path, "it is of version \(major).\(minor) of the .npy format", "save it with numpy.save")
    }
    let lengthBytes = major == 1 ? 2 : 4
    guard front.count >= 8 + lengthBytes else {
      throw ArrayFileError.truncated(path: file.path, got: front.count, want: 8 + lengthBytes)
    }
    let length = front[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.textLimit else {
      throw Self.unreadable(
        file.path, "its header would have \(length) bytes, at most \(Self.textLimit) are read",
        "save it with numpy.save")
    }
    offset = 8 + lengthBytes + length
    let text = try file.bytes(at: 8 + lengthBytes, count: length)
    guard text.count == length else {
      throw ArrayFileError.truncated(path: file.path, got: 8 + lengthBytes + text.count, want: offset)
    }
    var fields = PythonLiteral(text, hasLongNumbers: major < 3)
    do throws(PythonLiteral.Fault) {
      let dictionary = try fields.header()
      (isFortranOrder, shape) = (dictionary.isFortranOrder, dictionary.shape)
      element = try Self.element(dictionary.descr, path: file.path, for: role)
    } catch {
      throw Self.unreadable(file.path, error.reason, error.advice)
    }
  }

  /// Returns the error for a file that does not begin as a .npy file.
  private static func otherContent(_ file: RandomAccessFile, for role: ContentRole) throws -> ArrayFileError {
    let front = try file.bytes(at: 0, count: BinaryKind.frontLength)
    if let kind = BinaryKind(front) { return kind.error(file.path, for: role) }
    let reason = front.isEmpty ? "it is empty" : "it does not begin as a .npy file does"
    return unreadable(file.path, reason, "save it with numpy.save")
  }

  private static func unreadable(_ path: String, _ reason: String, _ advice: String) -> ArrayFileError {
    .unreadable(path: path, reason: reason, advice: advice)
  }

  /// `descr`, for example "<f4", "|u1", "<U12", "f8".
  private static func element(
    _ descr: String?, path: String, for role: ContentRole
  ) throws(PythonLiteral.Fault) -> Element {
    guard let descr else {
      throw PythonLiteral.Fault(
        "its elements are structured", "save one field, as in numpy.save(file, array[\"field\"])")
    }
    func other(_ reason: String, _ value: String) -> PythonLiteral.Fault {
      PythonLiteral.Fault(reason, FileConversion(array: path, value, for: role).advice)
    }
    let hasOrder = descr.first.map { "<>|=".contains($0) } ?? false
    let type = hasOrder ? descr.dropFirst() : descr[...]
    let (kind, isBig) = (type.first ?? " ", descr.first == ">")
    guard kind != "O" else {
      let array = "numpy.load(sys.argv[1], allow_pickle=True)"
      // Each row may be an object of its own.
      throw other("its elements are Python objects", role == .labels ? array : "numpy.stack(\(array))")
    }
    if let size = Int(type.dropFirst()), size >= 0 {
      if kind == "U", size <= 1 << 24 { return .text(length: size, isBigEndian: isBig) }
      if kind == "S", size <= 1 << 24 { return .bytes(length: size) }
      if let found = kinds["\(kind)\(size)"] { return .number(ElementType(found, isBigEndian: isBig)) }
    }
    if kind == "V" { throw PythonLiteral.Fault("its elements are \(descr)", "save it as float32, with numpy.save") }
    throw other("its elements are \(descr)", "numpy.load(sys.argv[1])" + (kind == "c" ? ".real" : ""))
  }

  private static let kinds: [String: ElementType.Kind] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]
}

/// A reader of the few Python literals in a header. NumPy reads every accepted header to the same values; it also accepts other
/// spellings, which no program writes.
private struct PythonLiteral {
  /// A fault, and what to do about it.
  struct Fault: Error {
    let reason: String
    let advice: String

    init(_ reason: String, _ advice: String = "save it with numpy.save") {
      self.reason = reason
      self.advice = advice
    }
  }

  private let bytes: [UInt8]
  private let hasLongNumbers: Bool
  private var place = 0

  /// - Parameter hasLongNumbers: whether numbers may end in L, as Python 2 wrote them.
  init(_ bytes: [UInt8], hasLongNumbers: Bool) {
    self.bytes = bytes
    self.hasLongNumbers = hasLongNumbers
  }

  /// {'descr': …, 'fortran_order': …, 'shape': …}, in any order, and nothing else. `descr` is nil where it is a list.
  mutating func header() throws(Fault) -> (descr: String?, isFortranOrder: Bool, shape: [Int]) {
    let fault = Fault("its header is no dictionary of descr, fortran_order and shape")
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    guard place < bytes.count, bytes[place] == UInt8(ascii: "{"), take("{") else { throw fault }
    var descr: String??
    var isFortranOrder: Bool?
    var shape: [Int]?
    while !take("}") {
      guard let key = string(), take(":") else { throw fault }
      switch key {
      case "descr":
        if let text = string() {
          descr = .some(text)
        } else {
          guard skipList() else { throw Fault("the descr in its header is no text") }
          descr = .some(nil)
        }
      case "fortran_order":
        let word = word()
        guard word == "True" || word == "False" else { throw Fault("fortran_order in its header is not True or False") }
        isFortranOrder = word == "True"
      case "shape":
        guard let tuple = tuple() else { throw Fault("the shape in its header is no tuple of whole numbers") }
        shape = tuple
      default: throw fault
      }
      if !take(",") {
        guard take("}") else { throw fault }
        break
      }
    }
    guard let descr, let isFortranOrder, let shape else { throw fault }
    skipBlanks()
    if place < bytes.count { throw Fault("its header continues after the dictionary") }
    return (descr, isFortranOrder, shape)
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(bytes[place]) { place += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
    place += 1
    return true
  }

  /// A text without escapes, on one line.
  private mutating func string() -> String? {
    for quote in ["'", "\""] as [Character] where take(quote) {
      let text = bytes[place...].prefix { $0 != quote.asciiValue }
      guard text.endIndex < bytes.count, !text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else {
        return nil
      }
      place = text.endIndex + 1
      return String(decoding: text, as: UTF8.self)
    }
    return nil
  }

  private mutating func word() -> String {
    skipBlanks()
    let rest = bytes[place...].prefix { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F }
    place += rest.count
    return String(decoding: rest, as: UTF8.self)
  }

  /// Whole numbers of 0 or more between parentheses; a single one has a comma behind it.
  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number(), numbers.count < 64 else { return nil }
      numbers.append(number)
      if !take(",") {
        guard numbers.count > 1, take(")") else { return nil }
        break
      }
    }
    return numbers
  }

  /// Decimal digits, without zeros in front.
  private mutating func number() -> Int? {
    var digits = word()[...]
    if hasLongNumbers, digits.last == "L" { digits.removeLast() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    if digits.first == "0", digits.contains(where: { $0 != "0" }) { return nil }
    return Int(digits)
  }

  /// Passes over a list, whatever is in it.
  private mutating func skipList() -> Bool {
    guard take("[") else { return false }
    var depth = 1
    while place < bytes.count, depth > 0 {
      switch bytes[place] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        if string() == nil { return false }
        continue
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      default: break
      }
      place += 1
    }
    return depth == 0
  }
}
