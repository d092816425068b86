// Snapshot.swift
// Text compared with a stored file, which no test run can quietly rewrite.

import Foundation

/// Compares `text` with `Tests/Fixtures/snapshots/NAME.txt`.
///
/// With `RECORD=1` in the environment the file is rewritten, and the comparison fails all the same: only a run without it
/// can pass.
/// - Returns: nil if they agree, else what differs first.
package func snapshotDifference(_ text: String, _ name: String, here: String = #filePath) throws -> String? {
  let tests = URL(fileURLWithPath: here).deletingLastPathComponent().deletingLastPathComponent()
  let file = tests.appendingPathComponent("Fixtures/snapshots/\(name).txt")
  if ProcessInfo.processInfo.environment["RECORD"] == "1" {
    try Data(text.utf8).write(to: file)
    return "recorded \(name); run again without RECORD=1"
  }
  guard let data = try? Data(contentsOf: file) else { return "no snapshot \(name); record it with RECORD=1" }
  let want = String(decoding: data, as: UTF8.self)
  if want == text { return nil }
  let (wantLines, gotLines) = (want.components(separatedBy: "\n"), text.components(separatedBy: "\n"))
  let line = zip(wantLines, gotLines).prefix { $0 == $1 }.count
  func shown(_ lines: [String]) -> String { line < lines.count ? lines[line] : "(end)" }
  return "\(name), line \(line + 1): got «\(shown(gotLines))», want «\(shown(wantLines))»"
}
