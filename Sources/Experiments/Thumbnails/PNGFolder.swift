// PNGFolder.swift
// A directory of PNG files, one for each point, in the order of their names.

import ByteStreams
import PNG

/// Files whose names end in .png; numbers in names count as numbers, so that 2.png comes before 10.png. Pictures of several
/// sizes stand in the middle of the largest height and width, on nothing.
struct PNGFolder: ThumbnailSource {
  let path: String
  private let files: [String]
  var count: Int { files.count }

  /// The largest file that is read.
  private static let fileLimit = 1 << 28
  /// The largest picture, in bytes of samples.
  private static let sampleLimit = 1 << 28

  init(_ path: String) throws {
    self.path = path
    files = try Directory.list(path).filter { $0.lowercased().hasSuffix(".png") && !$0.hasPrefix(".") }
      .sorted(by: NaturalOrder.precedes)
    if files.isEmpty { throw ExperimentError.badImages(path: path, reason: "no file there ends in .png") }
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

/// Names in the order in which people count.
enum NaturalOrder {
  /// Digits are compared as the number they write, all else byte by byte; equal ones by their bytes.
  static func precedes(_ one: String, _ two: String) -> Bool {
    var (a, b) = (Array(one.utf8)[...], Array(two.utf8)[...])
    while let first = a.first, let second = b.first {
      if isDigit(first), isDigit(second) {
        let (left, right) = (takeNumber(&a), takeNumber(&b))
        if left != right {
          return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
        }
      } else {
        if first != second { return first < second }
        (a, b) = (a.dropFirst(), b.dropFirst())
      }
    }
    return a.count == b.count ? one < two : a.count < b.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// The digits at the front, without zeros before them.
  private static func takeNumber(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = text.prefix(while: isDigit)
    text = text.dropFirst(digits.count)
    return digits.drop { $0 == 0x30 }
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
