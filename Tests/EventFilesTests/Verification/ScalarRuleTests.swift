// ScalarRuleTests.swift
// The types of scalars that the Python loader serves, as observed with TensorBoard 2.21.

import ByteStreams
import TestSupport
import Testing

@testable import EventFiles

@Suite struct ScalarRuleTests {
  /// A scalar's tensor, and the Python loader's answer.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let tensor: [UInt8]
    let effect: String

    init(_ name: String, _ tensor: WireMessage, _ effect: String) {
      (testDescription, self.tensor, self.effect) = (name, tensor.bytes, effect)
    }
  }

  private static let shown = "it shows it", fails = "the request for the tag fails, in every run that has it"
  private static let text = "it sends the text, which a chart draws if it is a number"
  private static let list = "it sends a list instead of a number"

  private static func raw(_ type: UInt64, _ bytes: Int) -> WireMessage {
    .tensor(type).bytes(4, [UInt8](repeating: 1, count: bytes))
  }

  static let cases: [Case] = [
    Case("double", .tensor(2).double(6, 1), shown), Case("int32", .tensor(3).number(7, 1), shown),
    Case("uint8", .tensor(4).number(7, 1), shown), Case("int64", .tensor(9).number(10, 1), shown),
    Case("bool", .tensor(10).number(11, 1), shown), Case("half", .tensor(19).number(13, 15360), shown),
    Case("uint16", .tensor(17).number(7, 1), shown), Case("raw double", raw(2, 8), shown),
    Case("raw double, cut", raw(2, 7), fails), Case("one float", .tensor(1, shape: [1]).float(5, 1), shown),
    Case("uint32", .tensor(22).number(16, 1), fails), Case("raw uint32", raw(22, 4), shown),
    Case("uint64", .tensor(23).number(17, 1), fails), Case("raw uint64", raw(23, 8), shown),
    Case("bfloat16", .tensor(14).number(13, 15360), fails), Case("raw bfloat16", raw(14, 2), fails),
    Case("complex64", .tensor(8).float(9, 1).float(9, 2), fails), Case("raw complex64", raw(8, 8), fails),
    Case("complex128", .tensor(18).double(12, 1).double(12, 2), fails),
    Case("string", .strings([Array("0.5".utf8)], isScalar: true), text),
    Case("string of bytes", .strings([[0xE9]], isScalar: true), fails), Case("qint8", .tensor(11).number(7, 3), list),
    Case("resource", .tensor(20), fails), Case("no element", .tensor(1), fails),
    Case("two floats", .tensor(1, shape: [2]).float(5, 1).float(5, 2), fails),
    Case("no floats", .tensor(1, shape: [0]), fails),
  ]

  @Test("a scalar of each type", arguments: cases) func type(_ example: Case) throws {
    try withTemporaryDirectory { directory in
      var file = EventFileBytes()
      file.add(value(example), step: 0)
      try file.write(to: "\(directory)/a.tfevents")
      let report = try LogDirectory(directory).verify()
      #expect(report.findings.map(\.python) == [example.effect], "\(report.findings)")
      #expect(report.findings.map(\.rust) == ["it hides the value"])
      let isServed = example.effect != Self.fails
      #expect((report.findings.first?.rule == .unservedScalar) == !isServed)
      guard case .shown = report.forecasts.first?.python else {
        #expect(!isServed)
        return
      }
      #expect(isServed)
    }
  }

  private func value(_ example: Case) -> WireMessage {
    WireMessage().text(1, "v").bytes(8, example.tensor).message(9, .metadata("scalars", 1))
  }

  @Test("a scalar that can't be served breaks the HParams tab where a session asks for it", arguments: cases)
  func hparams(_ example: Case) throws {
    try withTemporaryDirectory { directory in
      var session = EventFileBytes()
      let rate = WireMessage().message(1, WireMessage().text(1, "lr").message(2, WireMessage().double(2, 1)))
      let metadata = WireMessage.metadata("hparams", 2, content: WireMessage().message(3, rate).bytes)
      session.add(
        .value("_hparams_/session_start_info", tensor: .tensor(1, shape: [0]), metadata: metadata), step: 0)
      try Directory.create("\(directory)/run/eval")
      try Directory.create("\(directory)/running")
      try session.write(to: "\(directory)/run/a.tfevents")
      var file = EventFileBytes()
      file.add(value(example), step: 0)
      for run in ["run/eval", "running"] { try file.write(to: "\(directory)/\(run)/b.tfevents") }
      let findings = try LogDirectory(directory).verify().findings
      let broken = findings.filter {
        $0.python.hasSuffix("the HParams tab answers with an error for the whole log directory")
      }
      #expect(broken.map(\.run) == (example.effect == Self.shown ? [] : ["run/eval"]), "\(findings)")
    }
  }
}
