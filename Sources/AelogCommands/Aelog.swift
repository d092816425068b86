// Aelog.swift
// The command aelog and its subcommands.

package import ArgumentParser
import ByteStreams
import Runs

/// The root command: without a subcommand it prints its help.
package struct Aelog: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "aelog",
    abstract: "Train autoencoders on images and look at them in TensorBoard.",
    discussion: """
      Examples:
        aelog train --logdir runs/
        tensorboard --logdir runs/
      """,
    version: version,
    subcommands: [
      Train.self, Sweep.self, SweepTrial.self, Data.self, Export.self, Reconstruct.self, Inspect.self, Verify.self,
      Bench.self,
    ])

  package static let version = AelogVersion.current

  package init() {}
}

/// A command that does something: one line of work for a console.
protocol ConsoleCommand: ParsableCommand {
  /// - Returns: the exit code.
  func run(on console: Console) throws -> Int32
}

extension Aelog {
  /// The whole process: reads the words, does the work, and says what went wrong.
  ///
  /// - Parameter console: its command line begins with the program's name.
  /// - Returns: the exit code.
  package static func run(on console: Console) -> Int32 {
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(Array(console.commandLine.dropFirst()))
    } catch  where exitCode(for: error) == .success {
      console.output.line(fullMessage(for: error, columns: console.output.columns))
      return finish(console, 0)
    } catch {
      return report(Failure(parsing: error), on: console)
    }
    do {
      guard let work = command as? any ConsoleCommand else {
        try command.run()
        return 0
      }
      return finish(console, try work.run(on: console))
    } catch  where exitCode(for: error) == .success {
      console.output.line(fullMessage(for: error, columns: console.output.columns))
      return finish(console, 0)
    } catch {
      return report(Failure(error), on: console)
    }
  }

  static func report(_ failure: Failure, on console: Console) -> Int32 {
    console.errors.line("error: \(failure.message)")
    return failure.status.rawValue
  }

  /// A command whose output did not arrive says so, unless nobody wanted to read it; one that succeeded has still failed.
  private static func finish(_ console: Console, _ status: Int32) -> Int32 {
    guard let code = console.output.failure else { return status }
    let failure = Failure(FileError.system(operation: .write, path: "standard output", code: code))
    let reported = report(failure, on: console)
    return status == 0 ? reported : status
  }
}
