// Event+Decoding.swift
// Bytes to events, by protobuf-c.

import CEventProto

extension Event {
  /// The event that is the payload of a record.
  ///
  /// Only the first value of a tag in a file has metadata; `metadata` remembers them from event to event.
  /// - Throws: `EventFileError.malformedEvent` where the bytes are none, `.notATime` where the time is NaN or infinite.
  init(decoding payload: [UInt8], metadata: inout [Tag: SummaryMetadata]) throws(EventFileError) {
    self = try payload.withUnsafeBufferPointer { (bytes) throws(EventFileError) in
      try withUnpacked(
        "event", bytes, unpack: tensorboard__event__unpack, free: tensorboard__event__free_unpacked
      ) { (message) throws(EventFileError) in try Event(message, metadata: &metadata) }
    }
  }

  private init(_ message: Tensorboard__Event, metadata: inout [Tag: SummaryMetadata]) throws(EventFileError) {
    self.init(
      try Event.content(of: message, metadata: &metadata), step: Step(message.step),
      at: try WallTime(seconds: message.wall_time),
      writer: message.source_metadata.map { String($0.pointee.writer) } ?? "")
  }

  private static func content(of message: Tensorboard__Event, metadata: inout [Tag: SummaryMetadata])
    throws(EventFileError) -> Content
  {
    switch message.what_case {
    case TENSORBOARD__EVENT__WHAT_FILE_VERSION: return .fileVersion(String(message.file_version))
    case TENSORBOARD__EVENT__WHAT_GRAPH_DEF: return .graph(try Graph(decoding: .init(message.graph_def)))
    case TENSORBOARD__EVENT__WHAT_SESSION_LOG: return .sessionLog(SessionLog(message.session_log.pointee))
    case TENSORBOARD__EVENT__WHAT_TAGGED_RUN_METADATA:
      let tagged = message.tagged_run_metadata.pointee
      return .graphCost(Tag(unchecked: String(tagged.tag)), try GraphCost(decoding: .init(tagged.run_metadata)))
    case TENSORBOARD__EVENT__WHAT_SUMMARY:
      var values: [SummaryValue] = []
      for value in messages(message.summary.pointee.value, message.summary.pointee.n_value) {
        if let value = try SummaryValue(value, metadata: &metadata) { values.append(value) }
      }
      return .summary(values)
    default: return .nothing
    }
  }
}

extension SessionLog {
  fileprivate init(_ message: Tensorboard__SessionLog) {
    self.init(
      Status(rawValue: Int32(truncatingIfNeeded: message.status.rawValue)) ?? .unspecified,
      checkpointPath: String(message.checkpoint_path), message: String(message.msg))
  }
}
