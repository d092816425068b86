// FailureTests.swift
// From an error to a line and an exit code.

import AelogCommands
import ByteStreams
import Datasets
import EventFiles
import Experiments
import Foundation
import Networks
import Testing
import Training

@Suite struct FailureTests {
  private struct Odd: Error, CustomStringConvertible { let description: String }

  @Test("each kind of error has its exit code")
  func statuses() {
    func status(_ error: any Error) -> ExitReason { Failure(error).status }
    #expect(status(FileError.inUse(path: "x", holder: 7)) == .inUse)
    #expect(status(FileError.alreadyExists(path: "x")) == .cannotCreate)
    #expect(status(FileError.notADirectory(path: "x")) == .cannotCreate)
    #expect(status(FileError.tooLarge(path: "x", limit: 7)) == .data)
    #expect(status(FileError.system(operation: .write, path: "x", code: ENOSPC)) == .inputOutput)
    #expect(status(FileError.system(operation: .write, path: "x", code: EFBIG)) == .inputOutput)
    #expect(status(FileError.system(operation: .open, path: "x", code: ENOENT)) == .noInput)
    #expect(status(FileError.system(operation: .open, path: "x", code: EACCES)) == .noPermission)
    #expect(status(FileError.system(operation: .createDirectory, path: "x", code: EACCES)) == .noPermission)
    #expect(status(FileError.system(operation: .createDirectory, path: "x", code: ENOTDIR)) == .cannotCreate)
    let full = FileError.system(operation: .write, path: "x", code: ENOSPC)
    #expect(status(EventFileError.recordsLost(count: 1, cause: full)) == .inputOutput)
    #expect(status(EventFileError.badTag("x")) == .data)
    #expect(status(ExperimentError.noRun(directory: "x")) == .noInput)
    #expect(status(ExperimentError.imageCount(got: 1, want: 2...3)) == .usage)
    #expect(status(DatasetError.missingDirectory(path: "x")) == .noInput)
    #expect(status(DatasetError.notADirectory(path: "x")) == .noInput)
    #expect(status(DatasetError.wrongMagic(path: "x", got: 1, want: [2])) == .data)
    #expect(status(TrainingError.batchLargerThanSet(batch: 2, images: 1)) == .usage)
    #expect(status(TrainingError.nonFiniteLoss(step: 1, loss: .nan, layer: nil)) == .failure)
    #expect(status(ArchitectureError.tooManyWeights(got: 2, limit: 1)) == .usage)
    #expect(status(Odd(description: "x")) == .data)
  }

  @Test("the text is one line, its backslashes as they were")
  func oneLine() {
    #expect(Failure(Odd(description: "a\n  b\r\nc \\ \"d\" \u{1B}")).message == "a b c \\ \"d\" \\u{1B}")
  }
}
