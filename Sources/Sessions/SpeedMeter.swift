// SpeedMeter.swift
// The speed of training, measured over the steps alone.

import Parallel

/// Counts images and the seconds that their steps took.
struct SpeedMeter {
  private(set) var images = 0
  private(set) var seconds = 0.0

  mutating func add(images: Int, taking duration: Duration) {
    self.images += images
    seconds += duration.seconds
  }

  /// 0 before the first step.
  var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

  /// Returns the rate so far, and starts counting anew.
  mutating func restart() -> Double {
    defer { self = SpeedMeter() }
    return imagesPerSecond
  }
}
