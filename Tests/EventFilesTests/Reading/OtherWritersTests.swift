// OtherWritersTests.swift
// Event files by PyTorch, tensorboardX and TensorFlow, read back value for value (made by Tests/Fixtures/real/event_files.py).

import ByteStreams
import Foundation
import PNG
import TestSupport
import Testing

@testable import EventFiles

@Suite struct OtherWritersTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/real/events")

  /// The values given to a writer, one after the other.
  private struct Given: Decodable {
    struct Value: Decodable {
      let tag: String
      let kind: String
      let step: Int64
      let value: Content?
      let count: Double?
      let min: Double?
      let max: Double?
      let size: [Int]?
      let pixels: String?
    }

    let values: [Value]
  }

  /// A number, a text, or hyperparameters by their names.
  private enum Content: Decodable {
    case number(Double)
    case flag(Bool)
    case text(String)
    case parameters([String: Content])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .parameters(try container.decode([String: Content].self))
      }
    }

    /// A number that JSON cannot hold is a text.
    var number: Double? {
      switch self {
      case .number(let number): number
      case .text(let text): Double(text)
      default: nil
      }
    }
  }

  private static func given(to writer: String) throws -> [Given.Value] {
    let json = try Data(contentsOf: folder.appendingPathComponent("\(writer).json"))
    return try JSONDecoder().decode(Given.self, from: json).values
  }

  @Test("value for value", arguments: ["torch", "tensorboardX", "tensorflow"])
  func valueForValue(writer: String) throws {
    var expected = try Self.given(to: writer)[...]
    try withTemporaryDirectory { directory in
      try FileManager.default.copyItem(
        atPath: Self.folder.appendingPathComponent("\(writer).tfevents").path, toPath: "\(directory)/x.tfevents")
      var reader = RunReader(directory)
      try reader.read { value in
        // A graph's costs, which PyTorch adds by itself.
        if value.kind == .runMetadata { return }
        let next = expected.popFirst()
        let want = try #require(next)
        let (tag, kind, step) = (value.tag.name, value.kind.rawValue, value.step.value)
        #expect(tag == want.tag && kind == want.kind && step == want.step)
        try check(value, against: want)
      }
      #expect(expected.isEmpty && reader.damages.isEmpty)
      #expect(try LogDirectory(directory).verify().runs.first?.records ?? 0 > 10)
    }
  }

  private func check(_ value: borrowing LoggedValue, against want: Given.Value) throws {
    switch value.kind {
    case .scalar:
      let read = value.number
      let number = try #require(read), wanted = try #require(want.value?.number)
      #expect(number == wanted || (number.isNaN && wanted.isNaN), "\(want.tag) \(want.step)")
    case .image:
      var files: [[UInt8]] = []
      let claimed = value.forEachImage { files.append(Array($0)) }
      let size = try #require(claimed)
      #expect([size.width, size.height] == want.size && files.count == 1)
      let image = try PNGImage.decode(files[0])
      #expect(image.pixels.map { String($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == want.pixels)
    case .graph:
      let graph = try value.graph()
      #expect(graph?.nodes.isEmpty == false)
    default: try check(try value.content(), against: want)
    }
  }

  private func check(_ content: SummaryValue.Content?, against want: Given.Value) throws {
    switch (content, want.value) {
    case (.histogram(let histogram), _):
      let filled = histogram.buckets.filter { $0.count > 0 }
      #expect(filled.reduce(0) { $0 + $1.count } == want.count && filled.first?.left == want.min)
      #expect(filled.last?.right == want.max)
    case (.text(.markdown(let text)), .text(let wanted)): #expect(text == wanted)
    case (.text(.table(let rows)), .text(let wanted)): #expect(rows == [[wanted]])
    case (.sessionStart(let start), .parameters(let wanted)):
      #expect(Set(start.hyperParameters.map(\.name)) == Set(wanted.keys))
      for parameter in start.hyperParameters {
        switch (parameter.value, wanted[parameter.name]) {
        case (.number(let number), .number(let wanted)): #expect(number == wanted)
        case (.text(let text), .text(let wanted)): #expect(text == wanted)
        case (.flag(let flag), .flag(let wanted)): #expect(flag == wanted)
        // PyTorch and tensorboardX write True as the number 1.
        case (.number(let number), .flag(let wanted)): #expect((number == 1) == wanted)
        default: Issue.record("\(parameter)")
        }
      }
    case (.sessionEnd(let end), nil): #expect(end.status == .success)
    case (.hyperParameterTable(let table), nil): #expect(table.hyperParameters.count == 3)
    default: Issue.record("\(String(describing: content)) for \(want.tag)")
    }
  }
}
