// LoggedPictures.swift
// Removes surplus pictures and texts from the log of a run that is resumed with more epochs: TensorBoard keeps ten of a tag, chosen at
// random.

import ByteStreams
import EventFiles

/// Removes pictures and texts that a run with more epochs would not have. Padding replaces them, so that each record keeps its length and a
/// TensorBoard that is reading the file finds the next record.
package enum LoggedPictures {
  private struct Picture: Hashable {
    let tag: Tag
    let step: Step
  }

  /// Removes pictures of tags that would have too many from the event files in `directory`. The first picture of a tag stays, since
  /// TensorBoard takes the tag's metadata from it. Call it while no process writes to the run.
  /// - Parameters:
  ///   - steps: the steps at which the run has pictures, including future ones.
  ///   - last: the last step that is not logged again.
  /// - Throws: `FileError`; then each file is either unchanged or complete without these pictures.
  package static func thin(in directory: String, keeping steps: [Int], upTo last: Int) throws {
    let names = try Directory.list(directory).filter(EventFileName.hasPrefix)
    let files = names.sorted { $0.precedesByBytes($1) }.map { Directory.join(directory, $0) }
    var (firsts, others): (Set<Tag>, [Tag: [Step]]) = ([], [:])
    for file in files {
      try forEachEvent(in: file) { event, _ in
        for tag in event.pictures where event.step <= Step(last) && !firsts.insert(tag).inserted {
          others[tag, default: []].append(event.step)
        }
      }
    }
    let (wanted, coming) = (Set(steps.map { Step($0) }), steps.count { $0 > last })
    var surplus: Set<Picture> = []
    for (tag, steps) in others {
      let room = max(0, ReconstructionEpochs.limit - coming - 1)
      if steps.count <= room { continue }
      let kept = Set(steps.filter(wanted.contains).prefix(room))
      surplus.formUnion(steps.filter { !kept.contains($0) }.map { Picture(tag: tag, step: $0) })
    }
    if surplus.isEmpty { return }
    var seen: Set<Tag> = []
    for file in files { try remove(surplus, from: file, afterFirstOf: &seen) }
  }

  /// - Parameter seen: the tags whose first picture stands in an earlier file, and then in this one.
  private static func remove(
    _ surplus: Set<Picture>, from file: String, afterFirstOf seen: inout Set<Tag>
  ) throws {
    var changes: [(range: Range<Int>, record: [UInt8])] = []
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

  /// Calls `body` with each event up to the end or the first damaged record.
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
  fileprivate var isPicture: Bool {
    switch content {
    case .images, .text: true
    default: false
    }
  }
}

extension Event {
  fileprivate var pictures: [Tag] {
    if case .summary(let values) = content { values.filter(\.isPicture).map(\.tag) } else { [] }
  }
}

/// Fields of a message that every reader skips.
enum Padding {
  /// The key of field 19000 as bytes. No message has such a field: protobuf reserves 19000 to 19999.
  private static let key: [UInt8] = [0xC2, 0xA3, 0x09]

  /// Returns a field of `count` bytes; nil if no field is that short.
  static func bytes(_ count: Int) -> [UInt8]? {
    for digits in 1...5 {
      let length = count - key.count - digits
      if length < 0 { return nil }
      let varint = varint(length)
      if varint.count == digits { return key + varint + [UInt8](repeating: 0, count: length) }
    }
    // No single field has this length, because a longer length has more digits; an empty field takes some of the bytes.
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
