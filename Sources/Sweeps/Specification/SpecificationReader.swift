// SpecificationReader.swift
// Reads the parts of a sweep's YAML file; each error names its line.

import ByteStreams
import Foundation
import Training
import Yams

/// Reads the parts of a specification, and reports each error with its line.
struct SpecificationReader {
  let path: String

  typealias Key = (text: String, node: Node)

  func error(_ node: Node?, _ reason: String) -> SweepError {
    .specification(path: path, line: node?.mark?.line, reason: reason)
  }

  func unknown(_ key: Key, among names: [String]) -> SweepError {
    error(key.node, "unknown key \(DisplayName.quoted(key.text)), want \(names.joined(separator: ", "))")
  }

  func root(of bytes: [UInt8]) throws(SweepError) -> Node? {
    guard let text = String(bytes: bytes, encoding: .utf8) else { throw error(nil, "the text is not UTF-8") }
    if text.utf8.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "*") }),
      let line = Self.lineOfAnchor(in: text)
    {
      throw .specification(
        path: path, line: line,
        reason: "anchors and aliases are not used here; write the value out, or put a text that begins with & or * "
          + "between quotes")
    }
    do {
      return try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw .specification(path: path, line: error.line, reason: error.reason)
    } catch {
      throw .specification(path: path, line: nil, reason: "\(error)")
    }
  }

  /// Returns the line of the first alias, or of the first anchor if there is no alias. Nested aliases can expand to more than any
  /// memory holds, so they are refused.
  ///
  /// YAML's own parser finds them, since "&" and "*" also stand in comments, quoted texts and words. It reads a text in which each
  /// alias has a name that no anchor has, and ends at the first one, before it expands anything.
  private static func lineOfAnchor(in text: String) -> Int? {
    let name = Array("a\(UInt64.random(in: 0 ... .max))".utf8)
    var renamed: [UInt8] = []
    var isBehindStar = false
    for byte in text.utf8 {
      let isOfName = (48...57).contains(byte) || (97...122).contains(byte | 32) || byte == 95 || byte == 45
      if isBehindStar, isOfName { renamed += name }
      renamed.append(byte)
      isBehindStar = byte == UInt8(ascii: "*")
    }
    do {
      let parser = try Parser(yaml: String(decoding: renamed, as: UTF8.self), encoding: .utf8)
      // Its nodes do not keep their anchors; the parser does.
      return try withExtendedLifetime(parser) { try parser.singleRoot()?.lineOfAnchor }
    } catch YamlError.composer(_, "found undefined alias", let mark, _) {
      return mark.line
    } catch {
      // The parser reports any other error again, with the right names.
      return nil
    }
  }

  func entries(of node: Node, _ what: String) throws(SweepError) -> [(key: Key, value: Node)] {
    guard case .mapping(let mapping) = node else { throw error(node, "\(what): want keys with values") }
    var entries: [(key: Key, value: Node)] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else { throw error(key, "\(what): a key is not a word") }
      entries.append(((scalar.string, key), value))
    }
    return entries
  }

  func items(of node: Node, _ what: String) throws(SweepError) -> [Node] {
    guard case .sequence(let sequence) = node else { throw error(node, "\(what): want a list") }
    return Array(sequence)
  }

  func text(of node: Node, _ what: String) throws(SweepError) -> String {
    guard case .scalar(let scalar) = node else { throw error(node, "\(what): want one value") }
    return scalar.string
  }

  func natural(of node: Node, _ what: String) throws(SweepError) -> Int {
    let text = try text(of: node, what)
    guard let number = Int(text), number >= 0 else {
      throw error(node, "\(what): got \(DisplayName.quoted(text)), want a whole number")
    }
    return number
  }

  func option(_ key: Key) throws(SweepError) -> TrainingSetting {
    guard let option = TrainingSetting.named(key.text) else {
      throw unknown(key, among: TrainingSetting.all.map(\.name))
    }
    return option
  }

  func choices(of node: Node, _ option: TrainingSetting) throws(SweepError) -> [SettingChoice] {
    guard case .sequence(let sequence) = node else { return [try choice(of: node, option)] }
    let items = Array(sequence)
    if items.isEmpty { throw error(node, "\(option.name): the list is empty; give at least one value") }
    if option.kind == .sizes, items.count > 1, items.allSatisfy(\.isPlainNumber) {
      throw error(node, "\(option.name): one model or several? Write [[16, 8, 8]] for one, [[16], [8]] for several")
    }
    return try items.map { item throws(SweepError) in try choice(of: item, option) }
  }

  private func choice(of node: Node, _ option: TrainingSetting) throws(SweepError) -> SettingChoice {
    let text = try optionText(of: node, option)
    return try located(node) { () throws(SweepError) in try SettingChoice(text, of: option) }
  }

  /// Returns one value as text in the command line's form; sizes and words for blocks may also be a list.
  private func optionText(of node: Node, _ option: TrainingSetting) throws(SweepError) -> String {
    guard option.kind.isList, case .sequence(let entries) = node else { return try text(of: node, option.name) }
    if entries.count > 64 { throw error(node, "\(option.name): \(entries.count) entries, want at most 64") }
    return try entries.map { entry throws(SweepError) in try text(of: entry, option.name) }.joined(separator: ",")
  }

  func draw(of node: Node) throws(SweepError) -> SweepSpecification.Draw {
    var (trials, seed): (Int?, UInt64) = (nil, 0)
    for (key, node) in try entries(of: node, "random") {
      switch key.text {
      case "trials": trials = try natural(of: node, "trials")
      case "seed": seed = UInt64(try natural(of: node, "seed"))
      default: throw unknown(key, among: ["trials", "seed"])
      }
    }
    guard let trials else { throw error(node, "random: say how many trials, as in {trials: 20}") }
    return SweepSpecification.Draw(trials: trials, seed: seed)
  }

  func halving(of node: Node) throws(SweepError) -> Halving {
    var halving = Halving()
    for (key, node) in try entries(of: node, "halving") {
      switch key.text {
      case "factor": halving.factor = try natural(of: node, "factor")
      case "rungs":
        let items = try items(of: node, "rungs")
        if items.count > Halving.rungLimit {
          throw error(node, "rungs: got \(items.count), want at most \(Halving.rungLimit)")
        }
        halving.rungs = try items.map { item throws(SweepError) in try natural(of: item, "rungs") }
      default: throw unknown(key, among: ["factor", "rungs"])
      }
    }
    return halving
  }

  func trial(of node: Node) throws(SweepError) -> SweepSpecification.NamedTrial {
    var (name, values): (String?, SettingValues) = (nil, [:])
    for (key, node) in try entries(of: node, "trials") {
      if key.text == "name" {
        name = try text(of: node, "name")
        continue
      }
      let option = try option(key)
      let text = try optionText(of: node, option)
      values[option] = try located(node) { () throws(SweepError) in try SettingValue(trialValue: text, of: option) }
    }
    guard let name else { throw error(node, "a trial without a name; give one, as in {name: wide, filters: [32, 16]}") }
    let trial = SweepSpecification.NamedTrial(name: name, values: values)
    _ = try located(node) { () throws(SweepError) in try trial.family() }
    return trial
  }

  /// Adds the line to the error of a value.
  func located<Value>(_ node: Node, _ body: () throws(SweepError) -> Value) throws(SweepError) -> Value {
    do throws(SweepError) { return try body() } catch { throw self.error(node, "\(error)") }
  }
}

extension Node {
  /// The line of the first node with an anchor, in the order of the text. The parser must still be alive.
  fileprivate var lineOfAnchor: Int? {
    if anchor != nil { return mark?.line ?? 1 }
    switch self {
    case .mapping(let mapping):
      for (key, value) in mapping { if let line = key.lineOfAnchor ?? value.lineOfAnchor { return line } }
    case .sequence(let sequence):
      for node in sequence { if let line = node.lineOfAnchor { return line } }
    case .scalar, .alias: break
    }
    return nil
  }

  /// Whether the node is a number without quotation marks.
  fileprivate var isPlainNumber: Bool {
    guard case .scalar(let scalar) = self else { return false }
    return scalar.style == .plain && Int(scalar.string) != nil
  }
}

extension YamlError {
  fileprivate var line: Int? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: nil
    }
  }

  fileprivate var reason: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
      .reader(let problem, _, _, _):
      "not YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, _):
      "the key \(keys.map(DisplayName.quoted).joined(separator: ", ")) is given twice"
    case .memory: "there is no memory for it"
    default: "it can't be read as YAML"
    }
  }
}
