// ReadingDisplay.swift
// A progress bar while pictures are decoded.

import Datasets

/// Shows how many pictures are decoded, and how long the rest will take.
package enum ReadingDisplay {
  /// Runs `read`, with the bar if it decodes pictures; afterwards the bar is gone.
  package static func show<Images>(on output: TextStream, _ read: () throws -> Images) rethrows -> Images {
    // The observer is called by one thread at a time, and no more when `read` has returned.
    nonisolated(unsafe) let display = TaskDisplay(output)
    defer { display.clear() }
    let observer: ReadingProgress.Observer = { done, total in
      let count = "\(Quantity.grouped(done)) of \(Quantity.grouped(total))"
      display.show("reading pictures", Double(done) / Double(total), count: count)
    }
    return try ReadingProgress.observed(by: observer, read)
  }
}
