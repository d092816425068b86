// PagePiece.swift
// The pieces in which TensorBoard's page decodes a metadata file.

/// The page decodes each piece alone, and joins lines afterwards. A character that lies in two pieces becomes
/// U+FFFD, so a label with it becomes another label.
///
/// Source: TensorBoard, vz_projector/data-provider.ts, "streamParse".
enum PagePiece {
  /// The bytes of every piece but the last.
  static let byteCount = 1_000_000

  /// Whether a byte continues a character of UTF-8.
  static func continuesCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
