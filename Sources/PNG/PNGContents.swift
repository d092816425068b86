// PNGContents.swift
// Collects a PNG file's header, palette, transparency and compressed samples, and makes pixels of unfiltered rows.

/// The first chunk (section 11.2.1).
struct PNGHeader {
  let width: Int
  let height: Int
  /// Bits of a sample: 1, 2, 4, 8 or 16.
  let depth: Int
  let color: ColorType
  /// True where the rows are stored in seven passes.
  let isInterlaced: Bool

  init(_ chunk: Chunk) throws(PNGError) {
    guard chunk.name == "IHDR" else { throw chunk.failure("the header does not come first") }
    guard chunk.bytes.count == PNGLayout.headerBytes else { throw chunk.failure("\(chunk.bytes.count) bytes") }
    let bytes = Array(chunk.bytes)
    width = Int(bytes.bigEndian(at: 0..<4))
    height = Int(bytes.bigEndian(at: 4..<8))
    depth = Int(bytes[8])
    guard PNGLayout.sides.contains(width), PNGLayout.sides.contains(height) else {
      throw chunk.failure("sides of \(width)×\(height)")
    }
    guard let color = ColorType(rawValue: bytes[9]), color.depths.contains(depth) else {
      throw chunk.failure("color type \(bytes[9]) with \(depth) bits")
    }
    self.color = color
    guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else { throw chunk.failure("an unknown method") }
    isInterlaced = bytes[12] == 1
  }
}

/// The contents of the chunks.
struct PNGContents {
  let header: PNGHeader
  /// The red, green and blue of each color.
  private var palette: [UInt8] = []
  /// The alpha of a palette's first colors; without a palette, the sample values of the transparent color.
  private var transparency: [UInt8]?
  /// The places of the compressed samples in the file.
  private(set) var compressed: [Range<Int>] = []

  init(_ file: [UInt8]) throws(PNGError) {
    var reader = try ChunkReader(file)
    header = try PNGHeader(reader.next())
    var lastName = "IHDR"
    while case let chunk = try reader.next(), chunk.name != "IEND" {
      try take(chunk, after: lastName)
      lastName = chunk.name
    }
    if compressed.allSatisfy(\.isEmpty) { throw .badChunk(chunk: "IDAT", offset: file.count, reason: "missing") }
    if header.color == .palette, palette.isEmpty {
      throw .badChunk(chunk: "PLTE", offset: file.count, reason: "missing")
    }
  }

  private mutating func take(_ chunk: Chunk, after lastName: String) throws(PNGError) {
    switch chunk.name {
    case "IDAT":
      guard compressed.isEmpty || lastName == "IDAT" else { throw chunk.failure("not beside the one before") }
      compressed.append(chunk.bytes.startIndex..<chunk.bytes.endIndex)
    case "PLTE":
      let count = chunk.bytes.count
      guard count > 0, count % 3 == 0, count <= 3 * 256, palette.isEmpty, compressed.isEmpty else {
        throw chunk.failure("misplaced, or \(count) bytes")
      }
      palette = Array(chunk.bytes)
    case "tRNS":
      guard compressed.isEmpty, isTransparency(chunk.bytes) else { throw chunk.failure("\(chunk.bytes.count) bytes") }
      transparency = Array(chunk.bytes)
    case _ where chunk.isCritical: throw chunk.failure("unknown, and needed to read the picture")
    default: break
    }
  }

  private func isTransparency(_ bytes: ArraySlice<UInt8>) -> Bool {
    switch header.color {
    case .gray: bytes.count == 2
    case .rgb: bytes.count == 6
    case .palette: !bytes.isEmpty && bytes.count <= palette.count / 3
    case .grayAlpha, .rgba: false
    }
  }

  /// The format of the decoded picture.
  var format: PixelFormat {
    switch header.color {
    case .gray: transparency == nil ? .gray : .grayAlpha
    case .grayAlpha: .grayAlpha
    case .rgb, .palette: transparency == nil ? .rgb : .rgba
    case .rgba: .rgba
    }
  }

  /// Writes the pixels of one row, [width, channels] of 8-bit samples: the higher 8 bits where there are 16.
  /// - Parameters:
  ///   - row: its bytes, without a filter.
  ///   - width: pixels in the row; fewer than the picture's in a pass of an interlaced one.
  func expand(
    _ row: UnsafePointer<UInt8>, width: Int, into pixels: UnsafeMutablePointer<UInt8>
  ) throws(PNGError) {
    let samples = width * header.color.channels
    switch header.color {
    case .palette: try color(row, width, pixels)
    case .gray where header.depth < 8: scale(row, width, pixels)
    case _ where transparency != nil: addAlpha(row, width, pixels)
    default:
      if header.depth == 8 {
        pixels.update(from: row, count: samples)
      } else {
        for sample in 0..<samples { pixels[sample] = row[2 * sample] }
      }
    }
  }

  /// Returns a sample of 8 or fewer bits.
  @inline(__always)
  private func sample(_ row: UnsafePointer<UInt8>, _ x: Int) -> UInt8 {
    if header.depth == 8 { return row[x] }
    let perByte = 8 / header.depth
    let shift = 8 - header.depth * (x % perByte + 1)
    return row[x / perByte] >> shift & UInt8(1 << header.depth - 1)
  }

  private func color(
    _ row: UnsafePointer<UInt8>, _ width: Int, _ pixels: UnsafeMutablePointer<UInt8>
  ) throws(PNGError) {
    let (colors, channels) = (palette.count / 3, format.channels)
    for x in 0..<width {
      let (index, pixel) = (Int(sample(row, x)), pixels + x * channels)
      guard index < colors else { throw .badPixelData(reason: "color \(index) of a palette of \(colors)") }
      for channel in 0..<3 { pixel[channel] = palette[3 * index + channel] }
      if let transparency { pixel[3] = index < transparency.count ? transparency[index] : 255 }
    }
  }

  /// Gray of few bits to 8. The transparent value is stored unscaled.
  private func scale(_ row: UnsafePointer<UInt8>, _ width: Int, _ pixels: UnsafeMutablePointer<UInt8>) {
    let factor = UInt8(255 / (1 << header.depth - 1))
    let key = key(channel: 0)
    for x in 0..<width {
      let value = sample(row, x)
      if let key {
        (pixels[2 * x], pixels[2 * x + 1]) = (value * factor, UInt16(value) == key ? 0 : 255)
      } else {
        pixels[x] = value * factor
      }
    }
  }

  /// Adds alpha: 0 where all bits of a pixel are the transparent color's, else 255.
  private func addAlpha(_ row: UnsafePointer<UInt8>, _ width: Int, _ pixels: UnsafeMutablePointer<UInt8>) {
    let (channels, bytes) = (header.color.channels, header.depth / 8)
    let keys = (0..<channels).map(key)
    for x in 0..<width {
      let (source, pixel) = (row + x * channels * bytes, pixels + x * (channels + 1))
      var isKey = true
      for channel in 0..<channels {
        let sample = source + channel * bytes
        pixel[channel] = sample[0]
        let value = bytes == 1 ? UInt16(sample[0]) : UInt16(sample[0]) << 8 | UInt16(sample[1])
        if value != keys[channel] { isKey = false }
      }
      pixel[channels] = isKey ? 0 : 255
    }
  }

  /// Returns the transparent value of a channel: two bytes, the higher first, so that no pixel has a value above 255.
  private func key(channel: Int) -> UInt16? {
    transparency.map { UInt16($0[2 * channel]) << 8 | UInt16($0[2 * channel + 1]) }
  }
}
