// RepeatedImages.swift
// Counts images that occur more than once, since an image in two parts makes a test easier than it should be.

import ByteStreams

/// The images of a collection that repeat another one, pixel by pixel.
struct RepeatedImages: Equatable {
  /// Images that equal an earlier one of any part.
  private(set) var repeated = 0
  /// Validation and test images that equal a training image.
  private(set) var shared = 0

  init(in data: DatasetSplits) {
    let training = ContentHash.hashes(of: data.training)
    var seen = Set<UInt64>(minimumCapacity: training.count + data.validation.count + data.test.count)
    for hash in training where !seen.insert(hash).inserted { repeated += 1 }
    let trained = seen
    for hash in ContentHash.hashes(of: data.validation) + ContentHash.hashes(of: data.test) {
      if trained.contains(hash) { shared += 1 }
      if !seen.insert(hash).inserted { repeated += 1 }
    }
  }

  /// A remark for people; nil if all images differ.
  var note: String? {
    if repeated == 0 { return nil }
    let all = "\(DisplayName.counted(repeated, "image")) \(repeated == 1 ? "repeats" : "repeat") another one"
    if shared == 0 { return all }
    return "\(all); \(shared) of the validation and test images \(shared == 1 ? "is" : "are") among the training images"
  }
}
