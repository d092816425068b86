// ArrayRoles.swift
// The names by which published .npz files call their images and labels, for each part of a collection.

/// The arrays of an archive that are read, by their names.
package struct ArrayRoles: Equatable {
  /// The images of one part, and their labels.
  package struct Pair: Equatable {
    /// Nil if the archive has no parts.
    package let part: Split?
    package let images: String
    package let labels: String?
  }

  /// In the order training, validation, test.
  package let pairs: [Pair]
  /// The arrays that are not read.
  package let ignored: [String]

  private static let parts: [(part: Split, names: [String])] = [
    (.training, ["train", "training"]), (.validation, ["val", "valid", "validation"]), (.test, ["test", "testing"]),
  ]
  private static let imageWords = ["x", "images", "imgs", "data"]
  private static let labelWords = ["y", "labels", "label", "targets", "target"]

  /// Returns the names of one part's arrays, in lower case: x_train, train_x, train_images, …
  private static func names(_ part: [String], _ words: [String]) -> [String] {
    part.flatMap { part in words.flatMap { ["\($0)_\(part)", "\(part)_\($0)"] } }
  }

  /// The names in a message.
  static let wanted =
    "x_train, y_train, x_test, y_test (and x_val, y_val), train_images, train_labels, …, images, labels, or arr_0, arr_1"

  /// Finds the arrays; nil if none has the name of images, or several could be meant.
  package init?(_ names: [String]) {
    func find(_ wanted: [String]) -> String? {
      for text in wanted {
        if let name = names.first(where: { $0.lowercased() == text }) { return name }
      }
      return nil
    }
    var pairs = Self.parts.compactMap { part, words in
      find(Self.names(words, Self.imageWords)).map { images in
        Pair(part: part, images: images, labels: find(Self.names(words, Self.labelWords)))
      }
    }
    if pairs.isEmpty, let images = find(Self.imageWords) {
      pairs = [Pair(part: nil, images: images, labels: find(Self.labelWords))]
    } else if pairs.isEmpty, names.allSatisfy({ $0.hasPrefix("arr_") }), names.contains("arr_0"), names.count <= 2 {
      pairs = [Pair(part: nil, images: "arr_0", labels: names.first { $0 == "arr_1" })]
    } else if pairs.isEmpty, names.count == 1 {
      pairs = [Pair(part: nil, images: names[0], labels: nil)]
    }
    // Images of one part alone are a collection without parts.
    if pairs.count == 1 { pairs = [Pair(part: nil, images: pairs[0].images, labels: pairs[0].labels)] }
    if pairs.isEmpty || (pairs.count > 1 && pairs[0].part != .training) { return nil }
    self.pairs = pairs
    let used = Set(pairs.flatMap { [$0.images, $0.labels].compactMap(\.self) })
    ignored = names.filter { !used.contains($0) }
  }
}
