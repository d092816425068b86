// ImageChoice.swift
// Which images of a part are shown: one of each class, in the order of the classes.

import Datasets

extension ImageDataset {
  /// Numbers of images: the first of each class in the order of the labels, then the second of each, and so on.
  /// - Returns: `count` numbers, or all images where there are fewer.
  func oneOfEachClass(_ count: Int) -> [Int] {
    var classes: [UInt8: [Int]] = [:]
    for (index, label) in labels.enumerated() { classes[label, default: []].append(index) }
    let sorted = classes.sorted { $0.key < $1.key }.map(\.value)
    var chosen: [Int] = []
    var round = 0
    while chosen.count < min(count, labels.count) {
      chosen += sorted.compactMap { $0.count > round ? $0[round] : nil }
      round += 1
    }
    return Array(chosen.prefix(count))
  }
}
