// Failure.swift
// The one place from an error to a line of text and an exit code.

import ArgumentParser
import ByteStreams
import Datasets
import EventFiles
import Networks
import ProjectorExport
import Runs
import Sweeps
import Tensors
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a process ends; the numbers from 64 on are those of sysexits.h.
package enum ExitReason: Int32, Sendable {
  case success = 0
  /// Training broke down.
  case failure = 1
  /// The command line.
  case usage = 64
  /// What a file holds.
  case data = 65
  /// An input is not there.
  case noInput = 66
  /// Slurm is not there, or refuses.
  case unavailable = 69
  /// The system has no memory left.
  case system = 71
  /// Something can't be made, or is in the way.
  case cannotCreate = 73
  /// Reading or writing failed.
  case inputOutput = 74
  /// Somebody else has it.
  case inUse = 75
  case noPermission = 77
}

/// What the process says and how it ends when something went wrong.
package struct Failure: Error, Equatable {
  /// One line of bounded length: what, where, what to do. No control characters.
  package let message: String
  package let status: ExitReason

  package init(message: String, status: ExitReason) {
    self.message = DisplayName.bounded(Failure.oneLine(message))
    self.status = status
  }

  /// Of an error that a command's work threw.
  package init(_ error: any Error) {
    self = (error as? Failure) ?? Failure(working: error)
  }

  /// Of an error that a command's work threw, and how to go on from there.
  package init(_ error: any Error, advice: String) {
    let failure = Failure(error)
    self.init(message: "\(failure.message); \(advice)", status: failure.status)
  }

  private init(working error: any Error) { self.init(message: "\(error)", status: Failure.status(of: error)) }

  /// Of an error that reading the command line threw, with a pointer to that command's help.
  package init(parsing error: any Error) {
    let message = Aelog.message(for: error)
    let usage = Aelog.fullMessage(for: error).split(separator: "\n").last { $0.contains("See '") } ?? ""
    let help = usage.split(separator: "'").dropFirst().first.map { " (see \($0))" } ?? ""
    self.init(message: message + help, status: .usage)
  }

  private static func status(of error: any Error) -> ExitReason {
    switch error {
    case let error as FileError: error.status
    case EventFileError.recordsLost(_, let cause), EventFileError.damaged(_, let cause): cause.status
    case DatasetError.missingDirectory, DatasetError.notADirectory, DatasetError.missingFile, DatasetError.elsewhere,
      DatasetError.pictures:
      .noInput
    case DatasetError.sheetTooLarge, is ValidationError, is ArchitectureError: .usage
    case RunError.noRun, RunError.noCheckpoint, RunError.movedImages: .noInput
    case RunError.badRunName, ExportError.imageCount, RunError.otherOption,
      RunError.epochsBehind, ExportError.noLayer, ExportError.noColumn:
      .usage
    case ExportError.runInTheWay, ExportError.embeddingInTheWay, ExportError.codesOfOtherImages:
      .cannotCreate
    case SweepError.deviceRefuses: .inputOutput
    case SweepError.noImages, SweepError.inputRefused: .noInput
    case SweepError.changedTrial, SweepError.badRun: .data
    case SweepError.specification: .data
    case SlurmError.badOption, SlurmError.notSubmitted: .usage
    case SlurmError.queued: .inUse
    case is SlurmError: .unavailable
    case is SweepError: .usage
    case TrainingError.nonFiniteLoss, TrainingError.nonFiniteGradient, TrainingError.nonFiniteWeights: .failure
    case is TrainingError: .usage
    case is OutOfMemory, is NoMemory: .system
    default: .data
    }
  }

  /// Line ends and what follows them become one blank, so that no name and no parser's list makes a second line; other
  /// characters that could deceive a terminal are escaped.
  private static func oneLine(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line in line.drop { $0 == " " } }
    return DisplayName.safe(lines.joined(separator: " "))
  }
}

extension FileError {
  fileprivate var status: ExitReason {
    switch self {
    case .system(_, _, EACCES), .system(_, _, EPERM), .system(_, _, EROFS): .noPermission
    case .system(_, _, ENOMEM): .system
    case .system(.createDirectory, _, _), .alreadyExists, .notADirectory, .link, .severalNames: .cannotCreate
    case .notAFile(_, _, _, .read), .unattendedPipe(_, .read, _), .notUTF8: .noInput
    case .notAFile, .unattendedPipe: .cannotCreate
    case .system where saysNotThere: .noInput
    case .system, .gone: .inputOutput
    case .tooLarge: .data
    case .inUse, .inUseElsewhere: .inUse
    }
  }
}
