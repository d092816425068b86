// Verify.swift
// aelog verify: whether a log directory is sound, and what TensorBoard will make of it.

import ArgumentParser
import ByteStreams
import EventFiles
import ProjectorFiles
import Sessions

/// Reads every record and every projector file, and says what is wrong.
struct Verify: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a log directory and tell what TensorBoard will hide.",
    usage: "aelog verify <logdir> [<options>]",
    discussion: """
      Every finding says what each of TensorBoard's two loaders does about it: the
      Python loader (--load_fast false) and the data server (the default on Linux
      and macOS). Nothing is changed, unless --repair moves the torn record at the
      end of a file into a file beside it.

      The exit code is 0 if there is no problem, 1 if there are some, and 2 if
      something can't be read.

      Examples:
        aelog verify runs/
        aelog verify runs/ --json
      """)

  @Argument(help: ArgumentHelp("The directory that holds the runs.", valueName: "logdir"), completion: .directory)
  var logdir: String

  @Flag(help: "Print JSON lines: findings, what is shown of each tag, a summary.")
  var json = false

  @Flag(help: "Cut torn records off the ends of files, and remove what killed processes have left.")
  var repair = false

  @Flag(help: "Leave out notes: what there is only to know.")
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
      // TensorBoard serves the log directory's own embeddings without an event file.
      ignores: ProjectorVerifier.hasEmbedding(logdir) ? [.noRuns] : [], showsNotes: !quiet)
    if json { display.printJSON(on: console.output) } else { display.printText(on: console.output) }
    return display.status.rawValue
  }

  /// What can't be repaired remains a finding.
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
