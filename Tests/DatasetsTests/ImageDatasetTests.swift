// ImageDatasetTests.swift
// Datasets, their parts, and the fingerprints that tell two of them apart.

import Tensors
import Testing

@testable import Datasets

struct ImageDatasetTests {
  private let shape = ImageShape(height: 1, width: 3, channels: 2)

  private func dataset(_ count: Int, change: Int? = nil, label: Int? = nil) -> ImageDataset {
    var pixels = pattern(count * shape.count)
    var labels = (0..<count).map { UInt16($0 % 3) }
    if let change { pixels[change] ^= 1 }
    if let label { labels[label] ^= 1 }
    return ImageDataset(shape: shape, pixels: pixels, labels: labels)
  }

  @Test("every range, and every range of it") func ranges() {
    let whole = dataset(5)
    for start in 0...5 {
      for end in start...5 {
        let part = whole[start..<end]
        #expect(part.count == end - start)
        #expect(part.labels == (start..<end).map { UInt16($0 % 3) })
        #expect(part.withPixels { Array($0) } == Array(pattern(30)[start * 6..<end * 6]))
        for index in 0..<part.count { #expect(part[index..<index + 1].image(0) == whole.image(start + index)) }
      }
    }
  }

  @Test("a part shares the pixels") func shared() {
    let whole = dataset(5)
    let address = whole.withPixels { $0.baseAddress.map { UInt(bitPattern: $0) } }
    #expect(whole[2..<4].withPixels { $0.baseAddress.map { UInt(bitPattern: $0) } } == address.map { $0 + 12 })
  }

  @Test func validationCounts() {
    let known = [2: 1, 11: 1, 12: 1, 23: 1, 24: 2, 12_000: 1000, 19_999: 1666, 20_000: 5000, 60_000: 5000]
    for (count, want) in known { #expect(DatasetSplits.validationCount(of: count) == want) }
  }

  private func fingerprint(_ learning: ImageDataset, _ test: ImageDataset) -> String {
    DatasetSplits(name: "", learning: learning, test: test, classNames: []).fingerprint
  }

  @Test("the fingerprint changes with every pixel, label and extent") func fingerprints() {
    let (learning, test) = (dataset(4), dataset(2))
    var seen: Set = [fingerprint(learning, test)]
    #expect(fingerprint(dataset(4), dataset(2)) == seen.first)
    var variants: [String] = []
    for place in 0..<24 { variants.append(fingerprint(dataset(4, change: place), test)) }
    for place in 0..<12 { variants.append(fingerprint(learning, dataset(2, change: place))) }
    for place in 0..<4 { variants.append(fingerprint(dataset(4, label: place), test)) }
    variants += [fingerprint(dataset(5), test), fingerprint(learning, dataset(3)), fingerprint(dataset(3), dataset(3))]
    func turned(_ dataset: ImageDataset) -> ImageDataset {
      let shape = ImageShape(height: 3, width: 1, channels: 2)
      return ImageDataset(shape: shape, pixels: dataset.withPixels { Array($0) }, labels: dataset.labels)
    }
    variants.append(fingerprint(turned(learning), turned(test)))
    for variant in variants { #expect(seen.insert(variant).inserted) }
    #expect(seen.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) })
  }

  @Test("the hash changes with any bit, any length and any order") func contentHash() {
    func hash(_ parts: [[UInt8]]) -> String {
      var hash = ContentHash()
      for part in parts { part.withUnsafeBytes { hash.add($0) } }
      return hash.hexadecimal
    }
    var seen: Set<String> = []
    for count in 0..<100 { #expect(seen.insert(hash([[UInt8](repeating: 0, count: count)])).inserted) }
    let bytes = pattern(70)
    #expect(seen.insert(hash([bytes])).inserted)
    for bit in 0..<560 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(seen.insert(hash([changed])).inserted)
    }
    for cut in 0...70 { #expect(seen.insert(hash([Array(bytes[..<cut]), Array(bytes[cut...])])).inserted) }
    // Words and lanes swapped.
    for place in stride(from: 0, to: 56, by: 8) {
      let swapped =
        bytes[..<place] + bytes[(place + 8)..<(place + 16)] + bytes[place..<place + 8] + bytes[(place + 16)...]
      if place + 16 <= 70 { #expect(seen.insert(hash([Array(swapped)])).inserted) }
    }
  }

  @Test func arguments() {
    #expect(DataSource(argument: "digits") == .digits)
    #expect(DataSource(argument: "./digits") == .files("./digits"))
    #expect(DataSource(argument: "") == .files(""))
    #expect(DataSource.digits.argument == "digits" && DataSource.files("a b").argument == "a b")
  }
}
