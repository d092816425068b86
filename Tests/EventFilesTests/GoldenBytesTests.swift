// GoldenBytesTests.swift
// Payloads made with TensorBoard's own protocol buffer classes: read, and written again to the same bytes.

import CEventProto
import Testing

@testable import EventFiles

@Suite struct GoldenBytesTests {
  /// A payload made elsewhere, and the event it is.
  struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let payload: [UInt8]
    let event: Event
    /// False where this module reads a form that it does not write.
    var isOurForm = true

    var testDescription: String { name }
  }

  static func event(_ content: Event.Content, step: Step, seconds: Double = 1_600_000_000.5, writer: String = "")
    throws -> Event
  {
    Event(content, step: step, at: try WallTime(seconds: seconds), writer: writer)
  }

  static func all() throws -> [Golden] { try first() + summaries() + tensors() }

  static func first() throws -> [Golden] {
    [
      Golden(
        name: "file version", payload: bytes("09000000c00b5ad6411a0d627261696e2e4576656e743a32"),
        event: try event(.fileVersion("brain.Event:2"), step: 0, seconds: 1.5e9)),
      Golden(
        name: "file version and writer",
        payload: bytes("090000100084d7d7411a0d627261696e2e4576656e743a32520d0a0b64656d6f2e777269746572"),
        event: try event(.fileVersion("brain.Event:2"), step: 0, seconds: 1_600_000_000.25, writer: "demo.writer")),
      Golden(
        name: "session start at step 7", payload: bytes("090000200084d7d74110073a020801"),
        event: try event(.sessionLog(SessionLog(.start)), step: 7)),
      Golden(
        name: "session start at step 0", payload: bytes("090000200084d7d7413a020801"),
        event: try event(.sessionLog(SessionLog(.start)), step: 0)),
      Golden(
        name: "graph",
        payload: bytes(
          "090000200084d7d741222e0a100a0178120b506c616365686f6c6465720a160a09656e632f64656e736512064d61744d756c1a"
            + "017822020816"),
        event: try event(
          .graph(
            try Graph([
              GraphNode("x", operation: "Placeholder"), GraphNode("enc/dense", operation: "MatMul", inputs: ["x"]),
            ])), step: 0)),
    ]
  }

  static func summaries() throws -> [Golden] {
    let time = try WallTime(seconds: 1_600_000_000.5)
    return [
      Golden(
        name: "image",
        payload: bytes(
          "090000200084d7d74110012a280a260a0172421308071204120208034201344201324203504e474a0c0a080a06696d61676573"
            + "2003"),
        event: try event(
          .summary([.images("r", EncodedImages(width: 4, height: 2, files: [Array("PNG".utf8)]))]), step: 1)),
      Golden(
        name: "histogram",
        payload: bytes(
          "090000200084d7d74110012a570a550a0168423e08021208120208021202080322300000000000000000000000000000e03f00"
            + "00000000000840000000000000e03f000000000000f03f00000000000000404a100a0c0a0a686973746f6772616d732002"),
        event: try event(.summary([.histogram("h", twoBuckets(0, 0.5, 3, 0.5, 1, 2))]), step: 1)),
      Golden(
        name: "old histogram",
        payload: bytes(
          "090000200084d7d74110032a4f0a4d0a01682a4811000000000000f03f19000000000000084021000000000000f83f29000000"
            + "000000f43f3210000000000000e03f000000000000f03f3a10000000000000f03f0000000000000040"),
        event: try event(.summary([.histogram("h", twoBuckets(0, 0.5, 1, 0.5, 1, 2))]), step: 3), isOurForm: false),
      Golden(
        name: "text", payload: bytes("090000200084d7d7412a1b0a190a016e420808071200420268694a0a0a060a04746578742002"),
        event: try event(.summary([.text("n", "hi")]), step: 0)),
      Golden(
        name: "hparams start",
        payload: bytes(
          "090000200084d7d7412a580a560a1c5f68706172616d735f2f73657373696f6e5f73746172745f696e666f4206080112021200"
            + "4a2e0a2a0a0768706172616d73121f1a1d0a0f0a026c72120911000000000000e03f220167290000200084d7d7412002"),
        event: try event(
          .summary([.sessionStart(SessionStart([HyperParameter("lr", 0.5)], group: "g", time: time))]), step: 0)),
      Golden(
        name: "hparams end",
        payload: bytes(
          "090000200084d7d7412a440a420a1a5f68706172616d735f2f73657373696f6e5f656e645f696e666f42060801120212004a1c"
            + "0a180a0768706172616d73120d220b0801110000200f84d7d7412002"),
        event: try event(
          .summary([.sessionEnd(SessionEnd(.success, time: try WallTime(seconds: 1_600_000_060.5)))]), step: 0)),
    ]
  }

  static func tensors() throws -> [Golden] {
    return [
      Golden(
        name: "scalar", payload: bytes("090000200084d7d74110072a0d0a0b0a046c6f7373150000803e"),
        event: try event(.summary([.scalar("loss", 0.25)]), step: 7), isOurForm: false),
      Golden(
        name: "scalar tensor with float_val",
        payload: bytes(
          "090000200084d7d74110072a230a210a046c6f7373420a080112002a040000803e4a0d0a090a077363616c6172732001"),
        event: try event(.summary([.scalar("loss", 0.25)]), step: 7), isOurForm: false),
      Golden(
        name: "scalar tensor with tensor_content and description",
        payload: bytes(
          "090000200084d7d74110072a260a240a046c6f7373420a0801120022040000803e4a100a090a077363616c6172731a01642001"),
        event: try event(.summary([.scalar("loss", 0.25, description: "d")]), step: 7), isOurForm: false),
      Golden(
        name: "precision-recall curve",
        payload: bytes(
          "090000200084d7d74110012a640a620a0b702f70725f637572766573423e0801120812020806120208022230000000400000803f"
            + "00004040000000000000000000004040000000000000803fcdcccc3e0000803f0000803f0000003f4a130a0f0a0970725f6375"
            + "72766573120210022002"),
        event: try event(
          .summary([
            SummaryValue(
              "p/pr_curves",
              .tensor(
                TensorValue(.float([2, 1, 3, 0, 0, 3, 0, 1, 0.4, 1, 1, 0.5]), shape: [6, 2]),
                SummaryMetadata(pluginName: "pr_curves", pluginContent: [0x10, 2], dataClass: .tensor)))
          ]), step: 1)),
      Golden(
        name: "custom scalars layout",
        payload: bytes(
          "090000200084d7d7412a4e0a4c0a18637573746f6d5f7363616c6172735f5f636f6e6669675f5f421a08071200421412120a01"
            + "63120d0a016b12080a066c6f73732e2a4a140a100a0e637573746f6d5f7363616c6172732002"),
        event: try event(
          .summary([
            SummaryValue(
              "custom_scalars__config__",
              .tensor(
                TensorValue(.strings([bytes("12120a0163120d0a016b12080a066c6f73732e2a")]), shape: []),
                SummaryMetadata(pluginName: "custom_scalars", dataClass: .tensor)))
          ]), step: 0)),
    ]
  }

  static func twoBuckets(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) -> Histogram {
    Histogram(buckets: [.init(left: a, right: b, count: c), .init(left: d, right: e, count: f)])
  }

  @Test func everyPayloadIsRead() throws {
    for golden in try Self.all() {
      var metadata: [Tag: SummaryMetadata] = [:]
      #expect(try Event(decoding: golden.payload, metadata: &metadata) == golden.event, "\(golden.name)")
    }
  }

  @Test func everyPayloadOfOurFormIsWritten() throws {
    for golden in try Self.all() where golden.isOurForm {
      #expect(golden.event.encoded() == golden.payload, "\(golden.name)")
    }
  }

  @Test func protobufPacksWhatItUnpacks() throws {
    for golden in try Self.all() {
      let message = try #require(tensorboard__event__unpack(nil, golden.payload.count, golden.payload))
      defer { tensorboard__event__free_unpacked(message, nil) }
      var packed = [UInt8](repeating: 0, count: tensorboard__event__get_packed_size(message))
      #expect(tensorboard__event__pack(message, &packed) == golden.payload.count)
      #expect(packed == golden.payload, "\(golden.name)")
    }
  }

  @Test(
    "whole records",
    arguments: [
      (0, "1800000000000000a37f4b2209000000c00b5ad6411a0d627261696e2e4576656e743a324ca9a464"),
      (
        1,
        "2700000000000000bbe1b146090000100084d7d7411a0d627261696e2e4576656e743a32520d0a0b64656d6f2e7772697465720d7a736c"
      ),
    ])
  func record(_ index: Int, _ record: String) throws {
    #expect(RecordTests.framed([try Self.first()[index].event.encoded()]) == bytes(record))
  }

  @Test func theScalarRecord() throws {
    let form = ScalarEventTemplate("loss")
    defer { form.deallocate() }
    let time = try WallTime(seconds: 1_600_000_000.5)
    var payload = [UInt8](repeating: 0, count: form.size(step: 7, at: time))
    payload.withUnsafeMutableBytes { form.write(0.25, step: 7, at: time, to: $0.baseAddress!) }
    #expect(
      RecordTests.framed([payload])
        == bytes("1a00000000000000129bd82d090000200084d7d74110072a0d0a0b0a046c6f7373150000803e4012b8c8"))
  }
}
