// FetchEvent.swift
// The reports of a fetch while it works.

/// One report.
package enum FetchEvent: Equatable, Sendable {
  package enum Work: String, Sendable { case downloading, checking, unpacking }

  /// So many bytes of a file are done.
  case progress(String, Work, done: Int, of: Int)
  /// The file is there, whole; `url` is nil where it has been there before.
  case ready(String, bytes: Int, url: String?)
  /// The download failed and is tried again.
  case repeated(url: String, reason: String)
  /// The address has no such file, and the next one is tried.
  case skipped(url: String, reason: String)
}
