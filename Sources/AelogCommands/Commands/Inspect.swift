// Inspect.swift
// aelog inspect: shows the contents of a log directory of any program.

import ArgumentParser
import ByteStreams
import EventFiles

/// Reads a log directory and prints a summary or all values.
struct Inspect: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the runs, tags, steps and curves in a log directory.",
    usage: "aelog inspect <logdir> [<options>]",
    discussion: """
      Reads event files of any program. --csv prints a line per value:
      run,tag,kind,step,wall_time,value. The value is empty unless it is a scalar.
      --json prints a line per tag. --tag also finds the tags that earlier versions
      of aelog used.

      Examples:
        aelog inspect runs/
        aelog inspect runs/ --run first --tag 'loss/*' --csv
        aelog inspect runs/ --tag quality/reconstructions --images pictures/
      """)

  @Argument(help: ArgumentHelp("Log directory, which holds the runs.", valueName: "logdir"), completion: .directory)
  var logdir: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Show only this run; * matches any text. Can be repeated.", valueName: "name"))
  var run: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Show only this tag; * matches any text. Can be repeated.", valueName: "name"))
  var tag: [String] = []

  @Flag(help: "Print every value as CSV.")
  var csv = false

  @Flag(help: "Print JSON lines.")
  var json = false

  @Option(
    help: ArgumentHelp("Save images in this directory, in their own format.", valueName: "path"),
    completion: .directory)
  var images: String?

  @Flag(help: "Keep printing new values until Ctrl-C.")
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

  /// Prints new values until a signal arrives.
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
