// EncodedImages+PNG.swift
// Pictures in memory to images to log.

public import PNG

extension EncodedImages {
  /// Pictures of one size, encoded here.
  /// - Throws: `EventFileError.badImage` where there is none, or two differ in size; what the encoder throws.
  public init(_ pictures: [PNGImage]) throws { try self.init(pngs: pictures.map { try $0.encoded() }) }

  /// One picture, encoded here.
  public init(_ picture: PNGImage) throws { try self.init([picture]) }
}
