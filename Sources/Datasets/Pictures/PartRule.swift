// PartRule.swift
// The rule that divides a collection without parts of its own into training, validation and test images.

/// Divides the images of each class by their names, whatever the order in which the disk lists them.
struct PartRule: Equatable {
  /// The fraction of validation images, where the collection has no validation part.
  var validation = 1.0 / 12
  /// The fraction of test images, where the collection has no test part.
  var test = 1.0 / 6

  init(_ options: ReadingOptions) {
    validation = options.validation ?? validation
    test = options.test ?? test
  }

  /// Returns the part of each image.
  /// - Parameters:
  ///   - names: decide which images are drawn for which part.
  ///   - own: the parts that the collection itself has; `.training` also for images without one.
  ///   - missing: the parts to draw from the training images.
  func parts(labels: [UInt16], names: [String], own: [Split], missing: [Split]) -> [Split] {
    var parts = own
    let free = own.indices.filter { own[$0] == .training }
    let classes = Dictionary(grouping: free) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    var waiting = classes.map { members in
      members.map { (key: Self.key(of: names[$0]), index: $0) }
        .sorted { ($0.key, names[$0.index]) < ($1.key, names[$1.index]) }.map(\.index)[...]
    }
    for (part, fraction) in [(Split.test, test), (.validation, validation)] where missing.contains(part) {
      var (drawn, seen, planned) = (0, 0, 0)
      for number in classes.indices {
        // A rest below one image is added to the next class, so that classes of a few images have their share of the whole too.
        seen += classes[number].count
        let wanted = Int(Double(seen) * fraction + 0.5) - planned
        planned += wanted
        // The last training image of a class stays one.
        for _ in 0..<max(0, min(wanted, waiting[number].count - 1)) {
          if let index = waiting[number].popFirst() { (parts[index], drawn) = (part, drawn + 1) }
        }
      }
      // A few images round to nothing, but a part needs one.
      if drawn == 0, waiting.reduce(0, { $0 + $1.count }) > 1,
        let largest = waiting.indices.max(by: { (waiting[$0].count, $1) < (waiting[$1].count, $0) }),
        let index = waiting[largest].popFirst()
      {
        parts[index] = part
      }
    }
    return parts
  }

  /// A 64-bit hash of a name (Fowler, Noll and Vo, version 1a, then mixed), which orders the images.
  private static func key(of name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    return hash ^ hash >> 33
  }
}
