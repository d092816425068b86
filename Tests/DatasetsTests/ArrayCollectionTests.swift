// ArrayCollectionTests.swift
// Collections in .npy and .npz files: shapes, scales, labels and parts.

import ByteStreams
import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct ArrayCollectionTests {
  /// Ten images of an extent, all numbers different from their neighbors.
  private func numbers(_ extents: [Int]) -> [UInt8] { pattern(10 * extents.reduce(1, *), salt: 3) }

  @Test(
    "shapes",
    arguments: [
      ([5, 6], "5×6×1"), ([5, 6, 1], "5×6×1"), ([5, 6, 3], "5×6×3"), ([3, 5, 6], "5×6×3"), ([1, 5, 6], "5×6×1"),
      ([5, 6, 4], "5×6×4"), ([2, 5, 6], "5×6×2"), ([9, 8, 7], "9×8×7"),
    ] as [([Int], String)])
  func shapes(extents: [Int], want: String) throws {
    let splits = try load(npy("|u1", [10] + extents, numbers(extents)))
    #expect("\(splits.shape)" == want && splits.kind == "array of uint8 from 0 to 255, no labels")
    #expect(splits.training.count + splits.validation.count + splits.test.count == 10)
    #expect(splits.evaluation.notes.isEmpty == (extents.count == 2 || extents[0] > 4))
  }

  @Test("channels first become channels last, in C and in Fortran order", arguments: [false, true], [1, 3])
  func orders(isFortran: Bool, threads: Int) throws {
    let (count, extents) = (10, [3, 5, 6])
    let size = extents.reduce(1, *)
    func value(_ image: Int, _ channel: Int, _ row: Int, _ column: Int) -> UInt8 {
      UInt8(image * 7 + channel * 50 + row * 13 + column)
    }
    var elements = [UInt8](repeating: 0, count: count * size)
    for image in 0..<count {
      for place in 0..<size {
        let (channel, row, column) = (place / 30, place % 30 / 6, place % 6)
        let index = isFortran ? image + count * (channel + 3 * (row + 5 * column)) : image * size + place
        elements[index] = value(image, channel, row, column)
      }
    }
    let path = npy("|u1", [count] + extents, elements, isFortran: isFortran)
    let whole = try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/x.npy", bytes: path)
      return try DataSource.files("\(directory)/x.npy").loadWhole(seed: 0, threads: threads).images
    }
    #expect(whole.count == count && !whole.hasLabels)
    for image in 0..<count {
      let want = (0..<30).flatMap { pixel in (0..<3).map { value(image, $0, pixel / 6, pixel % 6) } }
      #expect(whole.image(image) == want)
    }
  }

  @Test("an order that both fit is asked about, and told", arguments: [[3, 8, 3], [1, 8, 1], [8, 8, 8]])
  func unclear(extents: [Int]) throws {
    let file = npy("|u1", [10] + extents, numbers(extents))
    #expect(refusal(file)?.contains("give --channel-order first or --channel-order last") == true)
    for order in ChannelOrder.allCases {
      let splits = try load(file) { $0.channelOrder = order }
      #expect(splits.shape.channels == (order == .first ? extents[0] : extents[2]))
    }
  }

  @Test("rows of numbers need a shape") func flat() throws {
    let file = npy([9, 12], (0..<108).map { Float($0 % 17) })
    #expect(
      refusal(file)?.hasSuffix("holds an array of 9×12; say which shape a row has, as in --image-shape 28x28") == true)
    #expect(try load(file) { $0.imageShape = [3, 4] }.shape == ImageShape(height: 3, width: 4, channels: 1))
    #expect(try load(file) { $0.imageShape = [2, 2, 3] }.shape == ImageShape(height: 2, width: 2, channels: 3))
    #expect(refusal(file) { $0.imageShape = [3, 5] }?.contains("--image-shape 3x5 has 15 numbers, want 12") == true)
    let images = npy([9, 3, 4], (0..<108).map { Float($0 % 17) })
    #expect(refusal(images) { $0.imageShape = [3, 4] }?.contains("leave out --image-shape") == true)
    // The options of a run do not hold for other arrays.
    #expect(throws: Never.self) { try load(images) { ($0.imageShape, $0.areInherited) = ([4, 4], true) } }
  }

  @Test(
    "scales are recognized from all numbers",
    arguments: [
      ([0, 0.5, 1], "0 to 1", [0, 128, 255]), ([0, 0.5, 0.6], "0 to 1", [0, 128, 153]),
      ([-1, 0, 1], "-1 to 1", [0, 128, 255]), ([-0.5, 0, 0.5], "-1 to 1", [64, 128, 191]),
      ([0, 8, 16], "0 to 16", [0, 128, 255]), ([0, 8, 15], "0 to 16", [0, 128, 239]),
      ([0, 100, 255], "0 to 255", [0, 100, 255]), ([0, 100, 128], "0 to 255", [0, 100, 128]),
      ([-0.05, 0.5, 1.05], "0 to 1", [0, 128, 255]), ([0, 0, 0], "0 to 1", [0, 0, 0]),
    ] as [([Float], String, [UInt8])])
  func scales(values: [Float], range: String, want: [UInt8]) throws {
    let splits = try load(npy([3, 1, 1], values))
    #expect(splits.kind == "array of float32 from \(range), no labels" && splits.firstSamples == want)
    #expect(splits.evaluation.notes.isEmpty == (values != [-0.05, 0.5, 1.05]))
    let wide = try load(npy(">f8", [3, 1, 1], values.flatMap { bytes([Double($0).bitPattern.bigEndian]) }))
    #expect(wide.kind == "array of float64 from \(range), no labels" && wide.firstSamples == want)
  }

  @Test(
    "other scales are asked about",
    arguments: [[0, 1, 17], [0, 50, 127], [0, 1, 256], [-2, 0, 1], [-1, 0, 2]] as [[Float]])
  func unknown(values: [Float]) throws {
    let message = refusal(npy([3, 1, 1], values))
    #expect(message?.contains("of unknown scale; say which numbers are black and white, as in --scale") == true)
    let told = try load(npy([3, 1, 1], values)) { $0.scale = ValueScale(text: "0..100") }
    #expect(told.kind == "array of float32 from 0 to 100, no labels")
  }

  @Test("whole numbers and truth values") func whole() throws {
    func found(_ descr: String, _ elements: [UInt8]) throws -> (String, [UInt8]) {
      let splits = try load(npy(descr, [3, 1, 1], elements))
      return (splits.kind, splits.firstSamples)
    }
    func expect(_ found: (String, [UInt8]), _ type: String, _ want: [UInt8]) {
      #expect(found.0 == "array of \(type), no labels" && found.1 == want)
    }
    expect(try found("|b1", [0, 1, 1]), "bool from 0 to 1", [0, 255, 255])
    expect(try found("|u1", [0, 1, 1]), "uint8 from 0 to 1", [0, 255, 255])
    expect(try found("|u1", [0, 8, 16]), "uint8 from 0 to 16", [0, 128, 255])
    expect(try found("|u1", [0, 8, 17]), "uint8 from 0 to 255", [0, 8, 17])
    expect(try found("|u1", [0, 0, 0]), "uint8 from 0 to 255", [0, 0, 0])
    expect(try found("<i8", bytes([0, 100, 255] as [Int64])), "int64 from 0 to 255", [0, 100, 255])
    expect(try found("<i2", bytes([-1, 0, 1] as [Int16])), "int16 from -1 to 1", [0, 128, 255])
  }

  @Test("numbers that are not finite are refused with their row", arguments: [Float.nan, .infinity], [false, true])
  func notFinite(value: Float, isTold: Bool) throws {
    var values = [Float](repeating: 0.5, count: 60)
    values[4 * 6 + 2] = value
    let message = refusal(npy([10, 2, 3], values)) { if isTold { $0.scale = ValueScale(text: "0..1") } }
    #expect(message?.contains("row 4: \(value) is no sample of an image") == true)
  }

  @Test("too many pixels, no images, other elements, other options") func refused() throws {
    let file = npy("|u1", [10, 5, 6], numbers([5, 6]))
    #expect(
      refusal(file) { $0.maxPixels = 29 }?.contains(
        "5×6 pixels are more than the limit, 29; accept it with --max-pixels 30") == true)
    #expect(refusal(file) { $0.maxPixels = 30 } == nil)
    #expect(refusal(file) { $0.skipBroken = true }?.contains("--skip-broken does not apply; leave it out") == true)
    #expect(refusal(npy("|u1", [2, 5, 6], pattern(60)))?.contains("has 2 images; give 3 or more") == true)
    for (shape, count) in [([10], 10), ([0, 5, 6], 0), ([2, 2, 2, 2, 2], 32), ([10, 0, 3], 0)] {
      #expect(refusal(npy("|u1", shape, pattern(count)))?.contains("holds an array of") == true, "\(shape)")
    }
    #expect(refusal(npy("|O", [10, 5, 6], [UInt8](repeating: 0, count: 2400)))?.contains("Python objects") == true)
    #expect(
      refusal(npy("<U3", [10, 5], [UInt8](repeating: 0, count: 600)))?.contains("its elements are texts") == true)
    for cut in stride(from: 0, to: file.count, by: 7) { #expect(refusal(Array(file[..<cut])) != nil, "\(cut)") }
  }

  @Test("parts are drawn by class and row, whatever the labels are called") func parts() throws {
    let labels = (0..<60).map { $0 % 3 }
    let file = npy("|u1", [60, 1, 1], (0..<60).map { UInt8($0 + 100) })
    let plain = try load(file, labels: ("y.npy", npy("<i8", [60], bytes(labels.map(Int64.init)))))
    #expect(plain.test.count == 10 && plain.validation.count == 5 && plain.classNames == ["0", "1", "2"])
    for label in 0..<3 { #expect((3...4).contains(plain.test.labels.count { $0 == label })) }
    for part in [plain.training, plain.validation, plain.test] {
      for image in 0..<part.count { #expect(Int(part.labels[image]) == (Int(part.image(image)[0]) - 100) % 3) }
    }
    let named = labels.map { ["cat", "dog", "eel"][$0] }
    let csv = try load(
      file, labels: ("y.csv", Array("file,label\n".utf8) + named.enumerated().flatMap { Array("\($0),\($1)\n".utf8) }))
    #expect(csv.classNames == ["cat", "dog", "eel"] && csv.test.labels == plain.test.labels)
    #expect(csv.test.withPixels { Array($0) } == plain.test.withPixels { Array($0) })
    let more = try load(file, labels: ("y.npy", npy("<i8", [60], bytes(labels.map(Int64.init))))) { $0.test = 0.5 }
    #expect(more.test.count == 30)
  }
}
