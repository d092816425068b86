// PNGContents.swift
// What the chunks of a PNG file say: header, palette, transparency, compressed samples.

/// The first chunk (section 11.2.1).
struct PNGHeader {
  let width: Int
  let height: Int
  /// Bits of a sample: 1, 2, 4 or 8.
  let depth: Int
  let colour: ColourType

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
    guard let colour = ColourType(rawValue: bytes[9]), colour.depths.contains(depth) else {
      throw chunk.failure("colour type \(bytes[9]) with \(depth) bits")
    }
    self.colour = colour
    guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else { throw chunk.failure("an unknown method") }
    if depth == 16 { throw .unsupported(feature: "16 bits a sample") }
    if bytes[12] == 1 { throw .unsupported(feature: "interlacing") }
  }
}

struct PNGContents {
  let header: PNGHeader
  /// Red, green, blue of each colour.
  private var palette: [UInt8] = []
  /// Of a palette, the alpha of its first colours; else the sample values of the transparent colour.
  private var transparency: [UInt8]?
  private var compressed: [UInt8] = []

  init(_ file: [UInt8]) throws(PNGError) {
    var reader = try ChunkReader(file)
    header = try PNGHeader(reader.next())
    var lastName = "IHDR"
    while case let chunk = try reader.next(), chunk.name != "IEND" {
      try take(chunk, after: lastName)
      lastName = chunk.name
    }
    if compressed.isEmpty { throw .badChunk(chunk: "IDAT", offset: file.count, reason: "missing") }
    if header.colour == .palette, palette.isEmpty {
      throw .badChunk(chunk: "PLTE", offset: file.count, reason: "missing")
    }
  }

  private mutating func take(_ chunk: Chunk, after lastName: String) throws(PNGError) {
    switch chunk.name {
    case "IDAT":
      guard compressed.isEmpty || lastName == "IDAT" else { throw chunk.failure("not beside the one before") }
      compressed += chunk.bytes
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
    switch header.colour {
    case .grey: bytes.count == 2
    case .rgb: bytes.count == 6
    case .palette: !bytes.isEmpty && bytes.count <= palette.count / 3
    case .greyAlpha, .rgba: false
    }
  }

  /// The format of the picture that this becomes.
  var format: PixelFormat {
    switch header.colour {
    case .grey: transparency == nil ? .grey : .greyAlpha
    case .greyAlpha: .greyAlpha
    case .rgb, .palette: transparency == nil ? .rgb : .rgba
    case .rgba: .rgba
    }
  }

  /// The compressed samples, given away.
  mutating func takeCompressed() -> [UInt8] {
    defer { compressed = [] }
    return compressed
  }

  /// [height, 1 + rowBytes] of unfiltered rows to [height, width, channels] of 8-bit samples.
  func expanded(_ rows: [UInt8]) throws(PNGError) -> [UInt8] {
    var samples = unpacked(rows)
    switch header.colour {
    case .palette: return try coloured(samples)
    case .grey where header.depth < 8:
      // The transparent value is stored unscaled, so it is looked for first.
      let unscaled = samples
      let scale = UInt8(255 / (1 << header.depth - 1))
      for index in samples.indices { samples[index] *= scale }
      return transparency == nil ? samples : withAlpha(samples, keyedOn: unscaled)
    default: return transparency == nil ? samples : withAlpha(samples, keyedOn: samples)
    }
  }

  /// The samples of all rows, a byte each.
  private func unpacked(_ rows: [UInt8]) -> [UInt8] {
    let rowBytes = header.rowBytes
    var samples: [UInt8] = []
    samples.reserveCapacity(header.width * header.height * header.colour.channels)
    for row in 0..<header.height {
      let bytes = rows[row * (rowBytes + 1) + 1..<(row + 1) * (rowBytes + 1)]
      guard header.depth < 8 else {
        samples += bytes
        continue
      }
      let (perByte, mask) = (8 / header.depth, UInt8(1 << header.depth - 1))
      for x in 0..<header.width {
        let shift = 8 - header.depth * (x % perByte + 1)
        samples.append(bytes[bytes.startIndex + x / perByte] >> shift & mask)
      }
    }
    return samples
  }

  private func coloured(_ indices: [UInt8]) throws(PNGError) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(indices.count * format.channels)
    for index in indices.map(Int.init) {
      guard 3 * index < palette.count else {
        throw .badPixelData(reason: "colour \(index) of a palette of \(palette.count / 3)")
      }
      pixels += palette[3 * index..<3 * index + 3]
      if let transparency { pixels.append(index < transparency.count ? transparency[index] : 255) }
    }
    return pixels
  }

  /// Adds alpha: 0 where a pixel of `keys` is the transparent colour, else 255.
  private func withAlpha(_ samples: [UInt8], keyedOn keys: [UInt8]) -> [UInt8] {
    let channels = header.colour.channels
    // Two bytes a sample, the higher first: a value above 255 is no pixel's.
    let values = stride(from: 0, to: 2 * channels, by: 2).map { index in
      transparency.map { UInt16($0[index]) << 8 | UInt16($0[index + 1]) }
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(samples.count / channels * (channels + 1))
    for start in stride(from: 0, to: samples.count, by: channels) {
      pixels += samples[start..<start + channels]
      let isKey = (0..<channels).allSatisfy { UInt16(keys[start + $0]) == values[$0] }
      pixels.append(isKey ? 0 : 255)
    }
    return pixels
  }
}
