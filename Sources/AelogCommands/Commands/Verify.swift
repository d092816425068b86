// Verify.swift
// aelog verify: checks a log directory, and tells what TensorBoard will show.

import ArgumentParser
import ByteStreams
import EventFiles
import ProjectorFiles
import Sessions

/// Reads every record and every projector file, and reports problems.
struct Verify: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a log directory and report what TensorBoard will hide.",
    usage: "aelog verify <logdir> [<options>]",
    discussion: """
      Each finding says how TensorBoard's two loaders handle it: the Python loader
      (--load_fast false) and the data server (the default on Linux and macOS).
      Nothing is changed without --repair, which moves the torn record at the end
      of a file into a separate file next to it.

      The exit code is 0 without problems, 1 with problems, and 2 if something
      can't be read.

      Examples:
        aelog verify runs/
        aelog verify runs/ --json
      """)

  @Argument(help: ArgumentHelp("Log directory, which holds the runs.", valueName: "logdir"), completion: .directory)
  var logdir: String

  @Flag(help: "Print JSON lines: findings, the steps shown of each tag, and a summary.")
  var json = false

  @Flag(help: "Move torn records out of event files, and remove files that killed processes have left.")
  var repair = false

  @Flag(help: "Print only problems, no notes.")
  var quiet = false

  func validate() throws {
    if logdir.isEmpty { throw ValidationError("the path of the log directory is empty; give one, as in runs/") }
  }

  func run(on console: Console) throws -> Int32 {
    var report: VerificationReport
    do {
      try LogReading.check(logdir)
      report = try LogDirectory(logdir).verify()
      if repair {
        for tail in report.tornTails { move(tail, on: console) }
        for run in report.runs { RunLeftovers.removeUnheld(from: run.path) }
        if !report.tornTails.isEmpty { report = try LogDirectory(logdir).verify() }
      }
    } catch {
      let message = Failure(error).message
      console.errors.line("error: \(message)")
      if json { console.output.line(VerificationDisplay.unreadable(message)) }
      return VerificationStatus.unreadable.rawValue
    }
    let display = VerificationDisplay(
      report, projector: projectorFindings(report),
      // TensorBoard serves embeddings in the log directory itself without an event file.
      ignores: ProjectorVerifier.hasEmbedding(logdir) ? [.noRuns] : [], showsNotes: !quiet)
    if json { display.printJSON(on: console.output) } else { display.printText(on: console.output) }
    return display.status.rawValue
  }

  /// Moves a torn tail into a separate file; a tail that can't be moved remains a finding.
  private func move(_ tail: TornTail, on console: Console) {
    do {
      try tail.repair()
      console.errors.line(
        "repaired \(DisplayName.quoted(tail.file)): \(Quantity.grouped(tail.count)) "
          + "\(tail.count == 1 ? "byte is" : "bytes are") now in \(DisplayName.quoted(tail.sidePath))")
    } catch {
      console.errors.line("error: \(DisplayName.quoted(tail.file)) is not repaired: \(error)")
    }
  }

  private func projectorFindings(_ report: VerificationReport) -> [(run: String, finding: ProjectorFinding)] {
    let runs = Set(report.runs.map { ExactName($0.name) })
    return report.directories.flatMap { directory in
      ProjectorVerifier.verify(
        directory.path, isRun: runs.contains(ExactName(directory.name)), isRoot: directory.name == "."
      )
      .map { (directory.name, $0) }
    }
  }
}
