// GoldenKindsTests.swift
// Audio, curves, meshes, layouts and costs: the same bytes as TensorBoard's own classes give (Tests/Fixtures/golden/events.py).

import Testing

@testable import EventFiles

@Suite struct GoldenKindsTests {
  private func payload(_ content: Event.Content, step: Step) throws -> [UInt8] {
    Event(content, step: step, at: try WallTime(seconds: 1_600_000_000.5)).encoded()
  }

  @Test func audio() throws {
    let clip = try EncodedAudio(samples: [0, 1, -1.5, 0.5], channels: 2, sampleRate: 8000)
    let golden = bytes(
      "090000200084d7d74110032a560a540a0161423e08071204120208014234524946462c00000057415645666d74201000"
        + "000001000200401f0000007d00000400100064617461080000000000ff7f018000404a0f0a0b0a05617564696f120210"
        + "0b2003")
    #expect(try payload(.summary([.audio("a", clip)]), step: 3) == golden)
  }

  @Test func precisionRecall() throws {
    let curve = try PrecisionRecallCurve(
      scores: [1, 0.5, 0, 0.2, 0.9], labels: [true, true, false, false, false], thresholds: 3)
    let golden = bytes(
      "090000200084d7d74110012a720a700a01634256080112081202080612020803224800000040000000400000803f0000"
        + "40400000803f0000000000000000000000400000404000000000000000000000803fcdcccc3eabaa2a3f0000803f0000"
        + "803f0000803f0000003f4a130a0f0a0970725f637572766573120210032002")
    #expect(try payload(.summary([.precisionRecall("c", curve)]), step: 1) == golden)
  }

  @Test func mesh() throws {
    let mesh = try Mesh(
      vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0.5]], faces: [[0, 1, 2]],
      colors: [[255, 0, 0], [0, 255, 0], [0, 0, 255]], configuration: "{}")
    let golden = bytes(
      "090000200084d7d74110022af0010a600a086d5f56455254455842360801120c12020801120208031202080322240000"
        + "000000000000000000000000803f0000000000000000000000000000803f0000003f4a1c0a180a046d65736812101201"
        + "6d18012a027b7d3203010303380e20020a460a066d5f46414345421e0803120c120208011202080112020803220c0000"
        + "000001000000020000004a1c0a180a046d657368121012016d18022a027b7d3203010103380e20020a440a076d5f434f"
        + "4c4f52421b0804120c1202080112020803120208032209ff000000ff000000ff4a1c0a180a046d657368121012016d18"
        + "032a027b7d3203010303380e2002")
    #expect(try payload(.summary(SummaryValue.mesh("m", mesh)), step: 2) == golden)
  }

  @Test func layout() throws {
    let layout = ScalarLayout([
      .init(
        "c",
        [
          .init("k", linesMatching: ["loss.*", "rmse"]),
          .init("b", margins: [.init("v", lower: "l", upper: "u")]),
        ], isClosed: true)
    ])
    let golden = bytes(
      "090000200084d7d7412a680a660a18637573746f6d5f7363616c6172735f5f636f6e6669675f5f423408071200422e12"
        + "2c0a016312130a016b120e0a066c6f73732e2a0a04726d736512100a01621a0b0a090a017612016c1a017518014a140a"
        + "100a0e637573746f6d5f7363616c6172732002")
    #expect(try payload(.summary([.scalarLayout(layout)]), step: 0) == golden)
  }

  @Test func graphCost() throws {
    let cost = GraphCost([
      .init(
        "enc/dense", start: 1_600_000_000_000_000, duration: 25, memory: 4096, outputShapes: [[256, 32]],
        device: "/cpu:0")
    ])
    let golden = bytes(
      "090000200084d7d741100542460a06737465702035123c0a3a0a380a062f6370753a30122e0a09656e632f64656e7365"
        + "10808090bd90e6eb022019281932031080203a0f1a0d08011209120308800212020820")
    #expect(try payload(.graphCost("step 5", cost), step: 5) == golden)
    var metadata: [Tag: SummaryMetadata] = [:]
    #expect(try Event(decoding: golden, metadata: &metadata).content == .graphCost("step 5", cost))
  }

  @Test func graphLists() throws {
    let graph = try Graph([
      GraphNode("n", operation: "Conv2D", attributes: [("strides", .integers([1, 2, 2, 1]))]),
      GraphNode("s", operation: "Names", attributes: [("names", .byteLists([Array("a".utf8), Array("bc".utf8)]))]),
      GraphNode("f", operation: "Numbers", attributes: [("numbers", .numbers([0.5, -1]))]),
      GraphNode("b", operation: "Flags", attributes: [("flags", .flags([true, false]))]),
    ])
    let golden = bytes(
      "090000200084d7d741228a010a200a016e1206436f6e7632442a130a077374726964657312080a061a04010202010a1e"
        + "0a017312054e616d65732a120a056e616d657312090a07120161120262630a250a016612074e756d626572732a170a07"
        + "6e756d62657273120c0a0a22080000003f000080bf0a1b0a01621205466c6167732a0f0a05666c61677312060a042a02"
        + "010022020816")
    #expect(try payload(.graph(graph), step: 0) == golden)
    var metadata: [Tag: SummaryMetadata] = [:]
    #expect(try Event(decoding: golden, metadata: &metadata).content == .graph(graph))
  }

  /// Nodes of several devices come back grouped by device, in the order of each device's first node.
  @Test func costsOfSeveralDevices() throws {
    let nodes = [("a", "x"), ("b", "y"), ("c", "x")].map { name, device in
      GraphCost.Node(name, start: 1, duration: 2, device: device)
    }
    var metadata: [Tag: SummaryMetadata] = [:]
    let event = try Event(
      decoding: try payload(.graphCost("t", GraphCost(nodes)), step: 0), metadata: &metadata)
    #expect(event.content == .graphCost("t", GraphCost([nodes[0], nodes[2], nodes[1]])))
  }
}
