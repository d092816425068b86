// ProcessEnd.swift
// What is done before Ctrl-C, `kill` or a closed terminal ends a program that has left them at their default.

/// Writers are closed, and files that are not whole are removed.
package enum ProcessEnd {
  /// Sees to it from now on; so does the first writer.
  package static func attend() { OpenWriterRegistry.shared.attend() }
}
