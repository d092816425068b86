// Aelog.swift
// The command line tool aelog: its subcommands, and the way from arguments to an exit code.

package import ArgumentParser
import ByteStreams
import Runs

/// The root command: without a subcommand it prints its help.
package struct Aelog: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "aelog",
    abstract: "Train autoencoders on images and view the results in TensorBoard.",
    discussion: """
      Examples:
        aelog train --logdir runs/
        tensorboard --logdir runs/
      """,
    version: version,
    subcommands: [
      Train.self, Sweep.self, SweepTrial.self, Data.self, Export.self, Encode.self, Reconstruct.self, Inspect.self,
      Verify.self,
      Bench.self,
    ])

  package static let version = AelogVersion.current

  package init() {}
}

/// A command that does work and prints to a console.
protocol ConsoleCommand: ParsableCommand {
  /// Runs the command.
  /// - Returns: the exit code.
  func run(on console: Console) throws -> Int32
}

extension Aelog {
  /// Parses the command line, runs the command, and reports an error if it fails.
  ///
  /// - Parameter console: its `commandLine` begins with the program's name.
  /// - Returns: the exit code.
  package static func run(on console: Console) -> Int32 {
    if let mistyped = MistypedCommand(in: Array(console.commandLine.dropFirst())) {
      return report(Failure(message: mistyped.message, status: .usage), on: console)
    }
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

  /// Reports output that could not be written, unless its reader closed the pipe. A command that succeeded then counts as
  /// failed.
  private static func finish(_ console: Console, _ status: Int32) -> Int32 {
    guard let code = console.output.failure else { return status }
    let failure = Failure(FileError.system(operation: .write, path: "standard output", code: code))
    let reported = report(failure, on: console)
    return status == 0 ? reported : status
  }
}
