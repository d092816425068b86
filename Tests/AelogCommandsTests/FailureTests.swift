// FailureTests.swift
// From an error to a line and an exit code.

import AelogCommands
import ByteStreams
import Datasets
import EventFiles
import Foundation
import Networks
import ProjectorExport
import Runs
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
    #expect(status(FileError.notAFile(path: "x", got: "a", want: "b", operation: .read)) == .noInput)
    #expect(status(FileError.notAFile(path: "x", got: "a", want: "b", operation: .write)) == .cannotCreate)
    #expect(status(FileError.unattendedPipe(path: "x", operation: .read, seconds: 5)) == .noInput)
    #expect(status(FileError.unattendedPipe(path: "x", operation: .write, seconds: 5)) == .cannotCreate)
    #expect(status(FileError.notUTF8(path: "x", name: [0xFF])) == .noInput)
    #expect(status(FileError.system(operation: .write, path: "x", code: ENOSPC)) == .inputOutput)
    #expect(status(FileError.system(operation: .write, path: "x", code: EFBIG)) == .inputOutput)
    #expect(status(FileError.system(operation: .open, path: "x", code: ENOENT)) == .noInput)
    #expect(status(FileError.system(operation: .open, path: "x", code: EACCES)) == .noPermission)
    #expect(status(FileError.system(operation: .createDirectory, path: "x", code: EACCES)) == .noPermission)
    #expect(status(FileError.system(operation: .createDirectory, path: "x", code: ENOTDIR)) == .cannotCreate)
    let full = FileError.system(operation: .write, path: "x", code: ENOSPC)
    #expect(status(EventFileError.recordsLost(count: 1, cause: full)) == .inputOutput)
    #expect(status(EventFileError.badTag("x")) == .data)
    #expect(status(RunError.noRun(directory: "x")) == .noInput)
    #expect(status(ExportError.imageCount(got: 1, want: 2...3)) == .usage)
    #expect(status(DatasetError.missingDirectory(path: "x")) == .noInput)
    #expect(status(DatasetError.notADirectory(path: "x")) == .noInput)
    #expect(status(DatasetError.wrongMagic(path: "x", got: 1, want: [2])) == .data)
    #expect(status(TrainingError.batchLargerThanSet(batch: 2, images: 1)) == .usage)
    #expect(status(TrainingError.nonFiniteLoss(step: 1, loss: .nan, layer: nil)) == .failure)
    #expect(status(ArchitectureError.tooManyWeights(got: 2, limit: 1)) == .usage)
    #expect(status(Odd(description: "x")) == .data)
  }

  @Test("words that are not UTF-8 are refused by their places; the program's own name is only shown")
  func words() throws {
    let words = ["aelog", "train", "--logdir", "größe"].map { Array($0.utf8) }
    #expect(try CommandWords.texts(of: words) == ["aelog", "train", "--logdir", "größe"])
    #expect(try CommandWords.texts(of: [[0xFF], []]) == ["aelog", ""])
    #expect(try CommandWords.texts(of: []) == [])
    let failure = #expect(throws: Failure.self) { try CommandWords.texts(of: words + [[0x61, 0xE9, 0x0A]]) }
    #expect(failure?.status == .usage)
    #expect(failure?.message.hasPrefix(#"argument 4 is not UTF-8: "a\xE9\u{A}"; "#) == true)
  }

  @Test("the text is one line, its backslashes as they were")
  func oneLine() {
    #expect(Failure(Odd(description: "a\n  b\r\nc \\ \"d\" \u{1B}")).message == "a b c \\ \"d\" \\u{1B}")
  }
}
