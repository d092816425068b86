// Event+Coding.swift
// Events to bytes and back, by protobuf-c.

import CEventProto
import Protobuf

extension Event {
  /// Returns the event as the payload of a record, with the metadata of every value.
  public func encoded() -> [UInt8] {
    let message = EncodedMessage(self) { _ in true }
    return [UInt8](unsafeUninitializedCapacity: message.size) { buffer, count in
      if let start = buffer.baseAddress { message.write(to: start) }
      count = message.size
    }
  }

  /// An event ready to be written to the caller's memory.
  struct EncodedMessage {
    private let arena = MessageArena()
    private let message: UnsafeMutablePointer<Tensorboard__Event>
    let size: Int

    /// Prepares an event.
    /// - Parameter isFirst: returns true for values that carry their metadata.
    init(_ event: Event, isFirst: (SummaryValue) -> Bool) {
      message = event.message(in: arena, isFirst: isFirst)
      size = tensorboard__event__get_packed_size(message)
    }

    /// Writes `size` bytes.
    func write(to target: UnsafeMutableRawPointer) {
      withExtendedLifetime(arena) {
        _ = tensorboard__event__pack(message, target.assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  private func message(in arena: MessageArena, isFirst: (SummaryValue) -> Bool)
    -> UnsafeMutablePointer<Tensorboard__Event>
  {
    arena.message(tensorboard__event__init) { message in
      message.wall_time = wallTime.seconds
      message.step = step.value
      if !writer.isEmpty {
        message.source_metadata = arena.message(tensorboard__source_metadata__init) { $0.writer = arena.text(writer) }
      }
      switch content {
      case .nothing: break
      case .fileVersion(let version):
        message.what_case = TENSORBOARD__EVENT__WHAT_FILE_VERSION
        message.file_version = arena.text(version)
      case .summary(let values):
        message.what_case = TENSORBOARD__EVENT__WHAT_SUMMARY
        message.summary = arena.message(tensorboard__summary__init) {
          $0.n_value = values.count
          $0.value = arena.list(values.map { $0.message(in: arena, withMetadata: isFirst($0)) })
        }
      case .sessionLog(let log):
        message.what_case = TENSORBOARD__EVENT__WHAT_SESSION_LOG
        message.session_log = log.message(in: arena)
      case .graph(let graph):
        message.what_case = TENSORBOARD__EVENT__WHAT_GRAPH_DEF
        message.graph_def = arena.bytes(graph.encoded())
      case .graphCost(let tag, let cost):
        message.what_case = TENSORBOARD__EVENT__WHAT_TAGGED_RUN_METADATA
        message.tagged_run_metadata = arena.message(tensorboard__tagged_run_metadata__init) {
          $0.tag = arena.text(tag.name)
          $0.run_metadata = arena.bytes(cost.encoded())
        }
      }
    }
  }
}

extension SessionLog {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__SessionLog> {
    arena.message(tensorboard__session_log__init) {
      $0.status = Tensorboard__SessionLog__SessionStatus(rawValue: .init(truncatingIfNeeded: status.rawValue))
      $0.checkpoint_path = arena.text(checkpointPath)
      $0.msg = arena.text(message)
    }
  }
}

extension Event {
  /// Decodes the payload of a record.
  ///
  /// Only the first value of a tag in a file has metadata; `metadata` keeps them from event to event.
  /// - Throws: `EventFileError.malformedEvent` if the bytes are not an event, `.notATime` if the time is NaN or infinite.
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
