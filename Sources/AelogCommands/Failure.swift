// Failure.swift
// Maps every error to one line of text and an exit code.

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

/// The exit codes; numbers from 64 are the ones of sysexits.h.
package enum ExitReason: Int32, Sendable {
  case success = 0
  /// Training failed.
  case failure = 1
  /// The command line is wrong.
  case usage = 64
  /// A file's contents are wrong.
  case data = 65
  /// An input does not exist.
  case noInput = 66
  /// A program that is needed is missing, or refuses: Slurm, or what downloads.
  case unavailable = 69
  /// The system is out of memory.
  case system = 71
  /// A file or directory can't be created, or another one is in its place.
  case cannotCreate = 73
  /// Reading or writing failed.
  case inputOutput = 74
  /// Another process holds the lock.
  case inUse = 75
  /// Access is denied.
  case noPermission = 77
}

/// The error message and exit code of a command that failed.
package struct Failure: Error, Equatable {
  /// The failure, its place, and advice: one line of bounded length without control characters.
  package let message: String
  package let status: ExitReason

  package init(message: String, status: ExitReason) {
    self.message = DisplayName.bounded(Failure.oneLine(message))
    self.status = status
  }

  /// Describes an error that a command threw.
  package init(_ error: any Error) {
    self = (error as? Failure) ?? Failure(working: error)
  }

  /// Describes an error that a command threw, and tells how to resume.
  package init(_ error: any Error, advice: String) {
    let failure = Failure(error)
    self.init(message: "\(failure.message); \(advice)", status: failure.status)
  }

  private init(working error: any Error) { self.init(message: "\(error)", status: Failure.status(of: error)) }

  /// Describes an error in the command line, and names the command's help.
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
      DatasetError.noImages:
      .noInput
    case DatasetError.sheetTooLarge, DatasetError.sizesDiffer, DatasetError.ownPart, DatasetError.otherKind,
      is ValidationError,
      is ArchitectureError:
      .usage
    case RunError.noRun, RunError.noCheckpoint, RunError.movedImages, RunError.lostStart: .noInput
    case RunError.badRunName, ExportError.imageCount, RunError.otherOption,
      RunError.epochsBehind, RunError.lessPatient, RunError.otherModel, ExportError.noLayer, ExportError.noColumn:
      .usage
    case ExportError.runInTheWay, ExportError.embeddingInTheWay:
      .cannotCreate
    case SweepError.deviceRefuses: .inputOutput
    case SweepError.noImages, SweepError.inputRefused: .noInput
    case SweepError.changedTrial, SweepError.badRun: .data
    case SweepError.specification: .data
    case FetchError.unknownName, FetchError.badMirror, FetchError.noHome: .usage
    case FetchError.notFetched: .noInput
    case FetchError.noProgram, FetchError.transferFailed, FetchError.interrupted: .unavailable
    case FetchError.inTheWay: .cannotCreate
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

  /// Joins lines by a space, so that neither a name nor a parser's list makes a second line, and escapes other characters
  /// that a terminal would interpret.
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
