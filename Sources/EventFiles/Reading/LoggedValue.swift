// LoggedValue.swift
// One value of a run while it is being read; only what is asked for is copied or decoded.

import CEventProto

/// A value under a tag at a step. It is in the reader's memory, so it is valid only during the call that hands it over.
public struct LoggedValue: ~Copyable {
  /// The index of its series in the reader's `series`.
  public let series: Int
  /// Its training step.
  public let step: Step
  /// Seconds since 1970 as stored in the file, where NaN and infinity are possible.
  public let wallTime: Double
  private let fields: ValueFields
  /// The bytes of a graph or of its costs; nil for other values.
  private let event: UnsafeRawBufferPointer?
  private let catalog: SeriesCatalog

  @inline(__always)
  init(_ fields: ValueFields, of event: EventFields, in catalog: SeriesCatalog) {
    series = catalog.number(of: fields)
    (step, wallTime) = (Step(event.step), event.wallTime)
    (self.fields, self.event, self.catalog) = (fields, nil, catalog)
  }

  /// The value that TensorBoard derives from an event with a graph or its costs; nil for any other event.
  init?(ofEvent event: EventFields, in catalog: SeriesCatalog) {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    guard let fields = ValueFields(none) else { return nil }
    switch event.content {
    case .graph:
      series = Self.graphTag.withUTF8Buffer {
        catalog.number(of: .graph, tag: UnsafeRawBufferPointer($0))
      }
      self.event = event.body
    case .runMetadata:
      var (tag, bytes, reader) = (none, none, WireReader(event.body))
      while let field = reader.next() {
        if field.number == 1 { tag = field.bytes }
        if field.number == 2 { bytes = field.bytes }
      }
      series = catalog.number(of: .runMetadata, tag: tag)
      self.event = bytes
    default: return nil
    }
    (step, wallTime) = (Step(event.step), event.wallTime)
    (self.fields, self.catalog) = (fields, catalog)
  }

  private static let graphTag: StaticString = "__run_graph__"

  /// The name of its series.
  public var tag: Tag { catalog.all[series].tag }

  /// The kind of its series.
  public var kind: SeriesKind { catalog.all[series].kind }

  /// The metadata of the first value of its series that had any.
  public var metadata: SummaryMetadata { catalog.all[series].metadata }

  /// The number of its bytes in the file, without the frame.
  public var size: Int { event?.count ?? fields.message.count }

  /// The number of a scalar, whatever its type and form; nil for other kinds and for several numbers.
  @inline(__always)
  public var number: Double? {
    if fields.form == .simpleValue { return Double(fields.number) }
    guard fields.form == .tensor, kind == .scalar, let tensor = TensorFields(fields.body) else { return nil }
    return tensor.elementCount == 1 ? tensor.firstNumber : nil
  }

  /// Hands the bytes of each image to `body`; they are valid only during the call.
  /// - Returns: the size in pixels that the value claims; nil if it holds no images.
  public func forEachImage(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows -> (width: Int, height: Int)? {
    guard kind == .image else { return nil }
    if fields.form == .image {
      guard let image = ImageFields(fields.body) else { return nil }
      try body(image.file)
      return (Int(image.width), Int(image.height))
    }
    guard fields.form == .tensor, let tensor = TensorFields(fields.body), tensor.kind == .string else { return nil }
    var sides: [Int] = []
    try tensor.forEachString { bytes in
      if sides.count == 2 {
        try body(bytes)
        return true
      }
      guard let side = Int(String(decoding: bytes, as: UTF8.self)) else { return false }
      sides.append(side)
      return true
    }
    return sides.count == 2 ? (sides[0], sides[1]) : nil
  }

  /// Hands the bytes of each text of a tensor of texts to `body` until it returns false; they are valid only during the call.
  /// - Returns: the tensor's shape; nil if the value is not such a tensor, or the number of texts does not match its shape.
  package func forEachText(_ body: (UnsafeRawBufferPointer) throws -> Bool) rethrows -> [Int]? {
    guard fields.form == .tensor, let tensor = TensorFields(fields.body), tensor.kind == .string,
      tensor.elementCount == tensor.stringCount
    else { return nil }
    try tensor.forEachString(body)
    return tensor.shape.map { Int($0) }
  }

  /// The shape of a tensor, whose elements are only counted; nil if the value is not a tensor, its type is not supported, or the
  /// number of elements does not match the shape.
  package var tensorShape: [Int]? {
    guard fields.form == .tensor, let tensor = TensorFields(fields.body), let wanted = tensor.elementCount,
      let stored = tensor.storedCount
    else { return nil }
    switch tensor.kind {
    case .float, .double, .int32, .int64, .uint8:
      let isExpanded = stored == 1 && wanted > 1 && wanted <= TensorValue.expansionLimit
      guard stored == wanted || isExpanded else { return nil }
    case .string: guard stored == wanted else { return nil }
    default: return nil
    }
    return tensor.shape.map { Int($0) }
  }

  /// The number of nodes of a graph, counted without decoding them; nil for any other value.
  package var nodeCount: Int? {
    guard kind == .graph, let event else { return nil }
    var (count, reader) = (0, WireReader(event))
    while let field = reader.next() { if field.number == 1, field.kind == .bytes { count += 1 } }
    return reader.isSound ? count : nil
  }

  /// Returns the value decoded in full; nil for a graph, and for unsupported kinds.
  /// - Throws: `EventFileError.malformedEvent`.
  public func content() throws(EventFileError) -> SummaryValue.Content? {
    guard event == nil else { return nil }
    return try withUnsafePointer(to: tensorboard__summary__value__descriptor) { (kind) throws(EventFileError) in
      let bytes = fields.message.bindMemory(to: UInt8.self)
      return try withUnpacked(
        "value", bytes,
        unpack: { allocator, count, bytes in
          protobuf_c_message_unpack(kind, allocator, count, bytes).map {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: Tensorboard__Summary__Value.self)
          }
        },
        free: { message, allocator in
          protobuf_c_message_free_unpacked(
            message.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: ProtobufCMessage.self) }, allocator)
        }
      ) { (value) throws(EventFileError) in
        var metadata = [tag: catalog.all[series].metadata]
        return try SummaryValue(value, metadata: &metadata)?.content
      }
    }
  }

  /// Returns the graph of an event that holds one; nil for any other value.
  /// - Throws: `EventFileError.malformedEvent`.
  public func graph() throws(EventFileError) -> Graph? {
    guard kind == .graph, let event else { return nil }
    return try Graph(decoding: event.bindMemory(to: UInt8.self))
  }
}

/// An image in its old form (proto/summary.proto).
struct ImageFields {
  private(set) var width: Int64 = 0
  private(set) var height: Int64 = 0
  private(set) var file = UnsafeRawBufferPointer(start: nil, count: 0)

  init?(_ message: UnsafeRawBufferPointer) {
    var reader = WireReader(message)
    while let field = reader.next() {
      switch (field.number, field.kind) {
      case (1, .varint): height = Int64(bitPattern: field.bits)
      case (2, .varint): width = Int64(bitPattern: field.bits)
      case (4, .bytes): file = field.bytes
      default: break
      }
    }
    guard reader.isSound else { return nil }
  }
}
