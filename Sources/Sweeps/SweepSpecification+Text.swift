// SweepSpecification+Text.swift
// A sweep as the text that reads back to it.

import ByteStreams
import Datasets

extension SweepSpecification {
  /// YAML, the same for equal specifications.
  package var text: String {
    var lines = ["# A sweep: aelog sweep --spec FILE", "data: \(Self.quoted(data.argument))", "data-seed: \(dataSeed)"]
    let given = SweepOption.allCases.filter { choices[$0] != nil }
    if !given.isEmpty { lines.append("options:") }
    for option in given {
      let values = (choices[option] ?? []).map(Self.form)
      lines.append("  \(option.rawValue): [\(values.joined(separator: ", "))]")
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
      let values = SweepOption.allCases.compactMap { option in
        trial.values[option].map { "\(option.rawValue): \(Self.form(.value($0)))" }
      }
      lines.append("  - {\((["name: \(Self.quoted(trial.name))"] + values).joined(separator: ", "))}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func form(_ choice: OptionChoice) -> String {
    switch choice {
    case .value(.sizes(let sizes)): "[\(sizes.map(String.init).joined(separator: ", "))]"
    case .value(let value): value.text
    case .range(let range): quoted(range.text)
    }
  }

  /// Between double quotes, with YAML's escapes for all but visible ASCII, and for what could begin an alias.
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
