// AelogVersion.swift
// Which program made a run.

/// The versions that a run's records name.
package enum AelogVersion {
  /// Of this program.
  package static let current = "0.1.0"

  /// Of the compiler that built it.
  package static var swift: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }
}
