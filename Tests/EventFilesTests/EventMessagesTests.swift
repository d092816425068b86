// EventMessagesTests.swift
// Encodes and decodes events; tries hostile bytes; checks that the nesting of messages is bounded.

import CEventProto
import Testing

@testable import EventFiles

@Suite struct EventMessagesTests {
  static func samples() throws -> [Event] {
    let time = try WallTime(seconds: 1_700_000_000.125)
    let node = GraphNode(
      "encoder/block0/conv0", operation: "Conv2D", inputs: ["x", "^y", "z:1"], outputShapes: [[-1, 28, 28, 16], []],
      device: "cpu",
      attributes: [
        ("text", .text("3×3")), ("bytes", .bytes([0, 255])), ("whole", .integer(-5)), ("number", .number(0.5)),
        ("yes", .flag(true)), ("no", .flag(false)), ("type", .type(1)), ("shape", .shape([2, -1])),
      ])
    let contents: [Event.Content] = [
      .nothing, .fileVersion("brain.Event:2"),
      .sessionLog(SessionLog(.checkpoint, checkpointPath: "a/b", message: "m")),
      .summary([]), .graph(try Graph([])), .graph(try Graph([node, GraphNode("x", operation: "Placeholder")])),
      .summary([
        .scalar("s", -0.0, description: "Markdown with *emphasis*."), .scalar("größe/☃", .greatestFiniteMagnitude),
        .images("i", EncodedImages(width: 1, height: 2, files: [[1, 2], [], [3]])),
        .histogram("h", Histogram(of: [])), .histogram("h2", Histogram(of: [1, 2, 3, .nan])),
        .text("t", "# A\0B"), .table("tt", rows: [["a", "b"], ["c"]]), .table("empty", rows: []),
        .sessionEnd(SessionEnd(.failure, time: time)),
        .hyperParameterTable(
          HyperParameterTable(
            hyperParameters: [.init("a", .number), .init("b", .flag, differs: true), .init("c", .text)],
            metrics: [.init("loss", title: "training loss"), .init("loss", run: "eval", title: "")])),
        .hyperParameterTable(HyperParameterTable(hyperParameters: [], metrics: [])),
        .sessionStart(
          SessionStart(
            [HyperParameter("a", 1), HyperParameter("b", true), HyperParameter("c", "d"), HyperParameter("e", false)],
            time: time)),
        SummaryValue("named", .scalar(1), displayName: "Name"),
        SummaryValue(
          "f",
          .tensor(TensorValue(.float([1, 2]), shape: [1, 2]), SummaryMetadata(pluginName: "x", dataClass: .tensor))),
        SummaryValue(
          "i64", .tensor(TensorValue(.int64([.min]), shape: []), SummaryMetadata(pluginName: "x", dataClass: .tensor))),
        SummaryValue(
          "i32",
          .tensor(TensorValue(.int32([1, .max]), shape: [2]), SummaryMetadata(pluginName: "x", dataClass: .tensor))
        ),
        SummaryValue(
          "u8",
          .tensor(TensorValue(.uint8([1, 255]), shape: [2]), SummaryMetadata(pluginName: "x", dataClass: .tensor))),
        SummaryValue(
          "none",
          .tensor(TensorValue(.double([]), shape: [0, 4]), SummaryMetadata(pluginName: "x", dataClass: .tensor))),
      ]),
    ]
    return try contents.flatMap { content in
      [
        Event(content, step: 0, at: time), Event(content, step: -1, at: try WallTime(seconds: 0), writer: "w"),
        Event(content, step: Step(Int64.max), at: time),
      ]
    }
  }

  @Test func everyEventComesBack() throws {
    for event in try Self.samples() {
      var metadata: [Tag: SummaryMetadata] = [:]
      var expected = event
      if case .summary(let values) = event.content {
        // A short row comes back padded.
        expected.content = .summary(values.map(Self.asRead))
      }
      #expect(try Event(decoding: event.encoded(), metadata: &metadata) == expected)
    }
  }

  static func asRead(_ value: SummaryValue) -> SummaryValue {
    guard case .text(.table(let rows)) = value.content, value.tag.name == "tt" else { return value }
    return .table(value.tag, rows: rows.map { $0 + Array(repeating: "", count: 2 - $0.count) })
  }

  @Test func laterValuesAreReadByTheFirstOnesMetadata() throws {
    let values: [SummaryValue] = [.text("t", "a", description: "d"), .text("t", "b", description: "d")]
    let message = Event.EncodedMessage(Event(.summary(values))) { $0 == values[0] }
    let payload = [UInt8](unsafeUninitializedCapacity: message.size) { buffer, count in
      message.write(to: buffer.baseAddress!)
      count = message.size
    }
    var metadata: [Tag: SummaryMetadata] = [:]
    #expect(try Event(decoding: payload, metadata: &metadata).content == .summary(values))
  }

  @Test func aHyperParameterThatIsNotFiniteIsKeptAsText() throws {
    let event = Event(.summary([.sessionStart(SessionStart([HyperParameter("x", .number(.infinity))]))]))
    var metadata: [Tag: SummaryMetadata] = [:]
    guard case .summary(let values) = try Event(decoding: event.encoded(), metadata: &metadata).content,
      case .sessionStart(let start) = values[0].content
    else { return #expect(Bool(false)) }
    #expect(start.hyperParameters == [HyperParameter("x", "inf")])
  }

  /// Sets every byte of every sample to a few values: the result is an event or an error, never a trap.
  @Test func damagedBytesAreAnEventOrAnError() throws {
    for event in try Self.samples() where event.step == 0 {
      let payload = event.encoded()
      for position in payload.indices {
        for byte: UInt8 in [0, 0xFF, payload[position] &+ 1] {
          var damaged = payload
          damaged[position] = byte
          var metadata: [Tag: SummaryMetadata] = [:]
          _ = try? Event(decoding: damaged, metadata: &metadata)
        }
        var metadata: [Tag: SummaryMetadata] = [:]
        _ = try? Event(decoding: Array(payload[..<position]), metadata: &metadata)
      }
    }
  }

  /// Decodes tensors of shape [2^40] with one element, of [2^62, 0], and of a negative size.
  @Test func claimedShapesAreNotBelieved() {
    let giant = "2a16" + "0a14" + "0a0161" + "420f" + "0801" + "120712050880808080" + "2a040000803f"
    var metadata: [Tag: SummaryMetadata] = [:]
    #expect(throws: EventFileError.self) { try Event(decoding: bytes(giant), metadata: &metadata) }
    let table = TensorValue(.strings([]), shape: [1 << 62, 0])
    let event = Event(
      .summary([SummaryValue("t", .tensor(table, SummaryMetadata(pluginName: "text", dataClass: .tensor)))]))
    #expect(throws: Never.self) { try Event(decoding: event.encoded(), metadata: &metadata) }
    #expect(TensorValue.count(of: [2, -1]) == nil)
    #expect(TensorValue.count(of: [1 << 40, 1 << 40]) == nil)
    #expect(TensorValue.count(of: []) == 1)
  }

  @Test func timesThatAreNoneAreRefused() throws {
    for seconds in [Double.nan, .infinity, -.infinity] {
      #expect(throws: EventFileError.self) { try WallTime(seconds: seconds) }
    }
    var payload = bytes("09") + [UInt8](repeating: 0xFF, count: 8)
    var metadata: [Tag: SummaryMetadata] = [:]
    #expect(throws: EventFileError.self) { try Event(decoding: payload, metadata: &metadata) }
    payload[7] = 0
    #expect(throws: Never.self) { try Event(decoding: payload, metadata: &metadata) }
  }

  @Test("tags", arguments: ["", "a\0b"])
  func badTag(_ name: String) {
    #expect(throws: EventFileError.badTag(name)) { try Tag(name) }
  }

  @Test func graphsWithTwoNodesOfOneNameAreRefused() {
    #expect(throws: EventFileError.self) {
      try Graph([GraphNode("a", operation: "A"), GraphNode("a", operation: "B")])
    }
    #expect(throws: EventFileError.self) { try Graph([GraphNode("", operation: "A")]) }
  }

  /// protobuf-c unpacks nested messages by recursion: the declarations must bound it.
  @Test func noMessageCanHoldOneOfItsKind() {
    func depth(_ message: UnsafePointer<ProtobufCMessageDescriptor>, above: [UnsafeRawPointer]) -> Int {
      let address = UnsafeRawPointer(message)
      if above.contains(address) { return Int.max / 2 }
      let fields = UnsafeBufferPointer(start: message.pointee.fields, count: Int(message.pointee.n_fields))
      let nested = fields.filter { $0.type == PROTOBUF_C_TYPE_MESSAGE }.compactMap { $0.descriptor }
      return 1
        + (nested.map { depth($0.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), above: above + [address]) }
          .max() ?? 0)
    }
    #expect(withUnsafePointer(to: tensorboard__event__descriptor) { depth($0, above: []) } < 8)
    #expect(withUnsafePointer(to: tensorboard__graph_def__descriptor) { depth($0, above: []) } < 8)
    #expect(
      withUnsafePointer(to: tensorboard__hparams__hparams_plugin_data__descriptor) { depth($0, above: []) } < 8)
  }
}
