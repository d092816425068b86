// Benchmark.swift
// Measures a model: its speed, the processor's peak, and the time of each layer.

package import Datasets
import Networks
import Parallel
import Tensors
package import Training

/// A benchmark of one model.
package struct Benchmark {
  package var configuration: TrainingConfiguration
  package var images: ImageDataset
  package var threads: Int
  /// The duration of each measurement; a single step may take longer.
  package var seconds: Double
  /// Whether layers, thread counts and other kernels are skipped.
  package var isBrief: Bool

  package init(
    _ configuration: TrainingConfiguration, on images: ImageDataset, threads: Int, seconds: Double, isBrief: Bool
  ) {
    self.configuration = configuration
    self.images = images
    self.threads = threads
    self.seconds = seconds
    self.isBrief = isBrief
  }

  /// Runs all measurements.
  /// - Parameter progress: called with the name of the next measurement, and the completed fraction.
  package func run(progress: (_ next: String, _ fraction: Double) -> Void) throws -> BenchmarkReport {
    let main = try Workload(configuration, on: images, threads: threads)
    let own = main.model.kernelsName
    var kernelNames: [String] = []
    var works: [Measured: () -> Double] = [
      .training(threads: threads): main.train, .encoding: main.encode, .reconstruction: main.reconstruct,
    ]
    for count in Set([1, threads]) { works[.peak(threads: count)] = Self.peak(of: main.model.kernels, threads: count) }
    let account = TimeAccount(of: main.model)
    if !isBrief {
      for count in threadCounts.dropLast() {
        works[.training(threads: count)] = try Workload(configuration, on: images, threads: count).train
      }
      let single = try Workload(configuration, on: images, threads: 1)
      works[.layers] = { account.add(single.timedStep()) }
      try forEachKernels { name, workload in
        kernelNames.append(name)
        if name != own { works[.kernels(name)] = try workload().train }
      }
    }
    let rates = RoundRobin(seconds: seconds).rates(of: works, progress: progress)
    return BenchmarkReport(
      subject: subject(main.model), rates: rates, threadCounts: isBrief ? [] : threadCounts, kernelNames: kernelNames,
      account: isBrief ? nil : account)
  }

  /// The thread counts to measure: 1, 2, 4, … and all.
  private var threadCounts: [Int] {
    var counts = [1]
    while let last = counts.last, last < threads { counts.append(min(2 * last, threads)) }
    return counts
  }

  /// Calls `body` for every implementation of the layers on this processor, slower ones first: each instruction set with
  /// direct convolutions, and with Winograd convolutions if the model can use them.
  private func forEachKernels(_ body: (_ name: String, _ workload: () throws -> Workload) throws -> Void) throws {
    var seen: Set<String> = []
    for set in InstructionSet.available {
      for choice in set == .reference ? [KernelChoice.reference] : [.direct, .auto] {
        var one = configuration
        one.kernels = choice
        one.batchSize = 1
        let probe = try Workload(one, on: images, threads: 1, instructionSet: set)
        guard seen.insert(probe.model.kernelsName).inserted else { continue }
        try body(probe.model.kernelsName) { try workload(like: probe, choice, set) }
      }
    }
  }

  /// Makes a workload with a smaller batch if a whole one would take too long; the speed per image is the same.
  /// - Parameter probe: a workload whose step is one image.
  private func workload(like probe: Workload, _ choice: KernelChoice, _ set: InstructionSet) throws -> Workload {
    var watch = Stopwatch()
    _ = probe.train()
    let affordable = Int(min(65_536, seconds / watch.lap() * Double(threads)))
    var part = configuration
    part.kernels = choice
    part.batchSize = min(configuration.batchSize, max(threads, affordable))
    return try Workload(part, on: images, threads: threads, instructionSet: set)
  }

  private func subject(_ model: Autoencoder) -> BenchmarkReport.Subject {
    BenchmarkReport.Subject(
      modelName: model.architecture.name, weights: model.slab.weightCount, imageShape: model.imageShape,
      batchSize: configuration.batchSize, threads: threads, kernels: model.kernelsName,
      operationsPerImage: model.trainingOperations)
  }

  /// Returns a measurement of multiply-adds on `threads` threads at the same time, in pieces of about a millisecond.
  private static func peak(of kernels: Kernels, threads: Int) -> () -> Double {
    let pool = WorkerPool(threads: threads)
    let (pieces, rounds) = (threads * 8, 200_000)
    let operations = 2 * pieces * rounds * kernels.multiplyAdds(rounds: 1)
    return {
      pool.forEach(pieces) { _, _ in _ = kernels.multiplyAdds(rounds: rounds) }
      return Double(operations)
    }
  }
}
