// JSONLine.swift
// A JSON object on one line, with its members in the order of the calls.

import ByteStreams

/// Builds a line of JSON output for programs.
package struct JSONLine {
  private var members: [String] = []

  package init() {}

  package mutating func add(_ name: String, _ text: String?) { add(name, raw: text.map(Self.quoted) ?? "null") }
  package mutating func add(_ name: String, _ texts: [String]) {
    add(name, raw: "[" + texts.map(Self.quoted).joined(separator: ",") + "]")
  }
  package mutating func add(_ name: String, _ numbers: [Int]) {
    add(name, raw: "[" + numbers.map { String($0) }.joined(separator: ",") + "]")
  }
  package mutating func add(_ name: String, _ number: Int) { add(name, raw: String(number)) }
  package mutating func add(_ name: String, _ number: Int?) { add(name, raw: number.map { String($0) } ?? "null") }
  package mutating func add(_ name: String, _ truth: Bool) { add(name, raw: String(truth)) }

  /// Adds a number; nil and numbers that are not finite become null.
  package mutating func add(_ name: String, _ number: Double?) {
    add(name, raw: number.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null")
  }

  package mutating func add(_ name: String, _ objects: [JSONLine]) {
    add(name, raw: "[" + objects.map(\.text).joined(separator: ",") + "]")
  }

  /// The object, without a line end.
  package var text: String { "{" + members.joined(separator: ",") + "}" }

  private mutating func add(_ name: String, raw: String) { members.append(Self.quoted(name) + ":" + raw) }

  private static func quoted(_ text: String) -> String { JSONText.quoted(text, asciiOnly: true) }
}
