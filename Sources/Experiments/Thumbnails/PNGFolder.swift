// PNGFolder.swift
// A directory of PNG files, one for each point, by their names.

import ByteStreams
import PNG

/// Files whose names end in .png. Pictures of several sizes stand in the middle of the largest height and width, on nothing.
struct PNGFolder: ThumbnailSource {
  let path: String
  let note: String?
  /// The file of each point.
  private let files: [String]
  var count: Int { files.count }

  /// The largest file that is read.
  private static let fileLimit = 1 << 28
  /// The largest picture, in bytes of samples.
  private static let sampleLimit = 1 << 28

  init(_ path: String, _ request: ThumbnailRequest) throws {
    self.path = path
    let names = try Directory.list(path).filter { $0.lowercased().hasSuffix(".png") && !$0.hasPrefix(".") }
    if names.isEmpty { throw ExperimentError.badImages(path: path, reason: "no file there ends in .png") }
    // A name that is no text is shown with U+FFFD, and nothing has the name that is shown.
    for name in names where name.unicodeScalars.contains("\u{FFFD}") {
      if try FileStatus.of(Directory.join(path, name)) == nil {
        throw ExperimentError.badImages(
          path: path, reason: "the file name \(name) is not UTF-8, so that nothing can refer to it; rename the file")
      }
    }
    let assignment = try PictureAssignment(of: names, in: path, request)
    (files, note) = (assignment.files, assignment.note)
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
    if isUniform {
      return Thumbnails(height: height, width: width, channels: channels) { try Self.read(paths[$0]).pixels[...] }
    }
    let (tallest, widest) = (height, width)
    return Thumbnails(height: height, width: width, channels: 4) { place in
      let picture = try Self.read(paths[place])
      var tile = PNGImage(width: widest, height: tallest, format: .rgba)
      tile.paste(
        picture.withColourAndAlpha, x: (widest - picture.width) / 2, y: (tallest - picture.height) / 2)
      return tile.pixels[...]
    }
  }

  private static func read(_ file: String) throws -> PNGImage {
    let bytes = try FileContents.read(file, limit: fileLimit)
    do {
      return try PNGImage.decode(bytes, limit: sampleLimit)
    } catch {
      throw ExperimentError.badImages(path: file, reason: "\(error)")
    }
  }
}

extension PNGImage {
  /// The same picture with red, green, blue and alpha.
  fileprivate var withColourAndAlpha: PNGImage {
    if format == .rgba { return self }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 4)
    for start in stride(from: 0, to: self.pixels.count, by: format.channels) {
      let sample = self.pixels[start]
      switch format {
      case .grey: pixels += [sample, sample, sample, 255]
      case .greyAlpha: pixels += [sample, sample, sample, self.pixels[start + 1]]
      default: pixels += self.pixels[start..<start + 3] + [255]
      }
    }
    return PNGImage(width: width, height: height, format: .rgba, pixels: pixels)
  }
}
