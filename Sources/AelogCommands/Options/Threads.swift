// Threads.swift
// How many threads work.

package import ArgumentParser
import Parallel

/// The option `--threads`; results never depend on it.
package struct Threads: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads that work. (default: all processors)", valueName: "count"))
  package var threads: Int?

  package init() {}

  package var count: Int { threads ?? processorCount }

  package func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads: got \(threads), want 1 to 1024") }
  }
}
