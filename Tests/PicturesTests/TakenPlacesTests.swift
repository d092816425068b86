// TakenPlacesTests.swift
// Boxes by the squares of a grid are free where a plain list says so.

import Testing

@testable import Pictures

@Suite struct TakenPlacesTests {
  @Test("as a list of all boxes, wherever they are") func agrees() {
    var generator = SystemRandomNumberGenerator()
    var (places, list) = (TakenPlaces(), [(low: Place, high: Place)]())
    var free = 0
    for _ in 0..<2000 {
      // Some on the squares' edges, some left of the picture.
      let step: Float = Bool.random(using: &generator) ? 24 : 1
      func number(_ range: ClosedRange<Float>) -> Float {
        (Float.random(in: range, using: &generator) / step).rounded() * step
      }
      let low = Place(number(-50...600), number(-50...450))
      let high = low + Place(number(0...60), number(0...30))
      let isFree = list.allSatisfy { box in
        low.x > box.high.x || high.x < box.low.x || low.y > box.high.y || high.y < box.low.y
      }
      #expect(places.isFree(low, high) == isFree)
      if isFree { free += 1 }
      if list.count < 60 {
        places.add(low, high)
        list.append((low, high))
      }
    }
    #expect(free > 100)
  }
}
