// EncodedImages.swift
// Images of one size as they are sent to the browser: PNG files.

/// One or more encoded images of one size, shown together at one step.
public struct EncodedImages: Equatable, Sendable {
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// One file an image.
  public let files: [[UInt8]]

  /// Images of a known size, in any format that browsers show.
  public init(width: Int, height: Int, files: [[UInt8]]) {
    self.width = width
    self.height = height
    self.files = files
  }

  /// PNG files, which say their size themselves.
  /// - Throws: `EventFileError.badImage` where there is none, one is no PNG, or two differ in size.
  public init(pngs files: [[UInt8]]) throws(EventFileError) {
    guard let first = files.first else { throw .badImage(reason: "there is no image") }
    let size = try EncodedImages.size(ofPNG: first)
    for (index, file) in files.enumerated() where try EncodedImages.size(ofPNG: file) != size {
      throw .badImage(reason: "image \(index) has another size than the first, \(size.width)×\(size.height)")
    }
    self.init(width: size.width, height: size.height, files: files)
  }

  /// One PNG file.
  /// - Throws: `EventFileError.badImage` where it is none.
  public init(png file: [UInt8]) throws(EventFileError) { try self.init(pngs: [file]) }

  /// Width and height from the header chunk: signature (8 bytes), length and type (8 bytes), width, height (PNG, 11.2.2).
  private static func size(ofPNG file: [UInt8]) throws(EventFileError) -> (width: Int, height: Int) {
    let start: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
    guard file.count >= start.count + 8, file.starts(with: start) else {
      throw .badImage(reason: "\(file.count) bytes that do not begin as a PNG file does")
    }
    func number(at position: Int) -> Int { file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(at: start.count), number(at: start.count + 4))
  }
}
