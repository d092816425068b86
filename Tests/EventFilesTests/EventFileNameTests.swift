// EventFileNameTests.swift
// A later file's name sorts after all earlier ones, whatever the clock and the other names.

import Testing

@testable import EventFiles

@Suite struct EventFileNameTests {
  let name = EventFileName(host: "h", process: 12, number: 3)

  @Test func form() throws {
    #expect(name.text(seconds: 1_600_000_000, after: []) == "events.out.tfevents.1600000000.h.12.3")
    #expect(name.text(seconds: 7, after: []) == "events.out.tfevents.0000000007.h.12.3")
    #expect(name.text(seconds: -7, after: []) == "events.out.tfevents.0000000000.h.12.3")
    let first = try #require(EventFileName.next().text(seconds: 1, after: []))
    let second = try #require(EventFileName.next().text(seconds: 1, after: []))
    #expect(first != second)
    #expect(first.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 47 })
  }

  @Test func oneSecondAfterTheLastWhereTheClockHasGoneBack() {
    let later = "events.out.tfevents.1700000001.h.12.3"
    #expect(name.text(seconds: 5, after: ["events.out.tfevents.1700000000.zzz.999.9"]) == later)
    #expect(name.text(seconds: 5, after: [later]) == "events.out.tfevents.1700000002.h.12.3")
  }

  static let earlier: [[String]] = [
    ["events.out.tfevents.1700000000.h.12.3"], ["events.out.tfevents.1700000000.zzz.999.9"],
    ["events.out.tfevents.9999999999.h.12.3"], ["x.tfevents"], ["zzz.tfevents.v2", "a"], ["tfevents"],
    ["events.out.tfevents.9999999999.h.12.3", "events.out.tfevents.1.h"], ["events.out.tfevents.x"],
    ["events.out.tfevents.99999999999999999999999.h"], ["ÿ.tfevents"], ["events.out.tfevents.1600000000.h.12.3"],
    ["events.out.tfevents.1600000000.h.12.20"],
  ]

  @Test("after all others, even when the clock went back", arguments: earlier, [0, 1_600_000_000, 1_800_000_000])
  func sorts(_ others: [String], seconds: Int) throws {
    var others = others
    for _ in 0..<5 {
      let next = try #require(name.text(seconds: seconds, after: others))
      for other in others where other.contains("tfevents") {
        #expect(other.utf8.lexicographicallyPrecedes(next.utf8))
      }
      #expect(next.contains("tfevents"))
      others.append(next)
    }
  }

  @Test func otherFilesDoNotMatter() {
    #expect(name.text(seconds: 1, after: ["zzz", "projector_config.pbtxt"]) == name.text(seconds: 1, after: []))
  }

  @Test func aNameThatCannotBeFollowed() {
    #expect(name.text(seconds: 1, after: ["z" + String(repeating: "z", count: 246) + "tfevents"]) == nil)
  }
}
