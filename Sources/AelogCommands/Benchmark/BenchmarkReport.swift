// BenchmarkReport.swift
// The results of a benchmark, and the fractions of the peak derived from them.

import Networks
package import Tensors

/// Speeds of one model on one machine. Operations are those of direct convolution; a multiply-add counts as two.
package struct BenchmarkReport: Sendable {
  /// The model, its input, and how it was run.
  package struct Subject: Sendable {
    package let modelName: String
    package let weights: Int
    package let imageShape: ImageShape
    package let batchSize: Int
    package let threads: Int
    package let kernels: String
    /// The operations of a training step per image.
    package let operationsPerImage: Int
  }

  /// The forward or backward pass of a layer, on one thread.
  package struct Pass: Sendable {
    /// The time per image.
    package let seconds: Double
    package let operations: Int

    /// Operations per second; nil for a layer without operations.
    package var speed: Double? { operations > 0 && seconds > 0 ? Double(operations) / seconds : nil }
  }

  package struct LayerTimes: Sendable {
    package let name: String
    package let forward: Pass
    package let backward: Pass
  }

  /// The time of each part of a step on one thread, in seconds per image.
  package struct Account: Sendable {
    package let layers: [LayerTimes]
    package let loss: Double
    /// The sum of the partitions' gradients, and Adam.
    package let update: Double
    /// A training step, measured as a whole.
    package let wholeStep: Double

    /// The sum of all parts.
    package var sum: Double {
      layers.reduce(loss + update) { $0 + $1.forward.seconds + $1.backward.seconds }
    }

    /// The time of the whole step beyond its parts; negative if reading the clock costs more.
    package var rest: Double { wholeStep - sum }
  }

  /// The speed of training with another thread count, or other kernels.
  package struct Alternative<Kind: Sendable>: Sendable {
    package let kind: Kind
    package let imagesPerSecond: Double
  }

  package let subject: Subject
  package let imagesPerSecond: Double
  package let encodedPerSecond: Double
  package let reconstructedPerSecond: Double
  /// The peak speed of multiply-adds in registers, in operations per second: on one thread, and on all at the same time.
  package let peakOfOne: Double
  package let peak: Double
  /// The times of the layers; nil, and the lists below empty, for a brief report.
  package let account: Account?
  package let byThreads: [Alternative<Int>]
  /// The speeds with each implementation, slower ones first, including the subject's own.
  package let byKernels: [Alternative<String>]

  /// - Parameters:
  ///   - rates: images or operations per second of each measurement.
  ///   - threadCounts, kernelNames, account: further measurements; empty, and nil, for a brief report.
  init(
    subject: Subject, rates: [Measured: Double], threadCounts: [Int], kernelNames: [String],
    account: TimeAccount?
  ) {
    func rate(_ measured: Measured) -> Double { rates[measured] ?? 0 }
    self.subject = subject
    imagesPerSecond = rate(.training(threads: subject.threads))
    encodedPerSecond = rate(.encoding)
    reconstructedPerSecond = rate(.reconstruction)
    peakOfOne = rate(.peak(threads: 1))
    peak = rate(.peak(threads: subject.threads))
    self.account = account?.report(wholeStep: 1 / rate(.training(threads: 1)))
    byThreads = threadCounts.map { .init(kind: $0, imagesPerSecond: rate(.training(threads: $0))) }
    let own = imagesPerSecond
    byKernels = kernelNames.map {
      .init(kind: $0, imagesPerSecond: $0 == subject.kernels ? own : rate(.kernels($0)))
    }
  }

  /// Operations per second in training.
  package var speed: Double { imagesPerSecond * Double(subject.operationsPerImage) }
  package var iterationsPerSecond: Double { imagesPerSecond / Double(subject.batchSize) }
  /// The fraction of the speed that direct convolution would reach if only multiply-adds took time.
  package var fractionOfRoofline: Double { speed / peak }
  /// The images per second at which that fraction is 1.
  package var roofline: Double { peak / Double(subject.operationsPerImage) }
}
