// ReadingOptions.swift
// How a collection of images is read: the size and channels of its images, the meaning of arrays, and the split into three parts.

import ByteStreams
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
package struct ReadingOptions: Hashable, Sendable {
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
  /// The path of a file with a label for each image of an array.
  package var labels: String?
  /// The numbers of an array that are black and white; nil means the scale is recognized.
  package var scale: ValueScale?
  /// Height, width and perhaps channels of the images of an N×D array.
  package var imageShape: [Int]?
  /// Whether the channels of an array are the first or the last extent of an image; nil means it is recognized.
  package var channelOrder: ChannelOrder?
  /// The most pixels of a picture; nil means `defaultPixelLimit`.
  package var maxPixels: Int?
  /// Whether these are the options of a run's images for reading others. Then those for arrays hold only where they fit. Not part of
  /// the text.
  package var areInherited = false

  /// An option by its name in the command line.
  package enum Option: String, CaseIterable, Sendable {
    case size, fit, channels
    case skipBroken = "skip-broken"
    case validation, test, labels, scale
    case imageShape = "image-shape"
    case channelOrder = "channel-order"
    case maxPixels = "max-pixels"
  }

  package init() {}

  /// The accepted sides of images, in pixels.
  package static let sides = 1...4096
  /// The accepted channels of an image in a row of an array.
  package static let imageChannels = 1...64
  /// The most pixels of a picture by default, against small files that expand to huge pictures.
  package static let defaultPixelLimit = 1 << 26
  /// The accepted limits of pixels.
  package static let pixelLimits = 1...1 << 31
  /// Bytes of a compressed array that are accepted for each pixel of the limit.
  static let memberBytes = 64

  /// The most pixels of a picture.
  package var pixelLimit: Int { maxPixels ?? Self.defaultPixelLimit }
  /// The most bytes to which an array of an archive may expand.
  package var memberLimit: Int { pixelLimit * Self.memberBytes }

  /// Whether nothing was chosen.
  package var isEmpty: Bool { chosen.isEmpty }

  /// Returns the order of the channels of images with three extents: the chosen one, or the recognized one.
  func order(of extents: [Int]) -> ChannelOrder? {
    let found = ChannelOrder.ofImages(extents)
    return areInherited ? found ?? channelOrder : channelOrder ?? found
  }

  /// The options that were chosen, with their values; a flag has none.
  private var chosen: [(option: Option, value: String?)] {
    func lengths(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "x") }
    return Option.allCases.compactMap { option -> (option: Option, value: String?)? in
      let value: String? =
        switch option {
        case .size: size.map(lengths)
        case .fit: fit?.rawValue
        case .channels: channels?.rawValue
        case .skipBroken: nil
        case .validation: validation.map { "\($0)" }
        case .test: test.map { "\($0)" }
        case .labels: labels
        case .scale: scale?.text
        case .imageShape: imageShape.map(lengths)
        case .channelOrder: channelOrder?.rawValue
        case .maxPixels: maxPixels.map(String.init)
        }
      return value != nil || (option == .skipBroken && skipBroken == true) ? (option, value) : nil
    }
  }

  /// The options as words of a command line, for example ["--size", "32x32"].
  package var words: [String] { chosen.flatMap { ["--\($0.rawValue)"] + [$1].compactMap(\.self) } }

  /// Sets an option from its text; leaves it nil for a text that it cannot have.
  private mutating func set(_ option: Option, _ value: String) {
    switch option {
    case .size: size = Self.size(from: value)
    case .fit: fit = PictureFit(rawValue: value)
    case .channels: channels = ColorChoice(rawValue: value)
    case .skipBroken: break
    case .validation: validation = Self.fraction(from: value)
    case .test: test = Self.fraction(from: value)
    case .labels: labels = value.isEmpty ? nil : value
    case .scale: scale = ValueScale(text: value)
    case .imageShape: imageShape = Self.imageShape(from: value)
    case .channelOrder: channelOrder = ChannelOrder(rawValue: value)
    case .maxPixels: maxPixels = Self.pixelLimit(from: value)
    }
  }
}

extension ReadingOptions {
  /// The first option that was chosen and is not among those given.
  func first(notIn options: Set<Option>) -> Option? { chosen.map(\.option).first { !options.contains($0) } }

  /// Returns these options without those that are not among the given ones.
  func only(_ options: Set<Option>) -> ReadingOptions {
    var kept = ReadingOptions()
    kept.areInherited = areInherited
    for (option, value) in chosen where options.contains(option) {
      if let value { kept.set(option, value) } else { kept.skipBroken = true }
    }
    return kept
  }
}

extension ReadingOptions {
  /// The options as one text without spaces at its ends, for example "--size 32x32 --fit pad"; empty if nothing was chosen. A path
  /// with spaces stands between double quotes.
  package var text: String { words.map(Self.quoted).joined(separator: " ") }

  /// Reads the text of options.
  /// - Returns: nil for a text that no options have.
  package init?(text: String) {
    self.init()
    var words = Self.words(in: text)[...]
    while let name = words.popFirst() {
      guard name.hasPrefix("--"), let option = Option(rawValue: String(name.dropFirst(2))) else { return nil }
      if option == .skipBroken {
        skipBroken = true
        continue
      }
      guard let value = words.popFirst() else { return nil }
      set(option, value)
    }
    guard self.text.hasSameBytes(as: text) else { return nil }
  }

  /// Puts a word with a space, a quote or a backslash between double quotes, with a backslash before quotes and backslashes.
  private static func quoted(_ word: String) -> String {
    guard word.utf8.contains(where: { " \"\\".utf8.contains($0) }) else { return word }
    var result = "\""
    for scalar in word.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  /// Splits a text at its spaces outside of double quotes.
  private static func words(in text: String) -> [String] {
    var words: [String] = []
    var (word, isQuoted, isEscaped): (String?, Bool, Bool) = (nil, false, false)
    for scalar in text.unicodeScalars {
      if scalar == " ", !isQuoted {
        if let word { words.append(word) }
        word = nil
        continue
      }
      if word == nil { word = "" }
      if isEscaped || (scalar != "\"" && scalar != "\\") {
        word?.unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        isQuoted.toggle()
      }
    }
    return words + [word].compactMap(\.self)
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

  /// Reads height, width and perhaps channels of an image in a row of an array, for example "28x28" or "32x32x3".
  package static func imageShape(from text: String) -> [Int]? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
    let extents = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
    guard extents.count == parts.count, (2...3).contains(extents.count),
      extents.prefix(2).allSatisfy(Self.sides.contains), extents.dropFirst(2).allSatisfy(imageChannels.contains)
    else { return nil }
    return extents
  }

  /// Reads a number of pixels.
  package static func pixelLimit(from text: String) -> Int? {
    Int(text).flatMap { pixelLimits.contains($0) ? $0 : nil }
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

  private func fittedShape(_ shape: ImageShape) -> ImageShape {
    if size == nil, channels == nil { return shape }
    let sides = size ?? [shape.height, shape.width]
    return ImageShape(height: sides[0], width: sides[1], channels: channels?.channels ?? (shape.channels < 3 ? 1 : 3))
  }

  /// Returns a remark on images whose shape changes; nil if it stays.
  func fittingNote(_ shape: ImageShape) -> String? {
    let fitted = fittedShape(shape)
    let rule = [fitted.height, fitted.width] == [shape.height, shape.width] ? "" : " (\((fit ?? .crop).rawValue))"
    return fitted == shape ? nil : "images of \(shape) become \(fitted)\(rule)"
  }

  /// Returns images with the chosen size and channels.
  /// - Parameter threads: the most threads at work.
  /// - Throws: `DatasetError.unfittedChannels` for images of more than four channels, if a size or channels are chosen.
  func fitted(_ images: ImageDataset, path: String, threads: Int) throws(DatasetError) -> ImageDataset {
    if size == nil, channels == nil { return images }
    guard let format = PixelFormat(rawValue: UInt8(clamping: images.shape.channels)) else {
      throw .unfittedChannels(path: path, got: images.shape.channels)
    }
    let shape = fittedShape(images.shape)
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
