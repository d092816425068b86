// EventSink.swift
// Where an event file's bytes go: a file that can be cut back to its last whole record.

import ByteStreams

/// A sink that can undo a write that failed half-way.
protocol EventSink: ByteSink {
  var path: String { get }
  mutating func truncate(to size: Int) throws
  mutating func sync() throws
  mutating func checkPlace() throws
  mutating func syncName() throws
  mutating func close() throws
}

extension FileSink: EventSink {}
