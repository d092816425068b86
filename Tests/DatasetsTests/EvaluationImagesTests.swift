// EvaluationImagesTests.swift
// Validation and test images read or drawn alone equal those of the whole collection.

import TestSupport
import Testing
import Zlib

@testable import Datasets

struct EvaluationImagesTests {
  private func same(_ one: EvaluationImages, _ two: EvaluationImages) -> Bool {
    one.fingerprint == two.fingerprint && one.classNames == two.classNames
      && one.validation.count == two.validation.count
  }

  @Test("raw or gzipped, any number of threads", arguments: [false, true], [1, 3])
  func files(compressed: Bool, threads: Int) throws {
    var fixture = IDXFixture()
    if compressed { fixture.files = try fixture.files.mapValues { try Deflate.gzip($0) } }
    try fixture.withDirectory { directory in
      let source = DataSource.files(directory)
      let whole = try source.load(seed: 0, threads: threads).evaluation
      let alone = try source.loadEvaluation(seed: 0, threads: threads)
      #expect(same(alone, whole))
      #expect(whole.validation.labels == [0, 1])
    }
  }

  @Test("drawn digits", arguments: [500, 1000, 20_000]) func digits(learning: Int) {
    let digits = DrawnDigits(seed: 3, learningCount: learning, testCount: 500)
    #expect(same(digits.evaluation(threads: 2), digits.splits(threads: 2).evaluation))
  }

  @Test("damage after the validation images is not noticed; damage before their end is reported") func cut() throws {
    var fixture = IDXFixture()
    let images = try #require(fixture.files[IDXFixture.trainingImages])
    let whole = try fixture.withDirectory { try DataSource.files($0).load(seed: 0, threads: 1).evaluation }
    for (count, isEnough) in [(16 + 12, true), (16 + 11, false), (15, false)] {
      fixture.files[IDXFixture.trainingImages] = Array(images[..<count])
      try fixture.withDirectory { directory in
        let source = DataSource.files(directory)
        #expect(throws: DatasetError.self) { try source.load(seed: 0, threads: 1) }
        if isEnough {
          let alone = try source.loadEvaluation(seed: 0, threads: 2)
          #expect(same(alone, whole))
        } else {
          #expect(throws: DatasetError.self) { try source.loadEvaluation(seed: 0, threads: 2) }
        }
      }
    }
    fixture.files[IDXFixture.trainingImages] = images
    fixture.files[IDXFixture.trainingLabels] = idx([23], (0..<23).map { $0 % 4 })
    try fixture.withDirectory { directory in
      #expect(throws: DatasetError.self) { try DataSource.files(directory).loadEvaluation(seed: 0, threads: 2) }
    }
  }
}
