// ProgressBar.swift
// A bar whose done part is as long as the share that is done.

/// A horizontal bar of a terminal.
enum ProgressBar {
  /// - Parameters:
  ///   - share: 0 ... 1; what is less or more counts as these.
  ///   - width: characters.
  ///   - style: marks the done and the open part; the marks take no room on the screen.
  static func text(_ share: Double, width: Int, style: TextStyle) -> String {
    let done = Int((Double(width) * min(1, max(0, share))).rounded(.down))
    return style.done(String(repeating: "━", count: done)) + style.faint(String(repeating: "─", count: width - done))
  }
}
