// RoundRobinTests.swift
// Measurements in turn: medians of rates, and no slot more than is needed.

import AelogCommands
import Testing

@Suite struct RoundRobinTests {
  @Test("the median is the middle one, or between the middle two")
  func median() {
    #expect([Double]().median == 0)
    #expect([3.0].median == 3 && [5.0, 1, 2].median == 2 && [4.0, 1, 2, 100].median == 3)
  }

  @Test("a rate is work by time, whatever a few slots suffered")
  func rates() {
    var (now, calls) = (0.0, 0)
    let robin = RoundRobin(seconds: 0.9) { now }
    let disturbed = {
      calls += 1
      now += calls % 4 == 0 ? 0.5 : 0.125
      return 8.0
    }
    let steady = {
      now += 0.0625
      return 1.0
    }
    let rates = robin.rates(of: [.encoding: disturbed, .reconstruction: steady]) { _, _ in }
    #expect(rates == [.encoding: 64, .reconstruction: 16])
  }

  @Test("every round visits what still has time, and a long piece of work is done but once")
  func turns() {
    var (now, visits, shares) = (0.0, [String](), [Double]())
    func work(lasting seconds: Double) -> () -> Double {
      {
        now += seconds
        return 1
      }
    }
    let works: [Measured: () -> Double] = [
      .layers: work(lasting: 1 / 64), .encoding: work(lasting: 1 / 8), .reconstruction: work(lasting: 2),
    ]
    let rates = RoundRobin(seconds: 1, clock: { now }).rates(of: works) { next, share in
      visits.append(next)
      shares.append(share)
    }
    #expect(rates == [.layers: 64, .encoding: 8, .reconstruction: 0.5])
    #expect(visits.prefix(3) == ["encoding", "reconstruction", "the layers"])
    #expect(visits.filter { $0 == "reconstruction" }.count == 1)
    // A slot of a ninth lasts an eighth here, until the piece of work at hand is done.
    #expect(visits.filter { $0 == "encoding" }.count == 1 + 8)
    #expect(visits.filter { $0 == "the layers" }.count == 1 + 8)
    #expect(shares == shares.sorted() && shares.allSatisfy { (0..<1).contains($0) })
  }
}
