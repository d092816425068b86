// Colour.swift
// Colours, and the ones that TensorBoard's projector gives to classes.

/// Red, green and blue, 0 … 1 each, as screens take them.
package struct Colour: Hashable, Sendable {
  package var red: Float
  package var green: Float
  package var blue: Float

  package init(_ red: Float, _ green: Float, _ blue: Float) { (self.red, self.green, self.blue) = (red, green, blue) }

  /// 0xRRGGBB
  package init(_ code: UInt32) {
    func part(_ shift: UInt32) -> Float { Float(code >> shift & 255) / 255 }
    self.init(part(16), part(8), part(0))
  }

  package static let white = Colour(1, 1, 1)
  package static let black = Colour(0, 0, 0)

  /// This colour with `share` of another in it.
  package func mixed(with other: Colour, share: Float) -> Colour {
    Colour(red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
  }
}

extension Colour {
  /// The projector's colours of classes in their order: d3's category10 in steps of three.
  static let classes = [
    0x1F77B4, 0xD62728, 0xE377C2, 0x17BECF, 0x2CA02C, 0x8C564B, 0xBCBD22, 0xFF7F0E, 0x9467BD, 0x7F7F7F,
  ].map { Colour($0) }

  /// The colour of the `number`th class; after ten they come again.
  package static func ofClass(_ number: Int) -> Colour { classes[number % classes.count] }
}
