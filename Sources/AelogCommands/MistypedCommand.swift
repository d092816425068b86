// MistypedCommand.swift
// Finds a word of the command line that should be a command and is none, and the command that was probably meant.

import ArgumentParser
import ByteStreams

/// A word in the place of a command.
struct MistypedCommand {
  private let word: String
  /// The commands that are possible there.
  private let possible: [String]
  /// The words before it, beginning with the program's name.
  private let path: [String]

  /// - Parameter words: the command line without the program's name.
  /// - Returns: nil if every command in it is known.
  init?(in words: [String]) {
    var (command, path): (any ParsableCommand.Type, [String]) = (Aelog.self, ["aelog"])
    for word in words.first == "help" ? words.dropFirst() : words[...] {
      let inner = command.configuration.subcommands
      if inner.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      guard let next = inner.first(where: { $0._commandName == word }) else {
        (self.word, self.path, possible) = (word, path, inner.map { $0._commandName })
        return
      }
      command = next
      path.append(word)
    }
    return nil
  }

  /// One line: the word, and the command that is meant, or all that are possible.
  var message: String {
    let advice = likely.map { "did you mean '\($0)'?" } ?? "the commands are \(possible.joined(separator: ", "))"
    return "there is no command \(DisplayName.quoted(word)); \(advice) (see \(path.joined(separator: " ")) --help)"
  }

  /// The command of which the word is the beginning, or from which it differs by one or two letters.
  private var likely: String? {
    if let whole = possible.first(where: { word.count > 1 && $0.hasPrefix(word) }) { return whole }
    let nearest = possible.map { (name: $0, distance: Self.distance(Array(word), Array($0))) }
      .min { $0.distance < $1.distance }
    return nearest.flatMap { 2 * $0.distance < $0.name.count && $0.distance <= 2 ? $0.name : nil }
  }

  /// Returns the fewest letters to insert, delete or replace that make one word the other (Levenshtein's distance).
  private static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var row = Array(0...second.count)
    for (place, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = place + 1
      for (other, secondLetter) in second.enumerated() {
        let change = diagonal + (letter == secondLetter ? 0 : 1)
        diagonal = row[other + 1]
        row[other + 1] = min(change, row[other] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
