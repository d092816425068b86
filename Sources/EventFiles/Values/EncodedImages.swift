// EncodedImages.swift
// Images of one size as PNG files, made from files, pictures, samples or numbers.

public import PNG

/// One or more encoded images of one size, shown together at one step.
public struct EncodedImages: Equatable, Sendable {
  /// The width in pixels.
  public let width: Int
  /// The height in pixels.
  public let height: Int
  /// One file for each image.
  public let files: [[UInt8]]

  /// Images of a known size, in any format that browsers show.
  public init(width: Int, height: Int, files: [[UInt8]]) {
    self.width = width
    self.height = height
    self.files = files
  }

  /// Images from PNG files, which contain their size.
  /// - Throws: `EventFileError.badImage` if there is no file, one is not a PNG file, or two differ in size.
  public init(pngs files: [[UInt8]]) throws(EventFileError) {
    guard let first = files.first else { throw .badImage(reason: "there is no image") }
    let size = try EncodedImages.size(ofPNG: first)
    for (index, file) in files.enumerated() where try EncodedImages.size(ofPNG: file) != size {
      throw .badImage(reason: "image \(index) differs in size from the first, \(size.width)×\(size.height)")
    }
    self.init(width: size.width, height: size.height, files: files)
  }

  /// One image from a PNG file.
  /// - Throws: `EventFileError.badImage` if it is not a PNG file.
  public init(png file: [UInt8]) throws(EventFileError) { try self.init(pngs: [file]) }

  /// Reads width and height from the header chunk: signature (8 bytes), length and type (8 bytes), width, height (PNG, 11.2.2).
  private static func size(ofPNG file: [UInt8]) throws(EventFileError) -> (width: Int, height: Int) {
    let start: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
    guard file.count >= start.count + 8, file.starts(with: start) else {
      throw .badImage(reason: "its \(file.count) bytes do not begin like a PNG file")
    }
    func number(at position: Int) -> Int { file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(at: start.count), number(at: start.count + 4))
  }
}

extension EncodedImages {
  /// Images of at most this many samples are written without filters, which is much faster and usually smaller.
  private static let thumbnailSamples = 1024

  /// Encodes pictures of one size.
  /// - Throws: `EventFileError.badImage` if there is none, or two differ in size; the encoder's errors.
  public init(_ pictures: [PNGImage]) throws {
    try self.init(
      pngs: pictures.map { picture in
        try picture.encoded(filter: picture.pixels.count <= EncodedImages.thumbnailSamples ? .none : .adaptive)
      })
  }

  /// Encodes one picture.
  public init(_ picture: PNGImage) throws { try self.init([picture]) }

  /// Encodes images from 8-bit samples.
  /// - Parameter samples: [count, height, width, channels], from the top left.
  /// - Throws: `EventFileError.badImage` if the number of samples does not match the shape, or a side is not 1 … 2³¹−1.
  public init(samples: [UInt8], count: Int = 1, width: Int, height: Int, format: PixelFormat) throws {
    let size = try EncodedImages.checked(samples.count, count, width, height, format)
    try self.init(
      (0..<count).map { number in
        PNGImage(
          width: width, height: height, format: format, pixels: Array(samples[number * size..<(number + 1) * size]))
      })
  }

  /// Encodes images from numbers.
  /// - Parameters:
  ///   - values: [count, height, width, channels], from the top left.
  ///   - scaling: the numbers that become black and white.
  /// - Throws: `EventFileError.badImage` if the number of values does not match the shape, or a side is not 1 … 2³¹−1.
  public init(
    values: [Float], count: Int = 1, width: Int, height: Int, format: PixelFormat, scaling: PixelScaling = .unit
  ) throws {
    _ = try EncodedImages.checked(values.count, count, width, height, format)
    try self.init(
      samples: scaling.samples(of: values, channels: format.channels, hasAlpha: format.hasAlpha), count: count,
      width: width, height: height, format: format)
  }

  /// Encodes an animation. Browsers play it; other readers show its first frame.
  /// - Throws: the encoder's errors.
  public init(_ animation: PNGAnimation) throws { try self.init(png: animation.encoded()) }

  /// Returns the number of samples of one image, after checking the shape.
  private static func checked(_ samples: Int, _ count: Int, _ width: Int, _ height: Int, _ format: PixelFormat)
    throws(EventFileError) -> Int
  {
    let sides = 1...Int(Int32.max)
    guard sides.contains(width), sides.contains(height), count >= 1 else {
      throw .badImage(reason: "\(count) images of \(width)×\(height) pixels; each number must be at least 1")
    }
    // The first product is below 2⁶², so only the others can overflow.
    let size = (width * height).multipliedReportingOverflow(by: format.channels)
    let all = size.partialValue.multipliedReportingOverflow(by: count)
    guard !size.overflow, !all.overflow, all.partialValue == samples else {
      throw .badImage(
        reason: "\(samples) samples do not match the shape \(count) × \(height) × \(width) × \(format.channels)")
    }
    return size.partialValue
  }
}

/// Scales numbers linearly to samples of 0 … 255, rounded to the nearest and clamped; NaN becomes 0.
public enum PixelScaling: Equatable, Sendable {
  /// 0 is black, 1 is white.
  case unit
  /// The lower bound is black, the upper one white.
  case range(ClosedRange<Float>)
  /// The smallest finite number of all images of the value is black, the largest white.
  case minimumToMaximum

  /// Returns samples of [pixels, channels]. Alpha is not scaled: 0 is transparent, 1 opaque.
  func samples(of values: [Float], channels: Int, hasAlpha: Bool) -> [UInt8] {
    let colors = hasAlpha ? channels - 1 : channels
    let bounds = bounds(of: values, channels: channels, colors: colors)
    let width = bounds.upperBound - bounds.lowerBound
    let factor = width > 0 ? 255 / width : 0
    return values.indices.map { index in
      let value = Double(values[index])
      let scaled = index % channels < colors ? (value - bounds.lowerBound) * factor : value * 255
      return UInt8(max(0, min(255, scaled.isNaN ? 0 : scaled.rounded())))
    }
  }

  private func bounds(of values: [Float], channels: Int, colors: Int) -> ClosedRange<Double> {
    switch self {
    case .unit: return 0...1
    case .range(let range): return Double(range.lowerBound)...Double(range.upperBound)
    case .minimumToMaximum:
      var (low, high) = (Float.infinity, -Float.infinity)
      for index in values.indices where index % channels < colors && values[index].isFinite {
        low = min(low, values[index])
        high = max(high, values[index])
      }
      return low <= high ? Double(low)...Double(high) : 0...1
    }
  }
}
