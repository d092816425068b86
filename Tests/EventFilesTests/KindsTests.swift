// KindsTests.swift
// Audio, curves, meshes and tensors: refused values and odd input.

import Testing

@testable import EventFiles

@Suite struct KindsTests {
  private func isRefused<Value>(_ kind: String, mentioning words: String, _ make: () throws -> Value) -> Bool {
    do {
      _ = try make()
      return false
    } catch let error as EventFileError {
      guard case .badValue(kind: kind, let reason) = error else { return false }
      return reason.contains(words) && !error.description.contains("\n")
    } catch {
      return false
    }
  }

  @Test func audioThatIsNone() throws {
    func refused(_ words: String, _ make: () throws -> EncodedAudio) -> Bool {
      isRefused("audio", mentioning: words, make)
    }
    #expect(refused("no clip") { try EncodedAudio(wavs: []) })
    #expect(refused("clip 1") { try EncodedAudio(wavs: [EncodedAudio(samples: [], sampleRate: 1).files[0], [1, 2]]) })
    #expect(refused("3 samples") { try EncodedAudio(samples: [0, 0, 0], channels: 2, sampleRate: 8000) })
    #expect(refused("0 channels") { try EncodedAudio(samples: [], channels: 0, sampleRate: 8000) })
    #expect(refused("32768 channels") { try EncodedAudio(samples: [], channels: 32768, sampleRate: 8000) })
    for rate in [0, -1, .max, 1 << 32, 1 << 31] {
      #expect(refused("\(rate) frames") { try EncodedAudio(samples: [], channels: 1, sampleRate: rate) })
    }
  }

  @Test func loudAndAbsentSound() throws {
    let clip = try EncodedAudio(samples: [2, -.infinity, .nan, .infinity, 0.00002], sampleRate: 44_100)
    let data = clip.files[0][44...]
    #expect(Array(data) == [0xFF, 0x7F, 0x01, 0x80, 0, 0, 0xFF, 0x7F, 1, 0])
    #expect(clip.files[0].count == 54 && clip.files[0][4] == 46)
  }

  @Test func curvesThatAreNone() {
    func refused(_ words: String, _ make: () throws -> PrecisionRecallCurve) -> Bool {
      isRefused("precision-recall curve", mentioning: words, make)
    }
    for score: Float in [-0.01, 1.01, .nan, .infinity] {
      #expect(refused("score 1 is") { try PrecisionRecallCurve(scores: [0, score], labels: [true, false]) })
    }
    #expect(refused("2 scores and 1 labels") { try PrecisionRecallCurve(scores: [0, 1], labels: [true]) })
    #expect(refused("1 thresholds") { try PrecisionRecallCurve(scores: [], labels: [], thresholds: 1) })
    #expect(refused("0 thresholds") { try PrecisionRecallCurve(points: []) })
  }

  /// Compares with counting by definition, at every threshold.
  @Test("curves", arguments: [2, 3, 10, 127, 201])
  func curve(thresholds: Int) throws {
    let scores = (0..<500).map { Float(($0 * 7919) % 1001) / 1000 }
    let labels = (0..<500).map { ($0 * 31) % 7 < 3 }
    let curve = try PrecisionRecallCurve(scores: scores, labels: labels, thresholds: thresholds)
    #expect(curve.points.count == thresholds)
    for (number, point) in curve.points.enumerated() {
      let threshold = Double(number) / Double(thresholds - 1)
      let taken = scores.map { (Double($0) * Double(thresholds - 1)).rounded(.down) >= Double(number) }
      func count(_ isTaken: Bool, _ isPositive: Bool) -> Float {
        Float(zip(taken, labels).count { $0 == isTaken && $1 == isPositive })
      }
      #expect(point.truePositives == count(true, true) && point.falsePositives == count(true, false), "\(threshold)")
      #expect(point.trueNegatives == count(false, false) && point.falseNegatives == count(false, true))
    }
  }

  @Test func nothingToTell() throws {
    let curve = try PrecisionRecallCurve(scores: [], labels: [], thresholds: 2)
    #expect(curve.tensor == TensorValue(.float(Array(repeating: 0, count: 12)), shape: [6, 2]))
  }

  @Test func meshesThatAreNone() {
    func refused(_ words: String, _ make: () throws -> Mesh) -> Bool { isRefused("mesh", mentioning: words, make) }
    #expect(refused("no vertex") { try Mesh(vertices: []) })
    #expect(refused("vertex 1 is at (0.0, nan, 0.0)") { try Mesh(vertices: [[0, 0, 0], [0, .nan, 0]]) })
    for face: SIMD3<Int32> in [[0, 0, 1], [-1, 0, 0]] {
      #expect(refused("face 0 joins vertices") { try Mesh(vertices: [[0, 0, 0]], faces: [face]) })
    }
    #expect(refused("1 colors for 2") { try Mesh(vertices: [[0, 0, 0], [1, 1, 1]], colors: [[1, 2, 3]]) })
  }

  @Test func aCloudOfPointsIsOneValue() throws {
    let values = SummaryValue.mesh("cloud", try Mesh(vertices: [[1, 2, 3]]), description: "d")
    #expect(values.map(\.tag) == ["cloud_VERTEX"] && values[0].metadata.description == "d")
    #expect(values[0].metadata.pluginContent == bytes("1205636c6f75641801" + "3203010103" + "3802"))
  }

  @Test func tensorsAndBlobs() {
    let tensor = SummaryValue.tensor("t", TensorValue(.float([1, 2]), shape: [2]), plugin: "mine", content: [7])
    #expect(tensor.metadata == SummaryMetadata(pluginName: "mine", pluginContent: [7], dataClass: .tensor))
    let blobs = SummaryValue.tensor("t", TensorValue(.strings([[1]]), shape: [1]), plugin: "mine")
    #expect(blobs.metadata.dataClass == .blobSequence)
    let text = SummaryValue.tensor("t", TensorValue(.strings([[1]]), shape: []), plugin: "mine")
    #expect(text.metadata.dataClass == .tensor)
  }
}
