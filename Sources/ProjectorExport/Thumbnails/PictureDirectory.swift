// PictureDirectory.swift
// Thumbnails from a directory of PNG and JPEG files, one for each point.

import ArrayFiles
import ByteStreams
import Datasets
import PNG
import Parallel

/// The files whose names end as those of pictures do. Pictures of different sizes are centered in the largest height and width, on transparent pixels.
struct PictureDirectory: ThumbnailSource {
  let path: String
  let note: String?
  /// The file of each point.
  private let files: [String]
  var count: Int { files.count }

  /// The most bytes of a picture's samples: 33 million pixels in color with alpha.
  static let sampleLimit = 1 << 27
  /// Pictures with more bytes of samples are in memory one at a time, whatever the number of threads.
  private static let largeSize = 1 << 24

  init(_ path: String, _ request: ThumbnailRequest) throws {
    self.path = path
    let contents = try Directory.contents(path)
    // Metadata cannot name such a file, and skipping it would shift the order of the others.
    if let other = contents.otherNames.first(where: Self.isPicture) { throw FileError.notUTF8(path: path, name: other) }
    let names = contents.names.filter { Self.isPicture($0.utf8) }
    if names.isEmpty { throw ExportError.badImages(path: path, reason: ConvertiblePictures.reason(in: path)) }
    let assignment = try PictureAssignment(of: names, in: path, request)
    (files, note) = (assignment.files, assignment.note)
  }

  private static func isPicture(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    name.first != UInt8(ascii: ".") && PictureFile.hasEnding(String(decoding: name, as: UTF8.self))
  }

  func opened(_ numbers: [Int]) throws -> Thumbnails {
    let paths = numbers.map { Directory.join(path, files[$0]) }
    var (height, width, channels) = (0, 0, 0)
    var isUniform = true
    for file in paths {
      let picture = try Self.read(file)
      if height > 0, (picture.height, picture.width, picture.format.channels) != (height, width, channels) {
        isUniform = false
      }
      (height, width) = (max(height, picture.height), max(width, picture.width))
      channels = max(channels, picture.format.channels)
    }
    // The sides are below 2³¹.
    guard height * width <= Self.sampleLimit / 4 || isUniform else {
      throw ExportError.badImages(
        path: path,
        reason: "a thumbnail as wide as the widest picture and as tall as the tallest would have \(width)×\(height) "
          + "pixels, want at most \(Self.sampleLimit / 4); make the pictures smaller or more alike")
    }
    let isLarge = height * width * (isUniform ? channels : 4) > Self.largeSize
    if isUniform {
      return Self.thumbnails(height, width, channels, isLarge) { try Self.read(paths[$0]).pixels[...] }
    }
    let (tallest, widest) = (height, width)
    return Self.thumbnails(height, width, 4, isLarge) { place in
      try Self.read(paths[place]).centered(width: widest, height: tallest).pixels[...]
    }
  }

  private static func thumbnails(
    _ height: Int, _ width: Int, _ channels: Int, _ isLarge: Bool,
    _ picture: @escaping @Sendable (Int) throws -> ArraySlice<UInt8>
  ) -> Thumbnails {
    guard isLarge else { return Thumbnails(height: height, width: width, channels: channels, picture: picture) }
    let turn = Locked(())
    return Thumbnails(height: height, width: width, channels: channels) { place in
      turn.acquire()
      defer { turn.release() }
      return try picture(place)
    }
  }

  private static func read(_ file: String) throws -> PNGImage {
    do {
      let picture = try PictureFile(file).decode()
      guard picture.pixels.count <= sampleLimit else {
        throw ExportError.badImages(
          path: file, reason: "it has \(picture.pixels.count) samples, want at most \(sampleLimit); make it smaller")
      }
      return picture
    } catch DatasetError.notAPicture {
      throw ExportError.badImages(path: file, reason: "it is no \(PictureFile.formats) picture; remove it")
    } catch DatasetError.badPicture(_, let reason) {
      throw ExportError.badImages(path: file, reason: "\(reason); replace it")
    } catch DatasetError.tooManyPixels(_, let height, let width, let limit) {
      throw ExportError.badImages(
        path: file, reason: "\(height)×\(width) pixels are more than the limit, \(limit); make it smaller")
    }
  }
}

extension PNGImage {
  /// Returns the picture in color with alpha, in the middle of a larger transparent one.
  fileprivate func centered(width: Int, height: Int) -> PNGImage {
    let (channels, corner) = (format.channels, (height - self.height) / 2 * width + (width - self.width) / 2)
    var pixels = [UInt8](repeating: 0, count: width * height * 4)
    for y in 0..<self.height {
      for x in 0..<self.width {
        let (source, target) = ((y * self.width + x) * channels, 4 * (corner + y * width + x))
        for channel in 0..<3 { pixels[target + channel] = self.pixels[source + (channels < 3 ? 0 : channel)] }
        pixels[target + 3] = format.hasAlpha ? self.pixels[source + channels - 1] : 255
      }
    }
    return PNGImage(width: width, height: height, format: .rgba, pixels: pixels)
  }
}

/// Finds pictures in other formats or deeper folders, to say how they can be converted.
enum ConvertiblePictures {
  /// The most directories that are searched.
  private static let directoryLimit = 1000

  /// Returns whether a file's name has the ending of a picture.
  static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return FileConversion.pictureEndings.contains { name.hasSuffix(".\($0)") }
  }

  /// Returns a text about a directory without pictures of the formats that are read: which pictures it has, and what to do.
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
        } else if Directory.isDirectoryNotLink(Directory.join(path, below)) {
          waiting.append(below)
        }
      }
    }
    guard let first = found.first else { return "no file there ends in .png, .jpg or .jpeg" }
    let hasOthers = found.contains { !$0.lowercased().hasSuffix(".png") }
    let conversion = FileConversion(pictures: path, hasOthers: hasOthers)
    let place =
      first.contains("/") ? "pictures are in directories below it" : "pictures there are neither PNG nor JPEG files"
    return "\(place), as \(DisplayName.quoted(first)); \(conversion.advice)"
  }
}
