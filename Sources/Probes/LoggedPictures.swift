// LoggedPictures.swift
// The pictures of a run that is resumed with more epochs: TensorBoard keeps ten of a tag, and drops others by chance.

import ByteStreams
import EventFiles

/// Removes pictures that a run with more epochs would not have. A record keeps its length, so a TensorBoard that is reading
/// the file finds the next one: padding takes the pictures' place.
package enum LoggedPictures {
  private struct Picture: Hashable {
    let tag: Tag
    let step: Step
  }

  /// Removes pictures from the event files in `directory`, of each tag of which there would be too many. The first one in each
  /// file stays, since the metadata of its tag are in it. Call it while nobody writes to the run.
  /// - Parameters:
  ///   - steps: at which the run has pictures, those to come among them.
  ///   - last: the last step that is not logged again.
  /// - Throws: `FileError`; each file is as it was or without these pictures.
  package static func thin(in directory: String, keeping steps: [Int], upTo last: Int) throws {
    let names = try Directory.list(directory).filter(EventFileName.hasPrefix)
    let files = names.sorted { $0.precedesByBytes($1) }.map { Directory.join(directory, $0) }
    var (firsts, others): ([Tag: Int], [Tag: [Step]]) = ([:], [:])
    for file in files {
      var seen: Set<Tag> = []
      try forEachEvent(in: file) { event, _ in
        for tag in event.pictures where event.step <= Step(last) {
          if seen.insert(tag).inserted {
            firsts[tag, default: 0] += 1
          } else {
            others[tag, default: []].append(event.step)
          }
        }
      }
    }
    let (wanted, coming) = (Set(steps.map { Step($0) }), steps.count { $0 > last })
    var surplus: Set<Picture> = []
    for (tag, steps) in others {
      let room = max(0, ReconstructionEpochs.limit - coming - (firsts[tag] ?? 0))
      if steps.count <= room { continue }
      let kept = Set(steps.filter(wanted.contains).prefix(room))
      surplus.formUnion(steps.filter { !kept.contains($0) }.map { Picture(tag: tag, step: $0) })
    }
    if surplus.isEmpty { return }
    for file in files { try remove(surplus, from: file) }
  }

  private static func remove(_ surplus: Set<Picture>, from file: String) throws {
    var changes: [(range: Range<Int>, record: [UInt8])] = []
    var seen: Set<Tag> = []
    try forEachEvent(in: file) { event, range in
      guard case .summary(let values) = event.content else { return }
      let left = values.filter { value in
        guard value.isPicture, !seen.insert(value.tag).inserted else { return true }
        return !surplus.contains(Picture(tag: value.tag, step: event.step))
      }
      if left.count == values.count { return }
      var shorter = event
      shorter.content = .summary(left)
      let payload = shorter.encoded()
      if let padding = Padding.bytes(try range.count - record(payload).count) {
        changes.append((range, try record(payload + padding)))
      }
    }
    if changes.isEmpty { return }
    var bytes = try FileContents.read(file)
    for (range, record) in changes { bytes.replaceSubrange(range, with: record) }
    try AtomicFile.replace(file, bytes: bytes)
  }

  private static func record(_ payload: [UInt8]) throws -> [UInt8] {
    var writer = RecordWriter(MemorySink())
    try writer.append(payload)
    return try writer.close().bytes
  }

  /// Goes through the events up to the first place where there is none.
  private static func forEachEvent(in file: String, _ body: (Event, Range<Int>) throws -> Void) throws {
    var reader = try EventFileReader(path: file)
    while true {
      let start = reader.offset
      guard case .event(let event)? = try? reader.next() else { return }
      try body(event, start..<reader.offset)
    }
  }
}

extension SummaryValue {
  fileprivate var isPicture: Bool { if case .images = content { true } else { false } }
}

extension Event {
  fileprivate var pictures: [Tag] {
    if case .summary(let values) = content { values.filter(\.isPicture).map(\.tag) } else { [] }
  }
}

/// Fields that every reader of a message skips.
enum Padding {
  /// Field 19000 as bytes. No message can have that number: protobuf keeps 19000 to 19999 for itself.
  private static let key: [UInt8] = [0xC2, 0xA3, 0x09]

  /// So many bytes; nil for fewer than a field has.
  static func bytes(_ count: Int) -> [UInt8]? {
    for digits in 1...5 {
      let length = count - key.count - digits
      if length < 0 { return nil }
      let varint = varint(length)
      if varint.count == digits { return key + varint + [UInt8](repeating: 0, count: length) }
    }
    // No length takes just so many bytes with its own digits: an empty field takes some of them.
    return bytes(count - key.count - 1).map { key + [0] + $0 }
  }

  private static func varint(_ number: Int) -> [UInt8] {
    var (bytes, rest): ([UInt8], Int) = ([], number)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
