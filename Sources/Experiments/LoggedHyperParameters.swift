// LoggedHyperParameters.swift
// The number of epochs in a run's row of the HParams dashboard, corrected where the run is resumed with another one.

import ByteStreams
import EventFiles

/// TensorBoard keeps the first hyperparameters that a run's files tell, so that others in a later file would not be seen: the record
/// itself is replaced, by one of the same length. A TensorBoard that has read the old record, with either loader, shows the old number
/// until it is started again, and goes on reading the run.
enum LoggedHyperParameters {
  private static let column = "epochs"
  /// The hyperparameters are among the first records of a file.
  private static let records = 16

  /// Makes the event files in `directory` say that the run is trained for so many epochs. Call it while nobody writes to the run.
  /// - Throws: `FileError`; the files are as they were then.
  static func set(epochs: Int, in directory: String) throws {
    for name in try Directory.list(directory) where name.hasPrefix("events.out.tfevents.") {
      let file = Directory.join(directory, name)
      guard let found = find(in: file), let event = found.event.with(epochs: epochs, column) else { continue }
      var record = RecordWriter(MemorySink())
      try record.append(event.encoded())
      let bytes = try FileContents.read(file)
      let new = bytes[..<found.range.lowerBound] + (try record.close().bytes) + bytes[found.range.upperBound...]
      try AtomicFile.replace(file, bytes: Array(new))
    }
  }

  /// The event with the hyperparameters, and the bytes of its record; nil where a file has none, or can't be read so far.
  private static func find(in file: String) -> (event: Event, range: Range<Int>)? {
    guard var reader = try? EventFileReader(path: file) else { return nil }
    for _ in 0..<records {
      let start = reader.offset
      guard case .event(let event) = try? reader.next() else { return nil }
      if case .summary(let values) = event.content, values.contains(where: \.isSessionStart) {
        return (event, start..<reader.offset)
      }
    }
    return nil
  }
}

extension SummaryValue {
  fileprivate var isSessionStart: Bool { if case .sessionStart = content { true } else { false } }
}

extension Event {
  /// The event with another number of epochs; nil where it has that number.
  fileprivate func with(epochs: Int, _ column: String) -> Event? {
    guard case .summary(let values) = content else { return nil }
    var isOther = false
    let new = values.map { value -> SummaryValue in
      guard case .sessionStart(var start) = value.content else { return value }
      for place in start.hyperParameters.indices where start.hyperParameters[place].name == column {
        isOther = isOther || start.hyperParameters[place].value != .number(Double(epochs))
        start.hyperParameters[place].value = .number(Double(epochs))
      }
      return .sessionStart(start)
    }
    return isOther ? Event(.summary(new), step: step, at: wallTime, writer: writer) : nil
  }
}
