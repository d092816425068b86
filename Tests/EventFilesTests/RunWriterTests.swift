// RunWriterTests.swift
// Runs on disk: names, locks, resuming, threads, and visibility to other processes.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import EventFiles

@Suite struct RunWriterTests {
  static func eventFiles(_ path: String) throws -> [String] {
    try Directory.list(path).filter { $0.contains("tfevents") }.map { Directory.join(path, $0) }
  }

  static func events(_ path: String) throws -> [Event] {
    try eventFiles(path).flatMap { file in
      var reader = try EventFileReader(path: file)
      defer { #expect(reader.unfinishedBytes == 0) }
      return try reader.rest()
    }
  }

  @Test func aRunIsThereFromItsFirstMoment() throws {
    try withTemporaryDirectory { directory in
      let run = try LogDirectory(directory).run("group/first")
      let path = directory + "/group/first"
      #expect(run.path == path)
      #expect(try Self.events(path).map(\.content) == [.fileVersion("brain.Event:2"), .sessionLog(SessionLog(.start))])
      try run.scalar("loss", 0.5, step: 1)
      try run.flush()
      #expect(try Self.events(path).count == 3)
      try run.scalar("loss", 0.25, step: 2)
      try run.sync()
      #expect(try Self.events(path).count == 4)
      try run.scalar("loss", 0.125, step: 3)
      try run.close()
      try run.close()
      #expect(try Self.events(path).count == 5)
      #expect(try Directory.list(path).count == 1)
      #expect(throws: EventFileError.closed(path: path)) { try run.scalar("loss", 0, step: 4) }
      #expect(throws: EventFileError.closed(path: path)) { try run.flush() }
    }
  }

  @Test func whatWaitsIsWrittenWhenItsTimeHasCome() throws {
    try withTemporaryDirectory { directory in
      let eager = try RunWriter(directory + "/eager", flushInterval: 0)
      try eager.scalar("loss", 1, step: 1)
      #expect(try Self.events(directory + "/eager").count == 3)
      let patient = try RunWriter(directory + "/patient", flushInterval: 0.05)
      try patient.scalar("loss", 1, step: 1)
      try patient.scalar("loss", 1, step: 2)
      // No further call is made.
      let deadline = Date(timeIntervalSinceNow: 20)
      while try Self.events(directory + "/patient").count < 4, Date() < deadline { usleep(5_000) }
      #expect(try Self.events(directory + "/patient").count == 4)
      for interval in [.infinity, .greatestFiniteMagnitude, 1e10] {
        let path = directory + "/\(interval)"
        let still = try RunWriter(path, flushInterval: interval)
        try still.scalar("loss", 1, step: 1)
        #expect(try Self.events(path).count == 2)
        try still.flush()
        #expect(try Self.events(path).count == 3)
      }
      for interval in [-1, .nan, 0.0] {
        let path = directory + "/\(interval)"
        let eager = try RunWriter(path, flushInterval: interval)
        try eager.scalar("loss", 1, step: 1)
        #expect(try Self.events(path).count == 3)
      }
    }
  }

  @Test func aWriterThatIsDroppedHasWrittenEverything() throws {
    try withTemporaryDirectory { directory in
      try { try RunWriter(directory + "/r").scalar("loss", 1, step: 1) }()
      #expect(try Self.events(directory + "/r").count == 3)
    }
  }

  @Test func oneWriterADirectory() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/r"
      let run = try RunWriter(path)
      #expect(throws: FileError.inUse(path: path, holder: getpid())) { try RunWriter(path, resumingAt: 3) }
      try run.close()
      #expect(throws: EventFileError.runExists(path: path)) { try RunWriter(path) }
      #expect(throws: EventFileError.badResumeStep(0)) { try RunWriter(path, resumingAt: 0) }
      #expect(throws: Never.self) { try RunWriter(path, resumingAt: 1) }
    }
  }

  @Test func aResumedRun() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/r"
      for session in 0..<4 {
        let run = try RunWriter(path, resumingAt: session == 0 ? nil : Step(session * 10))
        let evaluation = try run.subrun("eval")
        for writer in [run, evaluation] {
          try writer.scalar("loss", 1, step: Step(session * 10 + 1), description: "d")
          try writer.close()
        }
      }
      for path in [path, path + "/eval"] {
        let files = try Self.eventFiles(path)
        #expect(files.count == 4)
        for (session, file) in files.enumerated() {
          var reader = try EventFileReader(path: file)
          let events = try reader.rest()
          #expect(events[1].content == .sessionLog(SessionLog(.start)))
          #expect(events[1].step == Step(session * 10))
          #expect(events[2].content == .summary([.scalar("loss", 1, description: "d")]))
          #expect(events[2].step == Step(session * 10 + 1))
        }
      }
    }
  }

  @Test(
    "names that lead elsewhere", arguments: ["", ".", "..", "../x", "a/../b", "/a", "a//b", "a/", "x.tfevents", "a\0b"])
  func badNames(_ name: String) throws {
    try withTemporaryDirectory { directory in
      #expect(throws: EventFileError.badRunName(name)) { try LogDirectory(directory).run(name) }
      let run = try RunWriter(directory + "/r")
      #expect(throws: EventFileError.badRunName(name)) { try run.subrun(name) }
      #expect(try Directory.list(directory) == ["r"])
    }
    #expect(throws: EventFileError.badRunName("my.tfevents")) { try RunWriter("/nowhere/my.tfevents/") }
  }

  @Test func aDirectoryThatCannotBe() throws {
    try withTemporaryDirectory { directory in
      try FileSink(directory + "/file").close()
      #expect(throws: FileError.self) { try RunWriter(directory + "/file") }
      #expect(throws: FileError.self) { try RunWriter(directory + "/file/below") }
    }
  }

  @Test func manyThreads() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("r")
    let run = try RunWriter(path)
    let (tasks, steps) = (8, 2000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask {
          let own = try Tag("own/\(task)")
          for step in 0..<steps {
            try run.scalar(own, Float(step), step: Step(step))
            try run.scalar("shared", Float(task), step: Step(step))
            if step % 500 == 0 { try run.text("text", "\(task)", step: Step(step)) }
          }
        }
      }
      try await group.waitForAll()
    }
    try run.close()
    var last: [Tag: Int64] = [:]
    var counts: [Tag: Int] = [:]
    for event in try Self.events(path) {
      guard case .summary(let values) = event.content else { continue }
      for value in values {
        counts[value.tag, default: 0] += 1
        guard value.tag.name.hasPrefix("own") else { continue }
        #expect(event.step.value == last[value.tag, default: -1] + 1)
        #expect(value.content == .scalar(Float(event.step.value)))
        last[value.tag] = event.step.value
      }
    }
    #expect(counts["shared"] == tasks * steps && counts["text"] == tasks * 4)
    #expect(last.values.allSatisfy { $0 == Int64(steps - 1) } && last.count == tasks)
  }

  /// Threads log while the timer flushes, others ask for flushes, and one closes in the end.
  @Test func threadsAndTheTimer() async throws {
    let directory = try TemporaryDirectory()
    let runs = try (0..<3).map { try RunWriter(directory.file("\($0)"), flushInterval: 0.001) }
    let (tasks, steps) = (4, 1500)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask {
          let tag = try Tag("\(task)")
          for step in 0..<steps {
            for run in runs { try run.scalar(tag, Float(step), step: Step(step)) }
            if step % 100 == task { try runs[task % 3].flush() }
            if step % 10 == 0 { usleep(200) }
          }
        }
      }
      try await group.waitForAll()
    }
    await withTaskGroup(of: Void.self) { group in
      for run in runs { for _ in 0..<2 { group.addTask { try? run.close() } } }
    }
    for run in runs {
      var next: [Tag: Int64] = [:]
      for event in try Self.events(run.path).dropFirst(2) {
        guard case .summary(let values) = event.content, let tag = values.first?.tag else { continue }
        #expect(event.step.value == next[tag, default: 0])
        next[tag] = event.step.value + 1
      }
      #expect(next.count == tasks && next.values.allSatisfy { $0 == steps })
    }
  }

  @Test func numbersThatAreNotFiniteAreCountedBesideTheirHistogram() throws {
    try withTemporaryDirectory { directory in
      let run = try RunWriter(directory + "/r")
      try run.histogram("w", of: [1, 2], step: 1)
      try run.histogram("w", of: [1, .nan, 2, .infinity, -.infinity], step: 2, description: "d")
      try run.histogram("w", of: [.nan], step: 3)
      try run.histogram("w", of: [], step: 4)
      try run.close()
      let values = try Self.events(directory + "/r").dropFirst(2).map { event in
        guard case .summary(let values) = event.content else { return [SummaryValue]() }
        return values
      }
      #expect(values.map(\.count) == [1, 2, 2, 1])
      #expect(values[0][0].content == .histogram(Histogram(of: [1, 2])))
      #expect(values[1][0].content == values[0][0].content)
      #expect(values[1][1].tag.name == "w/non_finite" && values[1][1].content == .scalar(3))
      #expect(values[2][1].content == .scalar(1) && values[2][0].content == .histogram(Histogram(buckets: [])))
    }
  }

  @Test(
    "tags of any characters",
    arguments: [
      " ", "a b", "/", "a//b", "ä/ö", "🙂", "a\nb", "a\tb", "<b>", "\"", "%s", "../..", "\u{202E}x", "\u{FEFF}",
    ])
  func oddTags(_ name: String) throws {
    try withTemporaryDirectory { directory in
      let run = try RunWriter(directory + "/r")
      for step in 0..<2 { try run.scalar(Tag(name), 1, step: Step(step), displayName: name) }
      try run.close()
      let events = try Self.events(directory + "/r").dropFirst(2)
      let want = try SummaryValue.scalar(Tag(name), 1, displayName: name)
      #expect(events.map(\.content) == [.summary([want]), .summary([want])])
    }
    for name in ["", "a\0b", "\0"] { #expect(throws: EventFileError.badTag(name)) { try Tag(name) } }
  }

  @Test func timesThatAreNone() {
    for seconds in [Double.nan, .infinity, -.infinity] {
      #expect(throws: EventFileError.self) { try WallTime(seconds: seconds) }
    }
  }

  /// Verification finds nothing in a run that was resumed after the clock went back by less than the run's duration, nor in a run
  /// during which the clock went back.
  @Test("a clock that is set back makes no two writers of one")
  func clockSetBack() throws {
    try withTemporaryDirectory { directory in
      let now = WallTime.now().seconds
      // Logs these values as if the clock had shown `offset` from now for each.
      func write(_ steps: ClosedRange<Int>, from offset: Double, perStep: Double = 1) throws {
        let run = try RunWriter("\(directory)/run", resumingAt: steps.lowerBound > 1 ? Step(steps.lowerBound) : nil)
        for (number, step) in steps.enumerated() {
          let time = try WallTime(seconds: now + offset + perStep * Double(number))
          try run.scalar("loss", 1, step: Step(step), at: time)
        }
        try run.close()
        let file = try #require(try Self.eventFiles("\(directory)/run").last)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: now + offset + perStep * Double(steps.count - 1))],
          ofItemAtPath: file)
      }
      try write(1...100, from: 50)
      try write(101...200, from: 0)
      #expect(try LogDirectory(directory).verify().findings.filter { $0.severity == .problem } == [])
      try FileManager.default.removeItem(atPath: "\(directory)/run")
      try write(1...100, from: -50, perStep: -0.5)
      try write(101...200, from: 0)
      #expect(try LogDirectory(directory).verify().findings.filter { $0.severity == .problem } == [])
      // Without the time in the name, this looks like two writers at once.
      try FileManager.default.removeItem(atPath: "\(directory)/run")
      try write(1...100, from: 50)
      try write(101...200, from: 0)
      let second = try #require(try Self.eventFiles("\(directory)/run").last)
      try FileManager.default.moveItem(
        atPath: second, toPath: "\(directory)/run/events.out.tfevents.\(Int(now) + 20).h.1.1")
      #expect(try LogDirectory(directory).verify().findings.map(\.rule).contains(.interleavedFiles))
    }
  }
}
