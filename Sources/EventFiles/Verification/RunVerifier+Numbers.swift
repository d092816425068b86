// RunVerifier+Numbers.swift
// Checks scalars and histograms.

import ByteStreams

extension RunVerifier {
  mutating func checkScalar(_ value: VerifiedValue, _ number: Int, _ step: Int64, _ spot: Spot) {
    if value.fields.form == .simpleValue {
      if !value.fields.number.isFinite { noteNotFinite(Double(value.fields.number), number, step, spot) }
      return
    }
    guard let tensor = value.tensor else { return }
    let answer = PythonScalar(tensor)
    if tensor.kind == .float, tensor.shape.isEmpty, answer == .number {
      if let number_ = tensor.firstNumber, !number_.isFinite { noteNotFinite(number_, number, step, spot) }
      return
    }
    if answer == .failure { series[number].unserved.python = "a value that can't be sent" }
    let rule: EventRule = answer == .failure ? .unservedScalar : tensor.kind == .float ? .wrongShape : .wrongType
    add(rule, number, spot) {
      let what =
        tensor.isFilled
        ? "a scalar of type \(tensor.typeName) and shape \(tensor.shape)"
        : "a tensor of type \(tensor.typeName) and shape \(tensor.shape) that holds \(DisplayName.counted(tensor.storedCount ?? 0, "element"))"
      return FindingText(
        "\(what); only a float of rank 0 is shown by both loaders", python: answer.effect, rust: "it hides the value",
        breaksHParams: answer != .number)
    }
  }

  private mutating func noteNotFinite(_ value: Double, _ number: Int, _ step: Int64, _ spot: Spot) {
    add(.notFinite, number, spot) {
      FindingText("the number at step \(step) is \(value)", both: "it shows a triangle in its place")
    }
  }
}

/// The Python loader's answer for a scalar (util/tensor_util.py, make_ndarray; backend/json_util.py).
private enum PythonScalar {
  case number
  /// A string is sent as it is.
  case text
  /// An element of a quantized type is sent as a list.
  case list
  case failure

  init(_ tensor: TensorFields) {
    let isRaw = !tensor.raw.isEmpty
    guard tensor.isFilled, tensor.elementCount == 1 else {
      self = .failure
      return
    }
    switch tensor.kind {
    case .float, .double, .int32, .uint8, .int16, .int8, .int64, .bool, .uint16, .half:
      self = isRaw && tensor.kind?.size != tensor.raw.count ? .failure : .number
    // The loader reads their raw bytes, but not their lists.
    case .uint32, .uint64: self = isRaw && tensor.kind?.size == tensor.raw.count ? .number : .failure
    // Python's JSON cannot hold them.
    case .complex64, .complex128, .bfloat16: self = .failure
    case .string:
      var isText = !isRaw
      tensor.forEachString { bytes in
        isText = isText && bytes.text != nil
        return isText
      }
      self = isText ? .text : .failure
    case nil: self = (11...13).contains(tensor.typeNumber) || (15...16).contains(tensor.typeNumber) ? .list : .failure
    }
  }

  var effect: String {
    switch self {
    case .number: "it shows it"
    case .text: "it sends the text, which a chart draws if it is a number"
    case .list: "it sends a list instead of a number"
    case .failure: "the request for the tag fails, in every run that has it"
    }
  }
}

extension RunVerifier {
  mutating func checkHistogram(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    if value.fields.form == .histogram { return checkOldHistogram(value.fields.body, number, spot) }
    guard let tensor = value.tensor else { return }
    guard tensor.kind == .double || tensor.kind == .float else {
      return add(.wrongType, number, spot) {
        FindingText("buckets that are not floating-point numbers", both: "it can't show the value")
      }
    }
    guard tensor.shape.count == 2, tensor.shape[1] == 3 else {
      return add(.wrongShape, number, spot) {
        FindingText("a tensor of shape \(tensor.shape), where [buckets, 3] belongs", both: "it can't show the value")
      }
    }
    var row: [Double] = []
    var before = -Double.infinity
    tensor.forEachNumber { next in
      row.append(next)
      guard row.count == 3 else { return true }
      defer { row = [] }
      if let fault = Self.fault(left: row[0], right: row[1], count: row[2], after: before) {
        noteHistogram(fault, number, spot)
        return false
      }
      before = row[1]
      return true
    }
  }

  private mutating func checkOldHistogram(_ message: UnsafeRawBufferPointer, _ number: Int, _ spot: Spot) {
    let (limits, counts) = (PackedDoubles(message, field: 6).all, PackedDoubles(message, field: 7).all)
    guard limits.count == counts.count else {
      return noteHistogram(
        "\(DisplayName.counted(counts.count, "count")) and \(DisplayName.counted(limits.count, "limit"))", number, spot)
    }
    var before = -Double.infinity
    for (limit, count) in zip(limits, counts) {
      if let fault = Self.fault(left: before, right: limit, count: count, after: before) {
        return noteHistogram(fault, number, spot)
      }
      before = limit
    }
    if counts.contains(where: { $0 > 0 }), counts.first == 0 || counts.last == 0 {
      add(.emptyOuterBucket, number, spot) {
        FindingText(
          "the first or the last bucket of an old histogram is empty", python: "it drops empty outer buckets",
          rust: "it gives such a bucket a left edge greater than its right edge")
      }
    }
  }

  private static func fault(left: Double, right: Double, count: Double, after: Double) -> String? {
    if left.isNaN || right.isNaN || count.isNaN { return "a bucket of NaN" }
    if left > right { return "a bucket from \(left) to \(right)" }
    if left < after { return "a bucket from \(left) on after one up to \(after)" }
    return count < 0 ? "a bucket of \(count) numbers" : nil
  }

  private mutating func noteHistogram(_ fault: String, _ number: Int, _ spot: Spot) {
    add(.badHistogram, number, spot) {
      FindingText(fault, both: "it shows the histogram, but the Distributions tab may be wrong or empty")
    }
  }
}

/// The numbers of a repeated field of doubles, packed or not.
struct PackedDoubles {
  private(set) var all: [Double] = []

  init(_ message: UnsafeRawBufferPointer, field wanted: UInt32) {
    var reader = WireReader(message)
    while let field = reader.next() {
      guard field.number == wanted else { continue }
      if field.kind == .fixed64 { all.append(Double(bitPattern: field.bits)) }
      guard field.kind == .bytes else { continue }
      for offset in stride(from: 0, to: field.bytes.count - 7, by: 8) {
        let bits = field.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        all.append(Double(bitPattern: UInt64(littleEndian: bits)))
      }
    }
  }
}
