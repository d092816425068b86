// DataFetch.swift
// aelog data fetch: downloads a published collection of images.

import ArgumentParser
import ByteStreams
package import Datasets
import Foundation

/// Downloads, checks and unpacks a collection.
struct DataFetch: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Download a published collection of images.",
    usage: "aelog data fetch <name> [<options>]",
    discussion: """
      Names: mnist, fashion-mnist, kmnist, emnist-letters, cifar10, cifar100.

      Downloads with curl or wget, and checks each file by its published size, MD5 and SHA-256. A download that was \
      interrupted is resumed by the same command.

      Examples:
        aelog data fetch fashion-mnist
        aelog train --data fashion-mnist
        aelog data fetch cifar10 --out cifar10/
      """)

  @Argument(help: ArgumentHelp("Name of the collection.", valueName: "name"), completion: .list(DataFetch.names))
  var name: String

  @Option(
    help: ArgumentHelp(
      "Directory for the files. (default: aelog/<name> in $XDG_DATA_HOME or in ~/.local/share)", valueName: "path"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Address of a directory that has the same files, to use instead of the published ones.", valueName: "url"))
  var mirror: String?

  @Flag(help: "Print only errors.")
  var quiet = false

  static let names = PublishedCollection.all.map(\.name)

  func validate() throws {
    if PublishedCollection.named(name) == nil { throw ValidationError("\(FetchError.unknownName(name))") }
    if out?.isEmpty ?? false { throw ValidationError("--out: the path is empty; give a directory") }
    do {
      if let mirror { try CollectionFetch.check(mirror) }
    } catch { throw ValidationError("\(error)") }
  }

  func run(on console: Console) throws -> Int32 {
    guard let collection = PublishedCollection.named(name) else { throw FetchError.unknownName(name) }
    let environment = ProcessInfo.processInfo.environment
    let directory = try out ?? collection.defaultDirectory(environment: environment)
    let fetch = try CollectionFetch(collection, directory: directory, mirror: mirror, environment: environment)
    StopSignals.install()
    do {
      try FetchDisplay(quiet ? TextStream() : console.output).show(fetch, isDefault: out == nil) {
        StopSignals.received != nil
      }
      return 0
    } catch FetchError.interrupted {
      console.errors.line("interrupted; resume with \(resuming)")
      return 128 + (StopSignals.received ?? 0)
    }
  }

  /// The command that resumes the download.
  private var resuming: String {
    let place = out.map { ["--out", $0.hasPrefix("-") ? "./\($0)" : $0] } ?? []
    return ShellWord.line(["aelog", "data", "fetch", name] + place + (mirror.map { ["--mirror", $0] } ?? []))
  }
}

/// Shows a fetch: a line for each file and, on terminals, a bar.
package struct FetchDisplay {
  private let output: TextStream

  package init(_ output: TextStream) { self.output = output }

  /// Runs the fetch to its end.
  /// - Parameter isDefault: whether the bare name leads to the directory.
  package func show(_ fetch: CollectionFetch, isDefault: Bool, shouldStop: () -> Bool = { false }) throws {
    let bar = TaskDisplay(output)
    defer { bar.clear() }
    let outcome = try fetch.run(tell: { show($0, bar) }, shouldStop: shouldStop)
    bar.clear()
    let place = ShellWord.quoted(fetch.directory)
    let name = fetch.collection.name
    switch outcome {
    case .alreadyThere: output.line("  \(name) is already in \(place), whole")
    case .fetched: output.line("  \(name) is in \(place)")
    }
    let directory = fetch.directory.hasPrefix("-") ? "./\(fetch.directory)" : fetch.directory
    let data = isDefault ? name : directory
    output.line("  Train on it with")
    output.line("    " + output.style.strong(ShellWord.line(["aelog", "train", "--data", data])))
  }

  private func show(_ event: FetchEvent, _ bar: TaskDisplay) {
    switch event {
    case .progress(let name, let work, let done, let all):
      bar.show("\(work.rawValue) \(name)", Double(done) / Double(max(1, all)))
    case .ready(let name, let bytes, let url):
      bar.clear()
      let source = url.map { ", from \(DisplayName.escaped($0))" } ?? ""
      output.line("  \(DisplayName.escaped(name))  \(Quantity.bytes(bytes))\(source)")
    case .repeated(_, let reason):
      bar.clear()
      output.line("  trying again: \(DisplayName.escaped(reason))")
    case .skipped(_, let reason):
      bar.clear()
      output.line("  trying the next address: \(DisplayName.safe(reason))")
    }
  }
}
