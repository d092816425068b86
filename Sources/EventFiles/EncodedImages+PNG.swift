// EncodedImages+PNG.swift
// Pictures in memory to images to log.

public import PNG

extension EncodedImages {
  /// Thumbnails of at most so many samples are written without filters: smaller more often than larger, and much faster.
  private static let thumbnailSamples = 1024

  /// Pictures of one size, encoded here.
  /// - Throws: `EventFileError.badImage` where there is none, or two differ in size; what the encoder throws.
  public init(_ pictures: [PNGImage]) throws {
    try self.init(
      pngs: pictures.map { picture in
        try picture.encoded(filter: picture.pixels.count <= EncodedImages.thumbnailSamples ? .none : .adaptive)
      })
  }

  /// One picture, encoded here.
  public init(_ picture: PNGImage) throws { try self.init([picture]) }

  /// Images of samples, as they are.
  /// - Parameter samples: [count, height, width, channels], from the top left.
  /// - Throws: `EventFileError.badImage` where the number of samples is not that of the shape, or a side is not 1 … 2³¹−1.
  public init(samples: [UInt8], count: Int = 1, width: Int, height: Int, format: PixelFormat) throws {
    let size = try EncodedImages.checked(samples.count, count, width, height, format)
    try self.init(
      (0..<count).map { number in
        PNGImage(
          width: width, height: height, format: format, pixels: Array(samples[number * size..<(number + 1) * size]))
      })
  }

  /// Images of numbers.
  /// - Parameters:
  ///   - values: [count, height, width, channels], from the top left.
  ///   - scaling: which numbers are black and white.
  /// - Throws: `EventFileError.badImage` where the number of values is not that of the shape, or a side is not 1 … 2³¹−1.
  public init(
    values: [Float], count: Int = 1, width: Int, height: Int, format: PixelFormat, scaling: PixelScaling = .unit
  ) throws {
    _ = try EncodedImages.checked(values.count, count, width, height, format)
    try self.init(
      samples: scaling.samples(of: values, channels: format.channels, hasAlpha: format.hasAlpha), count: count,
      width: width, height: height, format: format)
  }

  /// A moving picture; browsers show it moving, other readers its first frame.
  /// - Throws: what the encoder throws.
  public init(_ animation: PNGAnimation) throws { try self.init(png: animation.encoded()) }

  /// The number of samples of one image.
  private static func checked(_ samples: Int, _ count: Int, _ width: Int, _ height: Int, _ format: PixelFormat)
    throws(EventFileError) -> Int
  {
    let sides = 1...Int(Int32.max)
    guard sides.contains(width), sides.contains(height), count >= 1 else {
      throw .badImage(reason: "\(count) images of \(width)×\(height) pixels; there must be one at least of each")
    }
    // Below 2⁶², so that only the last product can be beyond all bounds.
    let size = (width * height).multipliedReportingOverflow(by: format.channels)
    let all = size.partialValue.multipliedReportingOverflow(by: count)
    guard !size.overflow, !all.overflow, all.partialValue == samples else {
      throw .badImage(
        reason: "\(samples) samples are not those of \(count) × \(height) × \(width) × \(format.channels)")
    }
    return size.partialValue
  }
}
