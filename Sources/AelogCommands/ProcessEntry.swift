// ProcessEntry.swift
// From C's main to the commands.

import ByteStreams
import EventFiles

/// What C's `main` calls.
/// - Returns: the exit code.
@_cdecl("aelog_main")
package func aelogMain(_ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  StandardDescriptors.fillGaps()
  StopSignals.ignoreWriteSignals()
  ExitCleanup.install()
  FileSystemWarnings.attend()
  let words = (0..<Int(argc)).compactMap { argv[$0] }.map { word in
    Array(UnsafeRawBufferPointer(start: word, count: CommandWords.length(of: word)))
  }
  do throws(Failure) {
    return Aelog.run(on: .standard(commandLine: try CommandWords.texts(of: words)))
  } catch {
    return Aelog.report(error, on: .standard(commandLine: []))
  }
}

/// The words of a command line, as the system gives them.
package enum CommandWords {
  /// The words as texts. The program's own name, which is only shown, is "aelog" where it is none.
  /// - Throws: `Failure` for any other word that is not UTF-8: repaired, it would name another file.
  package static func texts(of words: [[UInt8]]) throws(Failure) -> [String] {
    var texts: [String] = []
    for (place, word) in words.enumerated() {
      if let text = String(validating: word, as: UTF8.self) {
        texts.append(text)
      } else if place == 0 {
        texts.append("aelog")
      } else {
        throw Failure(
          message:
            "argument \(place) is not UTF-8: \(DisplayName.quoted(bytes: word)); rename the file, or give a symbolic link "
            + "whose name is UTF-8", status: .usage)
      }
    }
    return texts
  }

  /// The bytes before the word's end.
  fileprivate static func length(of word: UnsafePointer<CChar>) -> Int {
    var length = 0
    while word[length] != 0 { length += 1 }
    return length
  }
}
