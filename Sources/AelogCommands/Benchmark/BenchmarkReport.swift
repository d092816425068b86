// BenchmarkReport.swift
// What a benchmark found out, and the shares that follow from it.

import Networks
package import Tensors

/// Speeds of one model on one machine; operations are those of the direct algorithm, a multiply-add being two.
package struct BenchmarkReport: Sendable {
  /// The model and what it was given.
  package struct Subject: Sendable {
    package let modelName: String
    package let weights: Int
    package let imageShape: ImageShape
    package let batchSize: Int
    package let threads: Int
    package let kernels: String
    /// Of a training step, for one image.
    package let operationsPerImage: Int
  }

  /// One way through a layer, on one thread.
  package struct Pass: Sendable {
    /// For one image.
    package let seconds: Double
    package let operations: Int

    /// Operations a second; nil where there are none.
    package var speed: Double? { operations > 0 && seconds > 0 ? Double(operations) / seconds : nil }
  }

  package struct LayerTimes: Sendable {
    package let name: String
    package let forward: Pass
    package let backward: Pass
  }

  /// Where the time of a step on one thread goes, in seconds for one image.
  package struct Account: Sendable {
    package let layers: [LayerTimes]
    package let loss: Double
    /// The shards' gradients added up, and Adam.
    package let update: Double
    /// A step as training makes it, measured as a whole.
    package let wholeStep: Double

    /// All parts.
    package var sum: Double {
      layers.reduce(loss + update) { $0 + $1.forward.seconds + $1.backward.seconds }
    }

    /// What the whole step takes beyond its parts; below zero where looking at the clock costs more.
    package var rest: Double { wholeStep - sum }
  }

  /// Training by other means: a number of threads, or other kernels.
  package struct Alternative<Kind: Sendable>: Sendable {
    package let kind: Kind
    package let imagesPerSecond: Double
  }

  package let subject: Subject
  package let imagesPerSecond: Double
  package let encodedPerSecond: Double
  package let reconstructedPerSecond: Double
  /// Multiply-adds in registers, in operations a second: on one thread, and on all at the same time.
  package let peakOfOne: Double
  package let peak: Double
  /// nil, and the lists empty, where only the headline was asked for.
  package let account: Account?
  package let byThreads: [Alternative<Int>]
  /// The slower ones first; the subject's own is among them.
  package let byKernels: [Alternative<String>]

  /// - Parameters:
  ///   - rates: images a second, or operations, by what was measured.
  ///   - threadCounts, kernelNames, account: what was measured beyond the headline; none, and nil, for a brief report.
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

  /// Operations a second in training.
  package var speed: Double { imagesPerSecond * Double(subject.operationsPerImage) }
  package var iterationsPerSecond: Double { imagesPerSecond / Double(subject.batchSize) }
  /// Of what direct convolution could do if multiply-adds were all there is.
  package var shareOfRoofline: Double { speed / peak }
  /// The images a second where that share is 1.
  package var roofline: Double { peak / Double(subject.operationsPerImage) }
}
