// FetchError.swift
// The errors of fetching a published collection, and their one-line messages.

package import ByteStreams

/// The reason why a collection was not fetched. Paths and addresses are not escaped.
package enum FetchError: Error, Equatable {
  case unknownName(String)
  /// The environment names no home directory.
  case noHome(name: String)
  case notFetched(name: String, directory: String)
  case badMirror(String)
  /// Neither curl nor wget is on PATH; `commands` would download the files.
  case noProgram(name: String, directory: String, commands: [String])
  /// The last address failed; `words` are those of the program.
  case transferFailed(url: String, program: String, words: String, partial: String)
  /// The bytes that came are not those that were published.
  case wrongContent(url: String, got: FileDigests, want: FileDigests)
  /// More bytes came than were published.
  case tooLong(url: String, want: Int)
  /// A file that is no part of the collection has the name of one.
  case inTheWay(path: String)
  case missingMember(archive: String, member: String)
  case wrongMemberSize(archive: String, member: String, got: Int, want: ClosedRange<Int>)
  /// The caller asked to stop; the partial file stays.
  case interrupted
}

extension FetchError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .unknownName(let name):
      "no published collection \(DisplayName.quoted(name)); the names are "
        + PublishedCollection.all.map(\.name).joined(separator: ", ")
    case .noHome(let name):
      "no place for \(name): neither XDG_DATA_HOME nor HOME names a directory; give one with --out"
    case .notFetched(let name, let directory):
      "\(name) is not in \(DisplayName.quoted(directory)) yet; download it with: aelog data fetch \(name)"
    case .badMirror(let text):
      "--mirror: got \(DisplayName.quoted(text)), want the address of a directory, as in https://example.org/mnist/"
    case .noProgram(let name, let directory, let commands):
      "can't find curl or wget on PATH; install one of them, or run these commands on another machine: "
        + commands.joined(separator: "; ")
        + "; then put the files into \(DisplayName.quoted(directory)) and run this again, "
        + "which checks \(name)"
    case .transferFailed(let url, let program, let words, let partial):
      "can't download \(DisplayName.quoted(url)): \(program) says \(DisplayName.quoted(words)); run this again later, which "
        + "resumes from \(DisplayName.quoted(partial)), or give another place with --mirror"
    case .wrongContent(let url, let got, let want):
      "\(DisplayName.quoted(url)) is not the published file: got \(difference(got, want)); give another place with --mirror"
    case .tooLong(let url, let want):
      "\(DisplayName.quoted(url)) is not the published file: got more than \(want) bytes; give another place with --mirror"
    case .inTheWay(let path):
      "\(DisplayName.quoted(path)) is there already and differs from the published file; remove it, or choose another "
        + "directory with --out"
    case .missingMember(let archive, let member):
      "\(DisplayName.quoted(archive)) holds no file \(DisplayName.quoted(member)); remove it and run this again"
    case .wrongMemberSize(let archive, let member, let got, let want):
      "\(DisplayName.quoted(archive)) holds \(DisplayName.quoted(member)) with \(got) bytes, want \(range(want)); remove it and "
        + "run this again"
    case .interrupted: "interrupted; run the same command again, which resumes"
    }
  }

  /// The first of size, SHA-256 and MD5 that differs.
  private func difference(_ got: FileDigests, _ want: FileDigests) -> String {
    if got.size != want.size { return "\(DisplayName.counted(got.size, "byte")), want \(want.size)" }
    if got.sha256 != want.sha256 { return "SHA-256 \(got.sha256), want \(want.sha256)" }
    return "MD5 \(got.md5), want \(want.md5)"
  }

  private func range(_ sizes: ClosedRange<Int>) -> String {
    sizes.count == 1 ? "\(sizes.lowerBound)" : "\(sizes.lowerBound) to \(sizes.upperBound)"
  }
}
