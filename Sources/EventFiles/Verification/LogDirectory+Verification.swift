// LogDirectory+Verification.swift
// A whole log directory checked, and what TensorBoard will show of it.

import ByteStreams

/// What verification found.
public struct VerificationReport: Equatable, Sendable {
  /// A run as both loaders list it.
  public struct Run: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Where it is.
    public let path: String
    /// Whether the data server lists it, which needs an event for that; the Python loader lists every run.
    public let isListedByRust: Bool
    /// Its event files.
    public let files: Int
    /// Their records.
    public let records: Int
    /// The bytes of whole records.
    public let bytes: Int
  }

  /// In the order of the files, and of the first place in each.
  public internal(set) var findings: [EventFinding] = []
  /// Those of the runs, in the order of their names.
  public internal(set) var forecasts: [SeriesForecast] = []
  /// In the order of their names.
  public internal(set) var runs: [Run] = []
  /// Every directory, runs or not.
  public internal(set) var directories: [(name: String, path: String)] = []
  /// What could be cut off to repair files.
  public internal(set) var tornTails: [TornTail] = []

  /// True where all parts agree.
  public static func == (left: VerificationReport, right: VerificationReport) -> Bool {
    left.findings == right.findings && left.forecasts == right.forecasts && left.runs == right.runs
      && left.tornTails == right.tornTails && left.directories.elementsEqual(right.directories) { $0 == $1 }
  }
}

extension LogDirectory {
  /// Reads every record of every run. Nothing is changed. Memory grows with the number of tags, not with that of their values:
  /// the steps that the two loaders keep of one take 30 KiB at most.
  /// - Parameter recordLimit: the longest record that is checked, in bytes; what comes behind a longer one is not.
  /// - Throws: `FileError` where the directory can't be listed; what can't be read below it is a finding.
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
          "more than \(LogWalk.limit) directories, links followed; the others were not looked at",
          both: "it goes through all of them at each reload")
      }
    }
    if report.runs.isEmpty {
      tally.add(.noRuns, file: path) {
        FindingText("there is no event file, here or below", both: "it has nothing to show")
      }
    }
    report.findings += tally.all
    dashboard.check(&report.findings)
    // Which runs were read before the one that broke the loader depends on the file system.
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
