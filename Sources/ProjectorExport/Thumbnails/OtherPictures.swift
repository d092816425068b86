// OtherPictures.swift
// Pictures that are not where they are read, or not PNG files, and how to make such of them.

import ArrayFiles
import ByteStreams

/// Finds out why a directory has no PNG files.
enum OtherPictures {
  /// The most directories that are looked at.
  private static let directoryLimit = 1000

  /// Whether a file's name ends as that of a picture.
  static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return FileConversion.pictureEndings.contains { name.hasSuffix(".\($0)") }
  }

  /// Says what a directory without PNG files holds instead, and what to do.
  static func reason(in path: String) -> String {
    var (waiting, next) = ([""], 0)
    var found: [String] = []
    while next < min(waiting.count, directoryLimit) {
      let folder = waiting[next]
      next += 1
      let place = folder.isEmpty ? path : Directory.join(path, folder)
      for name in ((try? Directory.list(place)) ?? []).sorted() where !name.hasPrefix(".") {
        let below = folder.isEmpty ? name : "\(folder)/\(name)"
        if isPicture(name) {
          found.append(below)
        } else if Directory.isItself(Directory.join(path, below)) {
          waiting.append(below)
        }
      }
    }
    guard let first = found.first else { return "no file there ends in .png" }
    let hasOthers = found.contains { !$0.lowercased().hasSuffix(".png") }
    let conversion = FileConversion(pictures: path, hasOthers: hasOthers)
    let place = first.contains("/") ? "pictures are in directories below it" : "pictures there are no PNG files"
    return "\(place), as \(DisplayName.quoted(first)); \(conversion.advice)"
  }
}
