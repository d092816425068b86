// PNGAnimation.swift
// Encodes a moving picture: frames of one size in a PNG file, of which other readers show the first.

import Zlib

/// Pictures of one size and format, shown one after the other.
public struct PNGAnimation: Equatable, Sendable {
  /// The pictures, at least one.
  public let frames: [PNGImage]
  /// The time of each frame in milliseconds, 0 … 65,535; 0 is as fast as the reader can.
  public let milliseconds: Int
  /// The number of times that all are shown; 0 for ever.
  public let plays: Int

  /// Makes a moving picture.
  /// - Throws: `PNGError.notEncoded` if there is no frame, two differ in size or format, or a number is too large for the format.
  public init(_ frames: [PNGImage], milliseconds: Int, plays: Int = 0) throws(PNGError) {
    guard let first = frames.first else { throw .notEncoded(reason: "an animation without a frame") }
    for (index, frame) in frames.enumerated() {
      guard (frame.width, frame.height, frame.format) == (first.width, first.height, first.format) else {
        throw .notEncoded(
          reason: "frame \(index) is \(frame.width)×\(frame.height) \(frame.format), the first is "
            + "\(first.width)×\(first.height) \(first.format)")
      }
    }
    guard (0...Int(UInt16.max)).contains(milliseconds) else {
      throw .notEncoded(reason: "\(milliseconds) ms a frame; 0 … 65535 can be stored")
    }
    guard (0...Int(Int32.max)).contains(plays) else {
      throw .notEncoded(reason: "\(plays) plays; 0 … 2147483647 can be stored")
    }
    self.frames = frames
    self.milliseconds = milliseconds
    self.plays = plays
  }

  /// Encodes all frames to the bytes of a PNG file (sections 11.3.2.6 to 11.3.2.8 of the format).
  /// - Parameters: as for `PNGImage.encoded`.
  /// - Throws: `PNGError.notEncoded` if the system has no memory.
  /// - Complexity: O(samples).
  public func encoded(filter: FilterStrategy = .adaptive, level: Int = 6, threads: Int? = nil) throws -> [UInt8] {
    var file = PNGLayout.signature
    file.appendHeader(of: frames[0])
    var control: [UInt8] = []
    control.appendBigEndian(UInt32(frames.count))
    control.appendBigEndian(UInt32(plays))
    file.appendChunk("acTL", control[...])
    // Frame controls and frame data are counted together.
    var sequence: UInt32 = 0
    for (index, frame) in frames.enumerated() {
      file.appendChunk("fcTL", frameControl(sequence)[...])
      sequence += 1
      let compressed = try frame.compressed(filter: filter, level: level, threads: threads)
      if index == 0 {
        file.appendImageData(compressed)
        continue
      }
      let largest = PNGLayout.largestChunk - 4
      for start in stride(from: 0, to: compressed.count, by: largest) {
        var data: [UInt8] = []
        data.appendBigEndian(sequence)
        sequence += 1
        data += compressed[start..<min(start + largest, compressed.count)]
        file.appendChunk("fdAT", data[...])
      }
    }
    file.appendChunk("IEND", [])
    return file
  }

  /// Returns a frame's control chunk: the whole picture replaces the one before, for a time in milliseconds.
  private func frameControl(_ sequence: UInt32) -> [UInt8] {
    var control: [UInt8] = []
    for number in [Int(sequence), frames[0].width, frames[0].height, 0, 0] {
      control.appendBigEndian(UInt32(number))
    }
    let (delay, unit) = (UInt16(milliseconds), UInt16(1000))
    control += [UInt8(delay >> 8), UInt8(truncatingIfNeeded: delay), UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]
    return control + [0, 0]
  }
}
