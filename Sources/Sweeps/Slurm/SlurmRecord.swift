// SlurmRecord.swift
// Remembers a sweep's job arrays and options of sbatch in a file, so that a later process finds the arrays again.

import ByteStreams
import Foundation

/// The file `.slurm/record.json` in a sweep's directory.
package struct SlurmRecord: Codable, Equatable, Sendable {
  /// An array that was submitted, to tell people; which tasks there are, the queue says.
  package struct Job: Codable, Equatable, Sendable {
    package var id: Int
    package var name: String
    /// As in 0-3,7.
    package var trials: String
    /// Seconds since 1970.
    package var submitted: Double
  }

  /// What the names of all its arrays begin with; no other sweep has it. It is here before anything is submitted, so
  /// that an array is found by it even if its number was never noted.
  package var name: String
  /// Arrays' tasks are numbered below this.
  package var array_size: Int
  /// Seconds since 1970.
  package var begun: Double
  package var options: SlurmOptions
  package var jobs: [Job] = []
  /// The sweep's directory: its path, and what tells the directory apart. A copy of the sweep has another of both, and none of
  /// the tasks. Nil in records of earlier versions.
  package var directory: String?
  package var identity: String?

  package static func path(of sweep: String) -> String { Directory.join(sweep, "\(SlurmJob.folder)/record.json") }

  /// Of a sweep that nothing was submitted of.
  init(sweep: String, arraySize: Int, options: SlurmOptions) {
    let plain = Directory.lastPart(of: sweep).unicodeScalars.prefix(40).map { scalar in
      Self.isPlain(scalar) ? Character(scalar) : "_"
    }
    let mark = String(UInt64.random(in: 36_000_000...2_000_000_000), radix: 36)
    name = "aelog-\(String(plain))-\(mark)"
    array_size = arraySize
    begun = Date().timeIntervalSince1970
    self.options = options
    (directory, identity) = Self.place(of: sweep)
  }

  /// Notes where the sweep is now: it may have been moved.
  mutating func settle(in sweep: String) { (directory, identity) = Self.place(of: sweep) }

  private static func place(of sweep: String) -> (directory: String?, identity: String?) {
    (Directory.resolved(sweep), (try? FileStatus.of(sweep))??.identity.text)
  }

  /// Reads the record of a sweep.
  /// - Returns: nil where nothing was submitted of the sweep, but of another that it is a copy of.
  /// - Throws: `SlurmError.unreadable` for a file that is no such record; `FileError`.
  package static func read(from sweep: String) throws -> SlurmRecord? {
    let file = path(of: sweep)
    guard try FileStatus.of(file) != nil else { return nil }
    let bytes = try FileContents.read(file, limit: 1 << 24)
    guard let record = try? JSONDecoder().decode(SlurmRecord.self, from: Data(bytes)), record.isSound else {
      throw SlurmError.unreadable(
        program: file, got: String(decoding: bytes.prefix(60), as: UTF8.self), want: "what aelog has written there")
    }
    try record.options.check()
    let place = place(of: sweep)
    let isCopied = record.directory != nil && record.directory != place.directory && record.identity != place.identity
    return isCopied ? nil : record
  }

  /// Replaces the file.
  /// - Throws: `FileError`.
  func write(to sweep: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.replace(Self.path(of: sweep), bytes: Array(encoder.encode(self)) + [UInt8(ascii: "\n")])
  }

  /// The names that arrays of so many trials may have.
  func names(trials: Int) -> [String] { (0...((max(1, trials) - 1) / array_size)).map { "\(name)-\($0)" } }

  /// The trial of a task of one of its arrays.
  func trial(ofTask task: Int, in array: String) -> Int? {
    guard array.hasPrefix("\(name)-"), let part = Int(array.dropFirst(name.count + 1)), (0...100_000).contains(part),
      (0..<array_size).contains(task)
    else { return nil }
    return part * array_size + task
  }

  private var isSound: Bool {
    (2...10_000_000).contains(array_size) && (1...200).contains(name.count)
      && name.unicodeScalars.allSatisfy(Self.isPlain) && begun.isFinite && abs(begun) < 1e12
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar))
  }
}

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
