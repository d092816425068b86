// SlurmRecord.swift
// Remembers a sweep's job arrays and options of sbatch in a file, so that a later process finds the arrays again.

import ByteStreams
import Foundation

/// The contents of `.slurm/record.json` in a sweep's directory.
package struct SlurmRecord: Codable, Equatable, Sendable {
  /// A submitted array, recorded for people; which tasks there are is asked of the queue.
  package struct Job: Codable, Equatable, Sendable {
    package var id: Int
    package var name: String
    /// The trials in Slurm's short form, as in 0-3,7.
    package var trials: String
    /// Seconds since 1970.
    package var submitted: Double
  }

  /// The prefix of the names of all its arrays, unique to this sweep. It is written before anything is submitted, so
  /// that an array is found even if its number was never recorded.
  package var name: String
  /// The tasks of an array are numbered below this.
  package var array_size: Int
  /// Seconds since 1970.
  package var begun: Double
  package var options: SlurmOptions
  package var jobs: [Job] = []
  /// The path and the identity of the sweep's directory. A copy of the sweep differs in both, and has none of the tasks. Nil in
  /// records of earlier versions.
  package var directory: String?
  package var identity: String?

  package static func path(of sweep: String) -> String { Directory.join(sweep, "\(SlurmJob.folder)/record.json") }

  /// Creates the record of a sweep that was never submitted.
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

  /// Records where the sweep is now, since it may have been moved.
  mutating func settle(in sweep: String) { (directory, identity) = Self.place(of: sweep) }

  private static func place(of sweep: String) -> (directory: String?, identity: String?) {
    (Directory.resolved(sweep), (try? FileStatus.of(sweep))??.identity.text)
  }

  /// Reads the record of a sweep.
  /// - Returns: nil if the sweep was never submitted, or is a copy of one that was.
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

  /// Returns the names that the arrays of this number of trials may have.
  func names(trials: Int) -> [String] { (0...((max(1, trials) - 1) / array_size)).map { "\(name)-\($0)" } }

  /// Returns the trial of a task in one of the sweep's arrays.
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

/// Options of sbatch, as given on the command line. They are kept beside the sweep, so that a resumed sweep asks for the same.
package struct SlurmOptions: Codable, Equatable, Sendable {
  package var partition: String?
  /// The largest number of tasks that run at the same time.
  package var array_limit: Int?
  package var time: String?
  package var cpus_per_task: Int?
  package var memory: String?
  /// Further arguments, passed to sbatch unchanged.
  package var sbatch_args: [String]?

  package init() {}

  /// Returns these options, with `others` in place of nil.
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

  /// Refuses values that sbatch would take for something else, and options that the sweep sets itself.
  /// - Throws: `SlurmError.badOption`.
  package func check() throws(SlurmError) {
    for (name, text) in [("partition", partition), ("time", time), ("memory", memory)] {
      if let text, text.isEmpty || text.utf8.contains(0) {
        throw .badOption(name: name, got: text, reason: "want a value that sbatch accepts")
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
      // sbatch accepts any unique beginning of a name.
      if let option = taken.first(where: { $0 == name || name.count > 1 && $0.hasPrefix(name) }) {
        throw refuse("the sweep sets sbatch's --\(option) itself")
      }
    } else if let letter = argument.dropFirst().first, takenLetters.contains(letter) {
      throw refuse("the sweep sets sbatch's -\(letter) itself")
    }
  }
}
