// EventFileTests.swift
// One file: its first records, metadata once a tag, and a disk that is full.

import ByteStreams
import CEventProto
import Testing

@testable import EventFiles

@Suite struct EventFileTests {
  static func events(_ bytes: [UInt8]) throws -> [Event] {
    var reader = EventFileReader(MemorySource(bytes))
    return try reader.rest()
  }

  /// Lists the values of a file as protobuf-c reads them: the tag, and the dashboard if the value has metadata.
  static func metadata(_ bytes: [UInt8]) throws -> [String] {
    var records = RecordReader(MemorySource(bytes))
    var found: [String] = []
    while case .record(let payload) = try records.next() {
      let event = try #require(tensorboard__event__unpack(nil, payload.count, payload))
      defer { tensorboard__event__free_unpacked(event, nil) }
      guard event.pointee.what_case == TENSORBOARD__EVENT__WHAT_SUMMARY else { continue }
      let summary = event.pointee.summary.pointee
      for case let value? in UnsafeBufferPointer(start: summary.value, count: summary.n_value) {
        let plugin = value.pointee.metadata?.pointee.plugin_data.pointee.plugin_name
        found.append("\(String(value.pointee.tag)) \(plugin.map { String($0) } ?? "-")")
      }
    }
    return found
  }

  @Test func theFirstRecords() throws {
    let disk = Disk()
    var file = EventFile(disk, writer: "aelog", sessionStart: 5)
    try file.open()
    let events = try Self.events(disk.bytes)
    #expect(events.map(\.content) == [.fileVersion("brain.Event:2"), .sessionLog(SessionLog(.start))])
    #expect(events.map(\.step) == [0, 5])
    #expect(events.map(\.writer) == ["aelog", ""])
    try file.close()
    #expect(disk.isClosed)
  }

  @Test func metadataOnceForEachTag() throws {
    let disk = Disk()
    var file = EventFile(disk, writer: "aelog", sessionStart: 0)
    for step in 0..<3 {
      try file.append("a", 1, step: Step(step), at: .now(), description: "d")
      try file.append(Event(.summary([.scalar("a", 2), .text("t", "x"), .text("t", "y"), .scalar("b", 3)])))
      try file.append("b", 1, step: Step(step), at: .now(), description: "")
      try file.append(Event(.summary([.sessionEnd(SessionEnd(.running))])))
    }
    try file.close()
    let end = "_hparams_/session_end_info hparams"
    let rest = ["a -", "a -", "t -", "t -", "b -", "b -", end]
    #expect(
      try Self.metadata(disk.bytes) == ["a scalars", "a -", "t text", "t -", "b scalars", "b -", end] + rest + rest)
  }

  @Test func aTagKeepsItsKind() throws {
    var file = EventFile(Disk(), writer: "", sessionStart: 0)
    try file.append("a", 1, step: 0, at: .now(), description: "")
    let error = EventFileError.kindChanged(tag: "a", was: "scalars", now: "text")
    #expect(throws: error) { try file.append(Event(.summary([.scalar("new", 1), .text("a", "")]))) }
    #expect(throws: EventFileError.kindChanged(tag: "b", was: "text", now: "scalars")) {
      try file.append(Event(.summary([.text("b", ""), .scalar("b", 1)])))
    }
    try file.append(Event(.summary([.text("t", "x")])))
    #expect(throws: EventFileError.kindChanged(tag: "t", was: "text", now: "scalars")) {
      try file.append("t", 1, step: 0, at: .now(), description: "")
    }
  }

  /// A refused event does not count as written: the tag's metadata come with its first value that is written.
  @Test func aRefusedEventLeavesNoTrace() throws {
    let disk = Disk()
    var file = EventFile(disk, writer: "", sessionStart: 0)
    try file.append(Event(.summary([.text("a", "")])))
    #expect(throws: EventFileError.self) { try file.append(Event(.summary([.scalar("new", 1), .scalar("a", 1)]))) }
    try file.append("new", 1, step: 0, at: .now(), description: "")
    try file.close()
    #expect(try Self.metadata(disk.bytes) == ["a text", "new scalars"])
  }

  /// Fills a disk with room for `room` bytes: the file holds whole records, and when there is room again, logging continues with
  /// metadata and all.
  @Test("a full disk", arguments: Array(stride(from: 0, to: 400, by: 3)))
  func fullDisk(room: Int) throws {
    let disk = Disk(room: room)
    var file = EventFile(disk, writer: "w", sessionStart: 0, bufferSize: 0)
    var errors: [EventFileError] = []
    var kept = 0
    for step in 0..<10 {
      do {
        try file.append("loss", Float(step), step: Step(step), at: .now(), description: "d")
        if errors.isEmpty { kept += 1 }
      } catch let error as EventFileError {
        errors.append(error)
        disk.room = .max
      }
    }
    try file.close()
    if kept < 10 { #expect(errors == [.recordsLost(count: 1, cause: disk.full)]) }
    let events = try Self.events(disk.bytes)
    #expect(events[0].content == .fileVersion("brain.Event:2"))
    #expect(events[1].content == .sessionLog(SessionLog(.start)))
    let values = events.dropFirst(2).map { $0.step.value }
    #expect(values == Array(0..<10).filter { kept == 10 || $0 != kept })
    // The failing call writes the opening again if it was lost; the next value of the tag has metadata.
    let found = try Self.metadata(disk.bytes)
    #expect(found[0] == "loss scalars")
    if kept < 9 { #expect(found[kept] == "loss scalars") }
  }

  @Test func aFileThatCannotBeCutBackIsGivenUp() throws {
    let disk = Disk(room: 150)
    disk.canTruncate = false
    var file = EventFile(disk, writer: "w", sessionStart: 0, bufferSize: 0)
    let error = #expect(throws: EventFileError.self) {
      for step in 0..<10 { try file.append("loss", 1, step: Step(step), at: .now(), description: "") }
    }
    let damage = EventFileError.damaged(path: "disk", cause: disk.full)
    #expect(error == damage)
    disk.room = .max
    let before = disk.bytes
    #expect(throws: damage) { try file.append("loss", 1, step: 11, at: .now(), description: "") }
    #expect(disk.bytes == before)
    #expect(throws: Never.self) { try file.close() }
  }

  @Test func anOpeningThatWasLostIsWrittenAgain() throws {
    let disk = Disk(room: 30)
    var file = EventFile(disk, writer: "w", sessionStart: 7)
    #expect(throws: EventFileError.recordsLost(count: 2, cause: disk.full)) { try file.open() }
    #expect(disk.bytes.isEmpty)
    disk.room = .max
    try file.append("loss", 1, step: 7, at: .now(), description: "")
    try file.close()
    let events = try Self.events(disk.bytes)
    #expect(events.map(\.step) == [0, 7, 7])
    #expect(events.first?.content == .fileVersion("brain.Event:2"))
  }

  @Test func lostRecordsAreCounted() throws {
    let disk = Disk(room: 200)
    var file = EventFile(disk, writer: "w", sessionStart: 0)
    try file.open()
    for step in 0..<10 { try file.append("loss", 1, step: Step(step), at: .now(), description: "") }
    #expect(throws: EventFileError.recordsLost(count: 10, cause: disk.full)) { try file.flush() }
    #expect(try Self.events(disk.bytes).count == 2)
    #expect(throws: Never.self) { try file.close() }
  }
}

/// A disk in memory that can be full.
final class Disk: EventSink {
  let path = "disk"
  let full = FileError.system(operation: .write, path: "disk", code: 28)
  var bytes: [UInt8] = []
  var room: Int
  var canTruncate = true
  var isClosed = false

  init(room: Int = .max) { self.room = room }

  func write(_ new: UnsafeRawBufferPointer) throws {
    let fitting = new.prefix(max(room - bytes.count, 0))
    bytes += fitting
    if fitting.count < new.count { throw full }
  }

  func truncate(to size: Int) throws {
    guard canTruncate else { throw full }
    bytes.removeLast(bytes.count - size)
  }

  func sync() {}
  func checkPlace() {}
  func syncName() {}
  func close() { isClosed = true }
}
