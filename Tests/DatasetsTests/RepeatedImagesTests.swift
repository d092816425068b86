// RepeatedImagesTests.swift
// Images that occur more than once in a collection.

import Tensors
import Testing

@testable import Datasets

@Suite struct RepeatedImagesTests {
  /// A collection of one-pixel images; the first `validation` learning images are for validation.
  private func splits(_ learning: [UInt8], test: [UInt8], validation: Int = 1) -> DatasetSplits {
    func images(_ pixels: [UInt8]) -> ImageDataset {
      ImageDataset(
        shape: ImageShape(height: 1, width: 1, channels: 1), pixels: pixels,
        labels: pixels.indices.map { UInt16($0) })
    }
    return DatasetSplits(
      name: "", learning: images(learning), test: images(test), validation: validation, classNames: [])
  }

  @Test("repetitions within a part and from training to other parts are counted, whatever the labels") func counts() {
    for (learning, test, repeated, shared) in [
      ([1, 2, 3], [4], 0, 0), ([1, 2, 2], [3], 1, 0), ([1, 2, 3], [3], 1, 1), ([1, 1, 2], [1, 2, 2], 4, 4),
      ([1, 2, 3], [1], 1, 0), ([0, 1, 1, 1], [1], 3, 1),
    ] as [([UInt8], [UInt8], Int, Int)] {
      let found = RepeatedImages(in: splits(learning, test: test))
      #expect(found.repeated == repeated && found.shared == shared, "\(learning) \(test): \(found)")
    }
  }

  @Test("they are said in one line of the collection's notes") func notes() {
    #expect(splits([1, 2, 3], test: [4]).notes == [])
    #expect(splits([1, 2, 2], test: [3]).notes == ["1 image repeats another one"])
    #expect(
      splits([1, 2, 3, 3], test: [3]).notes
        == ["2 images repeat another one; 1 of the validation and test images is among the training images"])
  }
}
