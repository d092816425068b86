// ReadingOptions.swift
// How a collection of images is read: the size and channels of its images, and the split into three parts.

import PNG
import Parallel
import Tensors

/// The way to bring pictures of different sizes to one size.
package enum PictureFit: String, CaseIterable, Codable, Sendable {
  /// Fill the size with the middle of the picture; the rest is lost.
  case crop
  /// Keep the whole picture; black borders fill the rest.
  case pad
  /// Change the ratio of the sides.
  case stretch
}

/// The channels of all images of a collection.
package enum ColorChoice: String, CaseIterable, Codable, Sendable {
  case gray
  case color

  package var channels: Int { self == .gray ? 1 : 3 }
}

/// The options with which a collection is read. Runs and sweeps record them, so that the same images are read again.
package struct ReadingOptions: Hashable, Codable, Sendable {
  /// Height and width in pixels; nil keeps the size, which all pictures must share.
  package var size: [Int]?
  /// Nil means crop.
  package var fit: PictureFit?
  /// Nil means gray if all pictures are gray, else color.
  package var channels: ColorChoice?
  /// Whether files that are no pictures, or broken ones, are left out instead of refused.
  package var skipBroken: Bool?
  /// The fraction of validation images; nil means a twelfth.
  package var validation: Double?
  /// The fraction of test images; nil means a sixth.
  package var test: Double?

  enum CodingKeys: String, CodingKey {
    case size, fit, channels, validation, test
    case skipBroken = "skip_broken"
  }

  package init() {}

  /// The accepted sides of images, in pixels.
  package static let sides = 1...4096

  /// Whether nothing was chosen.
  package var isEmpty: Bool { self == ReadingOptions() }

  /// The options as words of a command line, for example ["--size", "32x32"].
  package var words: [String] {
    var words: [String] = []
    if let size { words += ["--size", size.map(String.init).joined(separator: "x")] }
    if let fit { words += ["--fit", fit.rawValue] }
    if let channels { words += ["--channels", channels.rawValue] }
    if skipBroken == true { words.append("--skip-broken") }
    if let validation { words += ["--validation", "\(validation)"] }
    if let test { words += ["--test", "\(test)"] }
    return words
  }
}

extension ReadingOptions {
  /// The options as one text without spaces at its ends, for example "--size 32x32 --fit pad"; empty if nothing was chosen.
  package var text: String { words.joined(separator: " ") }

  /// Reads the text of options.
  /// - Returns: nil for a text that no options have.
  package init?(text: String) {
    self.init()
    var words = text.split(separator: " ").map(String.init)[...]
    while let name = words.popFirst() {
      if name == "--skip-broken" {
        skipBroken = true
        continue
      }
      guard let value = words.popFirst() else { return nil }
      switch name {
      case "--size": size = Self.size(from: value)
      case "--fit": fit = PictureFit(rawValue: value)
      case "--channels": channels = ColorChoice(rawValue: value)
      case "--validation": validation = Self.fraction(from: value)
      case "--test": test = Self.fraction(from: value)
      default: return nil
      }
    }
    guard self.text == text else { return nil }
  }

  /// Reads height and width, for example "28x32"; a single number stands for both.
  package static func size(from text: String) -> [Int]? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
    let sides = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
    guard sides.count == parts.count, (1...2).contains(sides.count), sides.allSatisfy(Self.sides.contains) else {
      return nil
    }
    return sides.count == 1 ? [sides[0], sides[0]] : sides
  }

  /// Reads a fraction between 0 and 1.
  package static func fraction(from text: String) -> Double? {
    Double(text).flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
  }
}

extension ReadingOptions {
  /// Returns the number of validation images among the learning images of a collection that has test images of its own.
  /// - Throws: `DatasetError.ownPart` if a fraction of test images is chosen.
  func validationCount(of count: Int, path: String) throws(DatasetError) -> Int {
    if test != nil { throw .ownPart(path: path, part: .test) }
    guard let validation else { return DatasetSplits.validationCount(of: count) }
    return max(1, min(count - 1, Int(Double(count) * validation + 0.5)))
  }

  /// Returns images with the chosen size and channels.
  /// - Parameter threads: the most threads at work.
  /// - Throws: `DatasetError.unfittedChannels` for images of more than four channels, if a size or channels are chosen.
  func fitted(_ images: ImageDataset, path: String, threads: Int) throws(DatasetError) -> ImageDataset {
    if size == nil, channels == nil { return images }
    guard let format = PixelFormat(rawValue: UInt8(clamping: images.shape.channels)) else {
      throw .unfittedChannels(path: path, got: images.shape.channels)
    }
    let sides = size ?? [images.shape.height, images.shape.width]
    let shape = ImageShape(
      height: sides[0], width: sides[1], channels: channels?.channels ?? (images.shape.channels < 3 ? 1 : 3))
    if shape == images.shape { return images }
    let fitting = PictureFitting(shape, fit ?? .crop)
    let old = images.shape
    let pixels = [UInt8](count: images.count * shape.count, partSize: shape.count, threads: threads) { index, bytes in
      let picture = PNGImage(width: old.width, height: old.height, format: format, pixels: images.image(index))
      _ = bytes.update(fromContentsOf: fitting.samples(of: picture))
    }
    return ImageDataset(
      shape: shape, pixels: pixels, labels: images.labels, classNames: images.classNames,
      hasLabels: images.hasLabels, names: images.names)
  }
}
