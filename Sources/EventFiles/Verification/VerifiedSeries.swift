// VerifiedSeries.swift
// What verification remembers of a tag of a run.

/// A tag, its metadata so far, and how both loaders hold it.
struct VerifiedSeries {
  let tag: String
  /// False where the bytes of the tag are no UTF-8: then no loader parses the event.
  let isText: Bool
  /// The dashboard's name in the first metadata, or that of an old form.
  var plugin: String?
  var dataClass = SummaryMetadata.DataClass.unknown
  /// Whether the first value had metadata, or an old form, which needs none.
  var isDescribedAtOnce = false
  /// The file that had a value of it last.
  var file = -1
  /// Whether its first value in that file has metadata.
  var isDescribedInFile = false
  var lastStep: Int64?
  /// Sessions' starts since the last value; a step may go back to the smallest.
  var restart: Int64?
  var values = 0
  /// Where the first value stands.
  var first = (file: "", offset: 0)
  var python = PythonSeries()
  var rust = RustSeries()
  /// Why neither loader, or the Python loader alone, answers the request for the tag.
  var unserved: (both: String?, python: String?) = (nil, nil)

  var pythonOutcome: SeriesForecast.Outcome {
    if let reason = unserved.both ?? unserved.python { return .hidden(reason: reason) }
    return python.outcome
  }

  var rustOutcome: SeriesForecast.Outcome {
    if let reason = unserved.both { return .hidden(reason: reason) }
    return rust.outcome
  }

  var dashboard: Dashboard? { plugin.flatMap(Dashboard.init(rawValue:)) }

  init(tag: UnsafeRawBufferPointer) {
    let text = tag.text
    self.tag = text ?? String(decoding: tag, as: UTF8.self)
    isText = text != nil
  }
}
