// SweepSpecification+YAML.swift
// Reads a specification from a YAML file, and writes the file that reads back to it.

package import ByteStreams
import Datasets
import Training

extension SweepSpecification {
  /// The largest number of bytes of a file.
  static let sizeLimit = 1 << 20

  /// Reads a specification file; docs/sweeps.md describes its form.
  /// - Parameter files: the accepted kinds of files; pipes too if the user named the file.
  /// - Throws: `SweepError.specification`, `FileError`.
  package init(path: String, accepting files: AcceptedFiles = .regular) throws {
    try self.init(yaml: FileContents.read(path, limit: Self.sizeLimit, accepting: files), path: path)
  }

  /// - Parameter path: the file's name in messages.
  /// - Throws: `SweepError.specification`.
  package init(yaml bytes: [UInt8], path: String) throws(SweepError) {
    let reader = SpecificationReader(path: path)
    guard let root = try reader.root(of: bytes) else { throw reader.error(nil, "the file is empty; give options") }
    self.init()
    var reading = ReadingOptions()
    defer { data = DataSource(argument: data.argument, options: reading) }
    for (key, node) in try reader.entries(of: root, "the file") {
      switch key.text {
      case "data-options":
        let text = try reader.text(of: node, "data-options")
        guard let options = ReadingOptions(text: text) else {
          throw reader.error(
            node, "data-options: got \(DisplayName.quoted(text)), want options such as \"--size 32x32 --fit crop\"")
        }
        reading = options
      case "data":
        let text = try reader.text(of: node, "data")
        if text.isEmpty { throw reader.error(node, "data: the path is empty; give a directory, or the word digits") }
        data = DataSource(argument: text)
      case "data-seed": dataSeed = UInt64(try reader.natural(of: node, "data-seed"))
      case "options":
        for (key, node) in try reader.entries(of: node, "options") {
          let option = try reader.option(key)
          choices[option] = try reader.choices(of: node, option)
        }
      case "repeats": repeats = try reader.natural(of: node, "repeats")
      case "random": draw = try reader.draw(of: node)
      case "halving": halving = try reader.halving(of: node)
      case "trials":
        trials = try reader.items(of: node, "trials").map { node throws(SweepError) in try reader.trial(of: node) }
      case let name where SweepSettings.names.contains(name):
        let text = try reader.text(of: node, name)
        try reader.located(node) { () throws(SweepError) in try settings.set(name, text) }
      default:
        let parts = ["data", "data-options", "data-seed", "options", "repeats", "random", "halving", "trials"]
        throw reader.unknown(key, among: parts + SweepSettings.names)
      }
    }
  }
}

extension SweepSpecification {
  /// The specification as YAML, the same for equal specifications.
  package var text: String {
    var lines = ["# A sweep: aelog sweep --spec FILE", "data: \(Self.quoted(data.argument))"]
    if !data.options.isEmpty { lines.append("data-options: \(Self.quoted(data.options.text))") }
    lines.append("data-seed: \(dataSeed)")
    let given = TrainingSetting.all.filter { choices[$0] != nil }
    if !given.isEmpty { lines.append("options:") }
    for option in given {
      let values = (choices[option] ?? []).map(Self.form)
      lines.append("  \(option.name): [\(values.joined(separator: ", "))]")
    }
    lines.append("repeats: \(repeats)")
    lines += settings.lines
    if let draw { lines.append("random: {trials: \(draw.trials), seed: \(draw.seed)}") }
    if let halving {
      let rungs = halving.rungs.map { ", rungs: [\($0.map(String.init).joined(separator: ", "))]" } ?? ""
      lines.append("halving: {factor: \(halving.factor)\(rungs)}")
    }
    if !trials.isEmpty { lines.append("trials:") }
    for trial in trials {
      let values = TrainingSetting.all.compactMap { option in
        trial.values[option].map { "\(option.name): \(Self.form(.value($0)))" }
      }
      lines.append("  - {\((["name: \(Self.quoted(trial.name))"] + values).joined(separator: ", "))}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func form(_ choice: SettingChoice) -> String {
    switch choice {
    case .value(.sizes(let sizes)): "[\(sizes.map(String.init).joined(separator: ", "))]"
    case .value(.word(let word)) where word.contains(","): "[\(word.replacing(",", with: ", "))]"
    case .value(let value): value.text
    case .range(let range): quoted(range.text)
    }
  }

  /// Puts a text between double quotes, with YAML's escapes for all but visible ASCII, and for characters that could begin an alias.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "&", "*": result += "\\x" + String(scalar.value, radix: 16)
      case " "..."~": result.unicodeScalars.append(scalar)
      default: result += "\\U" + scalar.value.zeroPadded(to: 8, radix: 16)
      }
    }
    return result + "\""
  }
}
