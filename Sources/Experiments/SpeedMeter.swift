// SpeedMeter.swift
// How fast training goes, on the clock of the steps alone.

import Parallel

/// Counts images and the time that their steps took.
struct SpeedMeter {
  private(set) var images = 0
  private(set) var seconds = 0.0

  mutating func add(images: Int, taking duration: Duration) {
    self.images += images
    seconds += duration.seconds
  }

  /// 0 before the first step.
  var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

  /// The rate so far, and counts anew.
  mutating func restart() -> Double {
    defer { self = SpeedMeter() }
    return imagesPerSecond
  }
}
