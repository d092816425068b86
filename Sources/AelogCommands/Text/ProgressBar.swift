// ProgressBar.swift
// A bar whose done part is as long as the share that is done.

/// A horizontal bar of a terminal.
enum ProgressBar {
  private static let widths = 10...40

  /// - Parameters:
  ///   - share: 0 ... 1; what is less or more counts as these.
  ///   - room: characters that are left for it.
  ///   - style: marks the done and the open part; the marks take no room on the screen.
  /// - Returns: nil where there is too little room.
  static func text(_ share: Double, room: Int, style: TextStyle) -> String? {
    guard room >= widths.lowerBound else { return nil }
    let width = min(widths.upperBound, room)
    let done = Int((Double(width) * min(1, max(0, share))).rounded(.down))
    return style.done(String(repeating: "━", count: done)) + style.faint(String(repeating: "─", count: width - done))
  }
}
