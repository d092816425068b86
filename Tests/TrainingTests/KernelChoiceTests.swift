// KernelChoiceTests.swift
// All choices of kernels train the same network.

import Datasets
import Networks
import Parallel
import Tensors
import Testing
import Training

@Suite struct KernelChoiceTests {
  private static func losses(_ architecture: Architecture, images: Int, kernels: KernelChoice) throws -> [Double] {
    var configuration = TrainingConfiguration(architecture: architecture)
    configuration.batchSize = 64
    configuration.seed = 1
    configuration.kernels = kernels
    let data = DrawnDigits(seed: 0, learningCount: images, testCount: 500).splits(threads: 2)
    let run = try TrainingRun(configuration, on: data, threads: 2)
    var losses: [Double] = []
    while let report = try run.next() {
      if case .epoch(let epoch) = report { losses.append(epoch.validation.reconstructionLoss) }
    }
    return losses
  }

  /// Rounding differences grow with every step: after some thousand steps two runs that differ in a last bit are 1 % apart.
  /// A wrong kernel differs much sooner.
  @Test(
    "ten epochs of the convolutional model end within 0.1 %, Winograd or not", arguments: [Downsampling.pool, .stride])
  func winograd(downsampling: Downsampling) throws {
    let model = Architecture.convolutional(filters: [16, 8, 8], downsampling: downsampling)
    let auto = try Self.losses(model, images: 1_000, kernels: .auto)
    let direct = try Self.losses(model, images: 1_000, kernels: .direct)
    #expect(auto.count == 11 && auto[10] < 0.8 * auto[1])
    #expect(auto != direct)
    #expect(abs(auto[10] - direct[10]) <= 1e-3 * direct[10], "\(auto) \(direct)")
  }

  @Test(
    "ten epochs with the reference's plain loops end within 0.1 %",
    arguments: [
      Architecture.convolutional(filters: [4], downsampling: .pool), .fullyConnected(hiddenUnits: [32, 8]),
    ])
  func reference(model: Architecture) throws {
    let auto = try Self.losses(model, images: 500, kernels: .auto)
    let reference = try Self.losses(model, images: 500, kernels: .reference)
    #expect(auto.count == 11 && auto != reference)
    #expect(abs(auto[10] - reference[10]) <= 1e-3 * reference[10], "\(auto) \(reference)")
  }
}
