// Inspect.swift
// aelog inspect: what a log directory holds, whoever wrote it.

import ArgumentParser
import ByteStreams
import EventFiles

/// Reads a log directory and prints what is in it.
struct Inspect: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a log directory holds: runs, tags, steps, curves.",
    usage: "aelog inspect <logdir> [<options>]",
    discussion: """
      Reads the event files of any writer. --csv prints a line for each value,
      run,tag,kind,step,wall_time,value, where the value of anything but a scalar
      is empty; --json a line for each tag.

      Examples:
        aelog inspect runs/
        aelog inspect runs/ --run first --tag 'loss/*' --csv
        aelog inspect runs/ --tag reconstructions --images pictures/
      """)

  @Argument(help: ArgumentHelp("The directory that holds the runs.", valueName: "logdir"), completion: .directory)
  var logdir: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only this run; * stands for any text. May be given again.", valueName: "name"))
  var run: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only this tag; * stands for any text. May be given again.", valueName: "name"))
  var tag: [String] = []

  @Flag(help: "Print every value, comma-separated.")
  var csv = false

  @Flag(help: "Print JSON lines.")
  var json = false

  @Option(
    help: ArgumentHelp("Save the images below this directory, as PNG or what they are.", valueName: "directory"),
    completion: .directory)
  var images: String?

  @Flag(help: "Go on with what is being logged, until Ctrl-C.")
  var follow = false

  func validate() throws {
    if logdir.isEmpty { throw ValidationError("the path of the log directory is empty; give one, as in runs/") }
    if csv, json { throw ValidationError("--csv and --json exclude each other; give one of them") }
    if images?.isEmpty ?? false { throw ValidationError("--images: the path is empty; give a directory") }
  }

  func run(on console: Console) throws -> Int32 {
    try LogReading.check(logdir)
    if follow { StopSignals.install() }
    var reading = LogReading(logdir, runs: run, tags: tag)
    var saved = images.map { SavedImages($0) }
    var lines = ValueLines(csv ? .csv : json ? .json : .text, output: console.output)
    var summaries = SeriesSummaries(asJSON: json)
    var isEmpty = true
    let (runs, warnings) = try reading.read { run, value in
      isEmpty = false
      saved?.save(value, of: run, on: console)
      if csv { lines.add(run, value) } else { summaries.add(run, value) }
    }
    lines.flush()
    if !csv { summaries.print(on: console.output) }
    warn(warnings, on: console)
    if let saved {
      console.errors.line("\(Quantity.counted(saved.count, "image")) saved in \(DisplayName.quoted(images ?? ""))")
    }
    if follow {
      let status = try follow(&reading, &saved, &lines, on: console)
      return saved?.report(on: console) ?? status
    }
    if runs == 0 {
      throw Failure(message: "there is no event file in \(DisplayName.quoted(logdir)) or below", status: .noInput)
    }
    if isEmpty, !(run + tag).isEmpty {
      throw Failure(message: "nothing in \(DisplayName.quoted(logdir)) has that run and tag", status: .noInput)
    }
    return saved?.report(on: console) ?? (reading.failure ?? .success).rawValue
  }

  /// Prints what comes until a signal does.
  private func follow(
    _ reading: inout LogReading, _ saved: inout SavedImages?, _ lines: inout ValueLines, on console: Console
  ) throws -> Int32 {
    while StopSignals.received == nil, console.output.hasReader {
      let (_, warnings) = try reading.read { run, value in
        saved?.save(value, of: run, on: console)
        lines.add(run, value)
      }
      lines.flush()
      warn(warnings, on: console)
      StopSignals.wait(seconds: 0.5)
    }
    return StopSignals.received.map { 128 + $0 } ?? 0
  }

  private func warn(_ warnings: [String], on console: Console) {
    for warning in warnings { console.errors.line("warning: \(warning)") }
  }
}
