// EmbeddingPictureTests.swift
// Codes of two and three numbers are drawn along their own axes, longer ones by their principal components.

import Parallel
import PointMatrices
import TestSupport
import Testing
import TinyRuns

@testable import Datasets
@testable import PNG
@testable import ProjectorExport

@Suite struct EmbeddingPictureTests {
  @Test("an exchange of two numbers of all codes shows only where codes are drawn as they are", arguments: [2, 3, 4])
  func axes(dimensions: Int) throws {
    try withTemporaryDirectory { directory in
      let (_, data) = try LatentSnapshotsTests.trainedRun(tinyConfiguration(), every: 3, in: directory)
      let (images, pool) = (data.test, WorkerPool(threads: 1))
      let picture = EmbeddingPicture(of: images, from: data.evaluation, pool: pool)
      let rows: [[Float]] = (0..<images.count).map { point in
        (0..<dimensions).map { axis in
          let (step, cycle) = (7 + 4 * axis, 11 + 9 * axis)
          return Float(point * step % cycle)
        }
      }
      func drawn(_ order: [Int]) throws -> [UInt8] {
        let codes = PointMatrix(
          count: images.count, dimensions: dimensions, values: rows.flatMap { row in order.map { row[$0] } })
        return try picture.draw(codes: codes, title: "codes", pool: pool).encoded(filter: .none, threads: 1)
      }
      let order = Array(0..<dimensions)
      let (once, exchanged) = (try drawn(order), try drawn([1, 0] + order.dropFirst(2)))
      #expect((once == exchanged) == (dimensions > 3))
      #expect(try once == drawn(order))
    }
  }
}
