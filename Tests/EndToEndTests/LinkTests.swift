// LinkTests.swift
// No command changes a file through a link inside a run, nor one that has another name as well.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct LinkTests {
  private let manager = FileManager.default

  private func link(_ path: String, to target: String) throws {
    try? manager.removeItem(atPath: path)
    try manager.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  private func hardLink(_ path: String, to target: String) throws {
    try? manager.removeItem(atPath: path)
    try manager.linkItem(atPath: target, toPath: path)
  }

  /// A run with an event file whose last record is torn, under a name outside of the run too.
  private func tornRun(_ name: String, in directory: String) throws -> (file: String, target: String, bytes: Data) {
    let run = try LogDirectory("\(directory)/runs").run(name)
    try run.scalar("loss", 0.5, step: 1)
    try run.close()
    let names = try manager.contentsOfDirectory(atPath: run.path)
    let file = "\(run.path)/\(try #require(names.first { $0.contains("tfevents") }))"
    let target = "\(directory)/\(name)-target"
    let whole = try bytes(file) + Data([9, 0, 0])
    try whole.write(to: URL(fileURLWithPath: target))
    return (file, target, whole)
  }

  @Test("verify --repair cuts no file that a link leads to, or that has two names, and says which")
  func repair() throws {
    try withTemporaryDirectory { directory in
      let (linked, named) = (try tornRun("linked", in: directory), try tornRun("named", in: directory))
      try link(linked.file, to: linked.target)
      try hardLink(named.file, to: named.target)
      let ending = try BuiltProgram.run(["verify", "runs", "--repair"], in: directory)
      let lines = ending.errors.split(separator: "\n")
      #expect(ending.status == 1 && lines.count == 2, "\(ending)")
      #expect(lines[0].contains("runs/linked/events") && lines[0].contains("is a symbolic link"), "\(ending)")
      #expect(lines[1].contains("runs/named/events") && lines[1].contains("has 2 names (hard links)"), "\(ending)")
      #expect(try bytes(linked.target) == linked.bytes && bytes(named.target) == named.bytes)
      #expect(filesBelow("\(directory)/runs").count == 2, "nothing is left beside them")
      // A copy under the one name, as the message says.
      for torn in [linked, named] {
        try manager.removeItem(atPath: torn.file)
        try torn.bytes.write(to: URL(fileURLWithPath: torn.file))
      }
      #expect(try BuiltProgram.run(["verify", "runs", "--repair"], in: directory).status == 0)
      #expect(try bytes(linked.target) == linked.bytes && bytes(named.target) == named.bytes)
      // A run that is itself a link is repaired.
      _ = try tornRun("other", in: "\(directory)/elsewhere").bytes.write(
        to: URL(fileURLWithPath: try tornRun("more", in: "\(directory)/elsewhere").file))
      try link("\(directory)/runs/more", to: "\(directory)/elsewhere/runs/more")
      let more = try BuiltProgram.run(["verify", "runs", "--repair"], in: directory)
      #expect(more.status == 0 && more.errors.hasPrefix("repaired \"runs/more/"), "\(more)")
    }
  }

  @Test("train --resume and export change nothing that a link in the run leads to")
  func runs() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let run = "\(directory)/runs/a"
      let resume = ["train", "--resume", "runs/a", "--epochs", "3", "--quiet"], export = ["export", "--run", "runs/a"]
      func refuse(_ arguments: [String], _ words: String...) throws {
        let ending = try BuiltProgram.run(arguments, in: directory)
        #expect(ending.status == 73 && ending.isRefusal(), "\(ending)")
        for word in words { #expect(ending.errors.contains(word), "\(ending)") }
      }
      for folder in ["embedding", "checkpoints", "eval", "frames"] {
        try manager.moveItem(atPath: "\(run)/\(folder)", toPath: "\(directory)/\(folder)")
        try link("\(run)/\(folder)", to: "\(directory)/\(folder)")
        let before = filesBelow("\(directory)/\(folder)")
        try refuse(resume, "runs/a/\(folder)\" is a symbolic link", "remove the link")
        if folder == "embedding" { try refuse(export, "runs/a/embedding\" is a symbolic link") }
        #expect(filesBelow("\(directory)/\(folder)") == before)
        try manager.removeItem(atPath: "\(run)/\(folder)")
        try manager.moveItem(atPath: "\(directory)/\(folder)", toPath: "\(run)/\(folder)")
      }
      let target = "\(directory)/target"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: target))
      for (make, words) in [(link, "is a symbolic link"), (hardLink, "has 2 names")] {
        for command in [resume, export] {
          try make("\(run)/.aelog.lock", target)
          try refuse(command, "runs/a/.aelog.lock\" \(words)")
        }
      }
      try manager.removeItem(atPath: "\(run)/.aelog.lock")
      #expect(try bytes(target) == Data("mine".utf8))
      try manager.moveItem(atPath: run, toPath: "\(directory)/real")
      try link(run, to: "\(directory)/real")
      for command in [resume, export] { #expect(try BuiltProgram.run(command, in: directory).status == 0) }
    }
  }

  @Test("a sweep writes what its trials say into no file that a link leads to")
  func sweeps() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let options = ["--data", "bars", "--batch-size", "20", "--filters", "3", "--epochs", "1", "--name", "s"]
      #expect(try BuiltProgram.run(["sweep", "--prepare"] + options, in: directory).status == 0)
      let (target, trial) = ("\(directory)/target", "\(directory)/runs/s/.trials/0")
      try Data("mine".utf8).write(to: URL(fileURLWithPath: target))
      try manager.createDirectory(atPath: trial, withIntermediateDirectories: true)
      for (make, words) in [(link, "is a symbolic link"), (hardLink, "has 2 names")] {
        try make("\(trial)/output", target)
        let ending = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--quiet"], in: directory)
        #expect(ending.isRefusal(mentioning: "runs/s/.trials/0/output\" \(words)") && ending.status == 73, "\(ending)")
        #expect(try bytes(target) == Data("mine".utf8))
      }
      try manager.removeItem(atPath: trial)
      try link(trial, to: directory)
      let ending = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--quiet"], in: directory)
      #expect(ending.isRefusal(mentioning: "runs/s/.trials/0\" is a symbolic link"), "\(ending)")
      #expect(!exists("\(directory)/output"))
      try manager.removeItem(atPath: trial)
      #expect(try BuiltProgram.run(["sweep", "--resume", "runs/s", "--quiet"], in: directory).status == 0)
    }
  }
}
