// DistanceTileTests.swift
// The distances of a block are those of single pairs, bit by bit; blocks meet once.

import Tensors
import Testing

@testable import Embeddings

@Suite struct DistanceTileTests {
  @Test(
    "blocks of any size, dimensions in one part and in several", arguments: [1, 2, 15, 16, 17, 95, 96], [1, 7, 300])
  func tile(count: Int, dimensions: Int) {
    let points = FarClasses.points(2 * count + 3, dimensions: dimensions, far: 1e5)
    let tile = DistanceTile()
    let columns = count + 3..<2 * count + 3
    for rows in [Array(0..<count), (0..<count).map { ($0 * 7) % (2 * count + 3) }] {
      tile.measure(rows, columns, of: points)
      for (place, row) in rows.enumerated() {
        let got = columns.map { tile.squares[place * tile.width + $0 - columns.lowerBound] }
        #expect(got == columns.map { points.squaredDistance(row, $0) })
      }
      tile.measure(rows, columns, of: points, isFused: true)
      tile.takeRoots(rows: rows.count)
      for (place, row) in rows.enumerated() {
        for column in columns {
          let want = points.squaredDistance(row, column).squareRoot()
          #expect(abs(tile.squares[place * tile.width + column - columns.lowerBound] - want) <= 1e-14 * want)
        }
      }
    }
    let others = (0..<count).map { Int32($0) }
    #expect(
      points.squaredDistances(from: count, to: others) == others.map { points.squaredDistance(count, Int($0)) })
  }

  @Test("every pair of blocks has its round, and no block is in a round twice", arguments: 0..<20)
  func rounds(blocks: Int) {
    let rounds = RoundRobin(blocks).rounds
    for round in rounds { #expect(Set(round.flatMap { [$0.0, $0.1] }).count == 2 * round.count) }
    let pairs = rounds.flatMap { $0.map { [$0.0, $0.1] } }
    #expect(Set(pairs).count == pairs.count && pairs.count == blocks * max(0, blocks - 1) / 2)
    #expect(pairs.allSatisfy { $0[0] < $0[1] && $0[1] < blocks })
  }
}
