// RunVerifier+Histograms.swift
// What is found about histograms, in their new and their old form.

import ByteStreams

extension RunVerifier {
  mutating func checkHistogram(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    if value.fields.form == .histogram { return checkOldHistogram(value.fields.body, number, spot) }
    guard let tensor = value.tensor else { return }
    guard tensor.kind == .double || tensor.kind == .float else {
      return add(.wrongType, number, spot) {
        FindingText("buckets that are no floating-point numbers", both: "it can't show the value")
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
          rust: "it gives such a bucket a left edge right of its right edge")
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
      FindingText(fault, both: "it shows the histogram; the Distributions tab may be wrong or empty there")
    }
  }
}

/// The numbers of a list of doubles, packed or not.
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
