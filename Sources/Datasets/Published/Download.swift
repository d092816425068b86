// Download.swift
// One published file: downloaded beside its place, resumed after an interruption, checked, and only then put there.

import ByteStreams
import Foundation

/// The download of one file of a collection.
struct Download {
  let file: PublishedFile
  let directory: String
  /// Addresses of the directories that have it, the best first.
  let homes: [String]
  let program: TransferProgram
  let lock: DirectoryLock
  let shouldStop: () -> Bool
  let tell: (FetchEvent) -> Void
  /// Seconds before the first repeated attempt; each further one waits twice as long.
  let pause: Double

  private static let attempts = 4
  /// Bounds the attempts of a server that sends a little each time.
  private static let mostAttempts = 200

  /// The file that grows. It stays when the download is interrupted.
  var partial: String { Directory.join(directory, file.name + ".part") }
  private var place: String { Directory.join(directory, file.name) }

  /// Downloads the file from the first home that has it.
  /// - Returns: the address that it came from.
  /// - Throws: `FetchError`, `FileError`.
  func run() throws -> String {
    try FileSink(regular: partial, .append).close()
    defer { removeEmptyPartial() }
    var failure: (any Error)?
    for home in homes {
      let url = Self.address(of: file.name, in: home)
      do {
        try fetch(url)
        return url
      } catch let error as FetchError {
        if case .interrupted = error { throw error }
        failure = error
        if home != homes.last { tell(.skipped(url: url, reason: "\(error)")) }
      }
    }
    throw failure ?? FetchError.badMirror("")
  }

  static func address(of name: String, in home: String) -> String {
    home.hasSuffix("/") ? home + name : "\(home)/\(name)"
  }

  /// Downloads from one address. Wrong bytes are downloaded anew once, if some of them were there before.
  private func fetch(_ url: String) throws {
    var isOld = TransferProgram.size(of: partial) > 0
    if TransferProgram.size(of: partial) > file.digests.size { try restart() }
    while true {
      do {
        if TransferProgram.size(of: partial) < file.digests.size { try transfer(url, restarting: &isOld) }
        return try accept(from: url)
      } catch let error as FetchError {
        switch error {
        case .wrongContent, .tooLong:
          try restart()
          if !isOld { throw error }
          isOld = false
        default: throw error
        }
      }
    }
  }

  /// Brings all of the file's bytes, in several attempts if need be.
  /// - Parameter isOld: becomes false where the server can only begin anew.
  private func transfer(_ url: String, restarting isOld: inout Bool) throws {
    var (attempt, total, hasRestarted) = (1, 1, false)
    while true {
      let before = TransferProgram.size(of: partial)
      let ending = try program.run(
        url: url, file: partial, limit: file.digests.size, holding: lock, shouldStop: shouldStop,
        progress: { tell(.progress(file.name, .downloading, done: $0, of: file.digests.size)) })
      switch ending {
      case .done: return
      case .stopped: throw FetchError.interrupted
      case .tooLong: throw FetchError.tooLong(url: url, want: file.digests.size)
      case .cannotWrite(let words):
        try tryWriting()
        throw failed(url, words)
      case .refused(let words): throw failed(url, words)
      case .cannotResume:
        if hasRestarted { throw failed(url, "the server can't resume") }
        try restart()
        (hasRestarted, isOld) = (true, false)
      case .failed(let words):
        if TransferProgram.size(of: partial) > before { attempt = 1 }
        if attempt == Self.attempts || total == Self.mostAttempts { throw failed(url, words) }
        tell(.repeated(url: url, reason: words))
        try wait(pause * Double(1 << (attempt - 1)))
        (attempt, total) = (attempt + 1, total + 1)
      }
    }
  }

  /// Checks the file, and puts it in its place.
  private func accept(from url: String) throws {
    let got = try FileDigests(of: partial) {
      if shouldStop() { throw FetchError.interrupted }
      tell(.progress(file.name, .checking, done: $0, of: file.digests.size))
    }
    if got != file.digests { throw FetchError.wrongContent(url: url, got: got, want: file.digests) }
    let sink = try FileSink(regular: partial, .append)
    try sink.sync()
    try sink.close()
    try AtomicFile.move(partial, to: place)
  }

  private func restart() throws { try FileSink(regular: partial, .create).close() }

  /// Reports the system's own reason why the file can't grow, for example that the disk is full.
  private func tryWriting() throws {
    let size = TransferProgram.size(of: partial)
    let sink = try FileSink(regular: partial, .append)
    defer { try? sink.truncate(to: size) }
    try sink.write([UInt8](repeating: 0, count: 1 << 17))
  }

  private func wait(_ seconds: Double) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
      if shouldStop() { throw FetchError.interrupted }
      usleep(20_000)
    }
  }

  private func removeEmptyPartial() {
    if (try? FileStatus.of(partial))??.size == 0 { try? FileContents.remove(partial) }
  }

  private func failed(_ url: String, _ words: String) -> FetchError {
    .transferFailed(url: url, program: program.kind.rawValue, words: words, partial: partial)
  }
}
