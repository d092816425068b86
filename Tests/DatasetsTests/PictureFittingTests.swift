// PictureFittingTests.swift
// Pictures brought to one shape: exact cases, and properties that every size must have.

import PNG
import Tensors
import Testing

@testable import Datasets

struct PictureFittingTests {
  private func fitted(_ picture: PNGImage, _ height: Int, _ width: Int, _ fit: PictureFit = .crop) -> [UInt8] {
    PictureFitting(ImageShape(height: height, width: width, channels: 1), fit).samples(of: picture)
  }

  private func gray(_ height: Int, _ width: Int, _ pixels: [UInt8]) -> PNGImage {
    PNGImage(width: width, height: height, format: .gray, pixels: pixels)
  }

  @Test("smaller pictures are means of areas") func areas() {
    #expect(fitted(gray(2, 4, [0, 4, 10, 20, 8, 12, 30, 60]), 1, 2, .stretch) == [6, 30])
    // A third of the middle column belongs to each side: (2·0 + 90) / 3 and (90 + 2·30) / 3.
    #expect(fitted(gray(1, 3, [0, 90, 30]), 1, 2, .stretch) == [30, 50])
  }

  @Test("crop keeps the middle, pad adds black, stretch keeps all") func fits() {
    let wide = gray(2, 4, [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(fitted(wide, 2, 2, .crop) == [2, 3, 6, 7])
    #expect(fitted(wide, 4, 4, .pad) == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0])
    #expect(fitted(wide, 2, 2, .stretch) == [2, 4, 6, 8])
  }

  @Test("one shade stays one shade, whatever the sizes", arguments: PictureFit.allCases)
  func constants(fit: PictureFit) {
    for height in 1...7 {
      for width in 1...7 {
        let picture = gray(height, width, [UInt8](repeating: 77, count: height * width))
        for side in 1...9 {
          let samples = fitted(picture, side, 10 - side, fit)
          #expect(samples.count == side * (10 - side))
          #expect(samples.allSatisfy { $0 == 77 || (fit == .pad && $0 == 0) }, "\(height)×\(width) to \(side)")
        }
      }
    }
  }

  @Test("enlarged ramps rise") func enlarged() {
    let samples = fitted(gray(1, 4, [0, 80, 160, 240]), 1, 16, .stretch)
    #expect(zip(samples, samples.dropFirst()).allSatisfy { $0 <= $1 }, "\(samples)")
    #expect(samples[0] == 0 && samples[15] >= 240, "\(samples)")
  }

  @Test("gray is the luma; gray becomes equal colors; transparent pixels are white") func channels() {
    func samples(_ format: PixelFormat, _ pixel: [UInt8], _ channels: Int) -> [UInt8] {
      let shape = ImageShape(height: 1, width: 1, channels: channels)
      return PictureFitting(shape).samples(of: PNGImage(width: 1, height: 1, format: format, pixels: pixel))
    }
    #expect(samples(.rgb, [255, 0, 0], 1) == [76] && samples(.rgb, [0, 255, 0], 1) == [150])
    #expect(samples(.rgb, [0, 0, 255], 1) == [29] && samples(.gray, [7], 3) == [7, 7, 7])
    #expect(
      samples(.rgba, [10, 20, 30, 255], 3) == [10, 20, 30] && samples(.rgba, [10, 20, 30, 0], 3) == [255, 255, 255])
    #expect(samples(.grayAlpha, [0, 128], 1) == [127] && samples(.grayAlpha, [9, 255], 3) == [9, 9, 9])
  }
}
