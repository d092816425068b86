// RunVerifier+Files.swift
// Checks directories, files, records and events.

import ByteStreams

extension RunVerifier {
  mutating func checkPlace() {
    for name in place.misnamedDirectories {
      let (first, last) = (place.eventFiles.first ?? "", place.eventFiles.last ?? "")
      let effect =
        if first.isEmpty {
          "the directory is not a run, so it is ignored"
        } else if name.precedesByBytes(first) {
          "it can't open it and stops reading the run; the list of runs is an error for the whole log directory"
        } else {
          name.precedesByBytes(last)
            ? "it can't open it: the files after it are not read" : "it logs an error at each reload"
        }
      tally.add(.notAFile, file: Directory.join(place.path, name)) {
        FindingText("a directory that is named like an event file", python: effect, rust: "it skips it")
      }
    }
    for name in place.specialFiles {
      tally.add(.notAFile, file: Directory.join(place.path, name)) {
        FindingText(
          "it is named like an event file but is not a file", both: "it may wait for it forever, and then shows no run"
        )
      }
    }
    for name in place.loops {
      tally.add(.linkLoop, file: Directory.join(place.path, name)) {
        FindingText(
          "a link back to a directory above", python: "it lists the runs below repeatedly, about 40 levels deep",
          rust: "it detects and skips it")
      }
    }
    for (path, name) in place.repeats {
      tally.add(.repeatedDirectory, file: path) {
        FindingText(
          "a second path to the directory \(DisplayName.quoted(name)), which is checked once",
          both: "it lists the runs there and below under both names")
      }
    }
    for name in place.otherNames {
      tally.add(.nameNotUTF8, file: place.path) {
        FindingText(
          "the name \(DisplayName.quoted(bytes: name)) is not UTF-8; it was not checked. Rename it",
          python: "it fails when it lists the directory: no run of the log directory is shown",
          rust: "it shows the runs there, with a replacement character in the name")
      }
    }
    for failure in place.failures { noteUnreadable(failure.path, failure) }
  }

  mutating func noteUnreadable(_ path: String, _ error: any Error) {
    tally.add(.unreadable, file: path) {
      FindingText("\(error)", both: "it shows nothing of it, unless it has permission to read it")
    }
  }

  mutating func noteProfileFile(_ path: String) {
    tally.add(.profileFile, file: path) {
      FindingText(
        "its name ends in .profile-empty", python: "it lists the run, but reads no value of the file",
        rust: "it reads it like any other file")
    }
  }

  mutating func noteEmpty(_ path: String) {
    tally.add(.emptyFile, file: path) {
      FindingText(
        "it has no event", python: "it lists the run, empty if there is no other file",
        rust: "it does not list the run if there is no other file")
    }
  }

  mutating func noteInterleaved(_ path: String, _ earlier: String) {
    tally.add(.interleavedFiles, file: path) {
      FindingText(
        "it begins before \(DisplayName.quoted(earlier)) ends: two writers at once, or a clock that was set back",
        python: "while it runs, it never returns to the earlier file, so later values there are not shown",
        rust: "it reads both; for equal tags, the later step wins")
    }
  }

  mutating func noteTail(_ count: Int, _ spot: Spot) {
    tally.add(.tornTail, file: spot.file, offset: spot.offset) {
      FindingText(
        "the last record is not whole: \(DisplayName.counted(count, "byte of it is", "bytes of it are")) there",
        both: "it shows all before it and waits for the rest")
    }
  }

  /// Adds the finding for a record whose length is damaged or too large, so that the next one cannot be found.
  mutating func noteUnreadableRest(_ error: EventFileError, size: Int, _ spot: Spot) {
    let rest = max(size - spot.offset, 0)
    if case .oversized(let length, let limit, _) = error {
      tally.add(.oversized, file: spot.file, offset: spot.offset) {
        FindingText(
          "a record of \(length) bytes, more than the \(limit) that are checked; nothing after it was checked",
          python: "it reads it if memory suffices", rust: "it reads it, but can't send more than 256 MiB to the page"
        )
      }
      return
    }
    tally.add(.lengthChecksum, file: spot.file, offset: spot.offset) {
      FindingText(
        "the checksum of a record's length is wrong: the next record can't be found",
        python:
          "it waits here for ever; \(Self.last(rest)) of the file \(rest == 1 ? "is" : "are") hidden",
        rust: "it gives the file up; \(Self.last(rest)) \(rest == 1 ? "is" : "are") hidden")
    }
  }

  private static func last(_ count: Int) -> String { count == 1 ? "the last byte" : "the last \(count) bytes" }

  mutating func noteDamaged(_ error: EventFileError, rest size: Int, _ spot: inout Spot) {
    let rest = max(size - spot.offset, 0)
    tally.add(.dataChecksum, file: spot.file, offset: spot.offset) {
      FindingText(
        "the checksum of a record is wrong",
        python:
          "it waits here for ever; \(Self.last(rest)) of the file \(rest == 1 ? "is" : "are") hidden",
        rust: "it does not look at the checksum, and takes the damaged record as long as it can be parsed")
    }
    spot.isOverForPython = true
  }

  mutating func noteNoEvent(isDamaged: Bool, _ spot: inout Spot) {
    if !isDamaged, !spot.isOverForRust {
      tally.add(.notAnEvent, file: spot.file, offset: spot.offset) {
        FindingText(
          "the bytes of a record are not an event, or a text in it is not UTF-8",
          python: "it fails: nothing more of any run is read until it is restarted",
          rust: "it stops reading the file; the rest of it is hidden")
      }
    }
    if !spot.isOverForPython { noteEndOfPython(&spot) }
    spot.isOverForRust = true
  }

  mutating func check(times event: EventFields, _ spot: inout Spot) {
    let time = event.wallTime
    if time.isNaN {
      tally.add(.timeNaN, file: spot.file, offset: spot.offset) {
        FindingText(
          "the time of an event is NaN", python: "it takes the event",
          rust: "it stops reading the file; this event and the rest of the file are hidden")
      }
      spot.isOverForRust = true
    } else if time.isInfinite {
      tally.add(.timeInfinite, file: spot.file, offset: spot.offset) {
        FindingText("the time of an event is infinite", python: "it takes the event", rust: "it drops the event")
      }
    } else if event.content == .summary {
      spot.times = (spot.times?.first ?? time, time)
    }
  }

  mutating func check(version event: EventFields, isFirst: Bool, _ spot: Spot) {
    if event.content == .fileVersion, SessionRules.version(event.body) >= 2 { return }
    if !isFirst, event.content != .fileVersion { return }
    tally.add(.noFileVersion, file: spot.file, offset: spot.offset) {
      FindingText(
        "the file does not begin with \"\(Event.fileVersion)\"",
        python: "if no other file of the run does, it drops points whenever a step goes back",
        rust: "it ignores it")
    }
  }

  mutating func noteRestart(_ step: Int64, _ count: Int, _ spot: Spot) {
    tally.add(.restart, file: spot.file, offset: spot.offset) {
      FindingText(
        "a session starts at step \(step)",
        python: "it forgets \(DisplayName.counted(count, "point")) from there on",
        rust: "it drops them tag by tag, as new points arrive")
    }
  }
}
