// Color.swift
// Colors, and the ones that TensorBoard's projector gives to classes.

/// Red, green and blue, 0 … 1 each, as screens take them.
package struct Color: Hashable, Sendable {
  package var red: Float
  package var green: Float
  package var blue: Float

  package init(_ red: Float, _ green: Float, _ blue: Float) { (self.red, self.green, self.blue) = (red, green, blue) }

  /// 0xRRGGBB
  package init(_ code: UInt32) {
    func part(_ shift: UInt32) -> Float { Float(code >> shift & 255) / 255 }
    self.init(part(16), part(8), part(0))
  }

  package static let white = Color(1, 1, 1)
  package static let black = Color(0, 0, 0)

  /// This color with `share` of another in it.
  package func mixed(with other: Color, share: Float) -> Color {
    Color(red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
  }
}

extension Color {
  /// The projector's colors of classes in their order: d3's category10 in steps of three.
  static let classes = [
    0x1F77B4, 0xD62728, 0xE377C2, 0x17BECF, 0x2CA02C, 0x8C564B, 0xBCBD22, 0xFF7F0E, 0x9467BD, 0x7F7F7F,
  ].map { Color($0) }

  /// The color of the `number`th class; after ten they come again.
  package static func ofClass(_ number: Int) -> Color { classes[number % classes.count] }
}
