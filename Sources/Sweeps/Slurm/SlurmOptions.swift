// SlurmOptions.swift
// What each task of a sweep asks Slurm for.

/// Options of sbatch, as given on the command line; kept beside the sweep, so that going on asks for the same.
package struct SlurmOptions: Codable, Equatable, Sendable {
  package var partition: String?
  /// The most tasks at a time.
  package var array_limit: Int?
  package var time: String?
  package var cpus_per_task: Int?
  package var memory: String?
  /// Handed to sbatch as they are.
  package var sbatch_args: [String]?

  package init() {}

  /// These, and the others where they are nil.
  package func over(_ others: SlurmOptions) -> SlurmOptions {
    var all = self
    all.partition = partition ?? others.partition
    all.array_limit = array_limit ?? others.array_limit
    all.time = time ?? others.time
    all.cpus_per_task = cpus_per_task ?? others.cpus_per_task
    all.memory = memory ?? others.memory
    all.sbatch_args = sbatch_args ?? others.sbatch_args
    return all
  }

  /// Refuses what sbatch would take for something else, and what the sweep has to say itself.
  /// - Throws: `SlurmError.badOption`.
  package func check() throws(SlurmError) {
    for (name, text) in [("partition", partition), ("time", time), ("memory", memory)] {
      if let text, text.isEmpty || text.utf8.contains(0) {
        throw .badOption(name: name, got: text, reason: "want what sbatch takes there")
      }
    }
    for (name, count, range) in [
      ("array-limit", array_limit, 1...1_000_000), ("cpus-per-task", cpus_per_task, 1...1024),
    ] {
      if let count, !range.contains(count) {
        let want = "want \(range.lowerBound) to \(range.upperBound)"
        throw .badOption(name: name, got: "\(count)", reason: want)
      }
    }
    for argument in sbatch_args ?? [] { try Self.check(argument) }
  }

  /// The names of sbatch's options that belong to the sweep, long and short.
  private static let taken: [String] = [
    "array", "chdir", "clusters", "help", "job-name", "open-mode", "output", "parsable", "test-only", "usage",
    "version", "wait", "wrap",
  ]
  private static let takenLetters = Set("aDhJMoVW")

  private static func check(_ argument: String) throws(SlurmError) {
    func refuse(_ reason: String) -> SlurmError { .badOption(name: "sbatch-arg", got: argument, reason: reason) }
    guard argument.hasPrefix("-"), argument.count > 1, argument != "--", !argument.utf8.contains(0) else {
      throw refuse("want one option of sbatch with its value, as in --sbatch-arg=--gres=gpu:1")
    }
    if argument.hasPrefix("--") {
      let name = argument.dropFirst(2).prefix { $0 != "=" }
      // sbatch takes the beginning of a name for the whole.
      if let option = taken.first(where: { $0 == name || name.count > 1 && $0.hasPrefix(name) }) {
        throw refuse("the sweep sets sbatch's --\(option) itself")
      }
    } else if let letter = argument.dropFirst().first, takenLetters.contains(letter) {
      throw refuse("the sweep sets sbatch's -\(letter) itself")
    }
  }
}
