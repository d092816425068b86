// LogDirectory+Verification.swift
// Verifies a log directory and forecasts what TensorBoard will show of it.

import ByteStreams

/// The result of verifying a log directory.
public struct VerificationReport: Equatable, Sendable {
  /// A run as both loaders list it.
  public struct Run: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its path.
    public let path: String
    /// True if the data server lists it, which requires an event; the Python loader lists every run.
    public let isListedByRust: Bool
    /// Number of event files.
    public let files: Int
    /// Number of records.
    public let records: Int
    /// Number of bytes of complete records.
    public let bytes: Int
  }

  /// The findings, ordered by file and by their first position in it.
  public internal(set) var findings: [EventFinding] = []
  /// The forecasts for each run's tags, in the order of the runs' names.
  public internal(set) var forecasts: [SeriesForecast] = []
  /// The runs in the order of their names.
  public internal(set) var runs: [Run] = []
  /// All directories, with or without event files.
  public internal(set) var directories: [(name: String, path: String)] = []
  /// The damaged ends of files, which can be truncated to repair them.
  public internal(set) var tornTails: [TornTail] = []

  /// Returns true if all parts are equal.
  public static func == (left: VerificationReport, right: VerificationReport) -> Bool {
    left.findings == right.findings && left.forecasts == right.forecasts && left.runs == right.runs
      && left.tornTails == right.tornTails && left.directories.elementsEqual(right.directories) { $0 == $1 }
  }
}

extension LogDirectory {
  /// Reads every record of every run and changes nothing. Memory grows with the number of tags, not of values: the steps that
  /// the two loaders keep of a tag take 30 KiB at most.
  /// - Parameter recordLimit: the longest record that is checked, in bytes; records after a longer one are not checked.
  /// - Throws: `FileError` if the directory cannot be listed; anything below it that cannot be read is a finding.
  public func verify(recordLimit: Int = 1 << 28) throws -> VerificationReport {
    var report = VerificationReport()
    var broken: Set<ExactName> = []
    var dashboard = HParamsDashboard()
    let walk = try LogWalk(path)
    for place in walk.places {
      report.directories.append((place.name, place.path))
      var verifier = RunVerifier(place, limit: recordLimit)
      verifier.verify()
      report.findings += verifier.tally.all
      report.tornTails += verifier.tornTails
      if place.eventFiles.isEmpty { continue }
      report.forecasts += verifier.forecasts
      report.runs.append(
        VerificationReport.Run(
          name: place.name, path: place.path, isListedByRust: verifier.hasEvents, files: place.eventFiles.count,
          records: verifier.records, bytes: verifier.bytes))
      dashboard.add(verifier.hparams, of: place.name)
      if verifier.endsPython { broken.insert(ExactName(place.name)) }
    }
    var tally = FindingTally(run: ".")
    if walk.isTruncated {
      tally.add(.unreadable, file: path) {
        FindingText(
          "more than \(LogWalk.limit) directories, links followed; the others were not checked",
          both: "it visits all of them at each reload")
      }
    }
    if report.runs.isEmpty {
      tally.add(.noRuns, file: path) {
        FindingText("there is no event file, here or below", both: "it has nothing to show")
      }
    }
    report.findings += tally.all
    dashboard.check(&report.findings)
    // The file system determines which runs are read before the one that makes the loader fail.
    if !broken.isEmpty {
      for index in report.forecasts.indices where !broken.contains(ExactName(report.forecasts[index].run)) {
        report.forecasts[index].python = .unknown
      }
    }
    if walk.places.contains(where: { !$0.otherNames.isEmpty }) {
      let outcome = SeriesForecast.Outcome.hidden(reason: "a name in the log directory is not UTF-8")
      for index in report.forecasts.indices { report.forecasts[index].python = outcome }
    }
    return report
  }
}
