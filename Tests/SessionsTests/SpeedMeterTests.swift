// SpeedMeterTests.swift
// Images per second, counted anew from time to time.

import Testing

@testable import Probes
@testable import Sessions

@Suite struct SpeedMeterTests {
  @Test func countsImagesAndTimeAndBeginsAnew() {
    var meter = SpeedMeter()
    #expect(meter.imagesPerSecond == 0)
    meter.add(images: 256, taking: .milliseconds(250))
    meter.add(images: 256, taking: .milliseconds(750))
    #expect(meter.imagesPerSecond == 512)
    #expect(meter.restart() == 512)
    #expect(meter.images == 0 && meter.seconds == 0)
    meter.add(images: 10, taking: .seconds(2))
    #expect(meter.restart() == 5)
  }
}
