// DeadUnitText.swift
// Describes for people how many units of a code are dead, and what may help.

import Embeddings
package import ProjectorExport

/// Texts about code units with the same value for all images.
package enum DeadUnitText {
  /// The options that may help a code with dead units.
  package static let advice = "try --code-activation linear, another --seed, or a larger code"

  /// Returns "2 of 3 code units are always 0"; nil if no unit is dead, or all codes are equal, which has its own text.
  package static func note(_ quality: LatentQuality, _ unit: String = "code unit") -> String? {
    let dead = quality.dead
    if dead.count == 0 || quality.distinct == 1 { return nil }
    let units = "\(Quantity.grouped(dead.count)) of \(Quantity.counted(dead.units, unit))"
    if dead.areZero { return "\(units) \(dead.count == 1 ? "is" : "are") always 0" }
    return "\(units) \(dead.count == 1 ? "has" : "have") the same value for all images"
  }

  /// Returns "2 of 3 code units are dead".
  static func summary(_ dead: Int, of units: Int) -> String {
    "\(Quantity.grouped(dead)) of \(Quantity.counted(units, "code unit")) \(dead == 1 ? "is" : "are") dead"
  }
}
