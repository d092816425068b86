// Scripts.swift
// Small programs that a test writes and runs.

import Foundation

/// Scripts that can be run at once, whatever other tests do.
package enum Scripts {
  /// Makes scripts in a directory.
  ///
  /// The system refuses to run a file that any process has open for writing ("Text file busy"), and a process that another test
  /// starts at this moment would inherit what is open here. So another process writes the files.
  /// - Parameter scripts: name and text of each.
  package static func install(_ scripts: [(name: String, text: String)], in directory: String) throws {
    for script in scripts {
      try Data(script.text.utf8).write(to: URL(fileURLWithPath: "\(directory)/.\(script.name).text"))
    }
    let copying = Process()
    copying.executableURL = URL(fileURLWithPath: "/bin/sh")
    copying.arguments =
      [
        "-c",
        "cd \"$0\" && for name; do cp \".$name.text\" \"$name\" && chmod 755 \"$name\" && rm \".$name.text\" || exit; done",
      ]
      + [directory] + scripts.map(\.name)
    try copying.run()
    copying.waitUntilExit()
    if copying.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
  }
}
