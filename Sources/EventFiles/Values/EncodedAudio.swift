// EncodedAudio.swift
// Sound as WAV files, for the Audio dashboard.

import CEventProto
import Protobuf

/// One or more clips of sound of one step.
public struct EncodedAudio: Equatable, Sendable {
  /// One WAV file for each clip.
  public let files: [[UInt8]]

  /// Clips from WAV files.
  /// - Throws: `EventFileError.badValue` if there is no file, or one is not a WAV file.
  public init(wavs files: [[UInt8]]) throws(EventFileError) {
    if files.isEmpty { throw .badValue(kind: "audio", reason: "there is no clip") }
    for (index, file) in files.enumerated() {
      guard file.count >= WAVLayout.headerBytes, file.starts(with: WAVLayout.riff),
        file[8...].starts(with: WAVLayout.wave)
      else { throw .badValue(kind: "audio", reason: "clip \(index) does not begin like a WAV file") }
    }
    self.files = files
  }

  /// One clip from samples, stored as 16-bit numbers.
  /// - Parameters:
  ///   - samples: [frames, channels], −1 … 1; values outside are clamped, and NaN is silence.
  ///   - sampleRate: frames per second.
  /// - Throws: `EventFileError.badValue` if the last frame is incomplete, or a size does not fit in a WAV file.
  public init(samples: [Float], channels: Int = 1, sampleRate: Int) throws(EventFileError) {
    guard (1...Int(UInt16.max) / 2).contains(channels) else {
      throw .badValue(kind: "audio", reason: "\(channels) channels; 1 … 32767 fit in a WAV file")
    }
    guard samples.count % channels == 0 else {
      throw .badValue(kind: "audio", reason: "\(samples.count) samples are not a multiple of \(channels) channels")
    }
    guard sampleRate >= 1, sampleRate.multipliedReportingOverflow(by: 2 * channels).partialValue <= Int(UInt32.max),
      sampleRate <= Int(UInt32.max)
    else { throw .badValue(kind: "audio", reason: "\(sampleRate) frames a second do not fit in a WAV file") }
    guard samples.count <= (Int(UInt32.max) - WAVLayout.headerBytes) / 2 else {
      throw .badValue(kind: "audio", reason: "\(samples.count) samples do not fit in a WAV file")
    }
    var file = WAVLayout.header(channels: channels, sampleRate: sampleRate, dataBytes: 2 * samples.count)
    file.reserveCapacity(file.count + 2 * samples.count)
    for sample in samples {
      let number = sample.isNaN ? 0 : Int16((max(-1, min(1, sample)) * 32767).rounded())
      file.append(UInt8(truncatingIfNeeded: number))
      file.append(UInt8(truncatingIfNeeded: number >> 8))
    }
    files = [file]
  }
}

/// RIFF/WAVE with PCM samples: Multimedia Programming Interface and Data Specifications 1.0.
private enum WAVLayout {
  static let riff = Array("RIFF".utf8)
  static let wave = Array("WAVE".utf8)
  static let headerBytes = 44

  /// Returns the 44 bytes before 16-bit samples.
  static func header(channels: Int, sampleRate: Int, dataBytes: Int) -> [UInt8] {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    let frameBytes = 2 * channels
    let format = bytes(1, 2) + bytes(channels, 2) + bytes(sampleRate, 4) + bytes(sampleRate * frameBytes, 4)
    return riff + bytes(headerBytes - 8 + dataBytes, 4) + wave + Array("fmt ".utf8) + bytes(16, 4) + format
      + bytes(frameBytes, 2) + bytes(16, 2) + Array("data".utf8) + bytes(dataBytes, 4)
  }
}

extension EncodedAudio {
  /// The Audio dashboard, with WAV as the encoding.
  static var metadata: SummaryMetadata {
    let arena = MessageArena()
    let content = arena.packed(
      arena.message(tensorboard__audio_plugin_data__init) {
        $0.encoding = TENSORBOARD__AUDIO_PLUGIN_DATA__ENCODING__WAV
      },
      size: tensorboard__audio_plugin_data__get_packed_size, pack: tensorboard__audio_plugin_data__pack)
    return SummaryMetadata(pluginName: "audio", pluginContent: content, dataClass: .blobSequence)
  }
}
