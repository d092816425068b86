// BenchmarkReport+JSON.swift
// A benchmark's report for programs: one JSON object.

import Tensors

extension BenchmarkReport {
  /// Speeds in images or operations a second, times in microseconds for one image; null, or empty, what a brief report
  /// leaves out.
  package var json: JSONLine {
    var line = JSONLine()
    line.add("model", subject.modelName)
    let shape = subject.imageShape
    line.add("image", "\(shape.height)x\(shape.width)x\(shape.channels)")
    line.add("batch_size", subject.batchSize)
    line.add("weights", subject.weights)
    line.add("threads", subject.threads)
    line.add("kernels", subject.kernels)
    line.add("mflop_per_image", Double(subject.operationsPerImage) * 1e-6)
    line.add("images_per_second", imagesPerSecond)
    line.add("iterations_per_second", iterationsPerSecond)
    line.add("gflops", speed * 1e-9)
    line.add("peak_gflops", peak * 1e-9)
    line.add("peak_gflops_one_thread", peakOfOne * 1e-9)
    line.add("share_of_roofline", shareOfRoofline)
    line.add("encoding_images_per_second", encodedPerSecond)
    line.add("reconstruction_images_per_second", reconstructedPerSecond)
    line.add("layers", account?.layers.map(json(of:)) ?? [])
    line.add("loss_microseconds", account.map { $0.loss * 1e6 })
    line.add("update_microseconds", account.map { $0.update * 1e6 })
    line.add("unaccounted_microseconds", account.map { $0.rest * 1e6 })
    line.add("step_microseconds", account.map { $0.wholeStep * 1e6 })
    line.add("training_by_threads", byThreads.map { json(of: $0) { $0.add("threads", $1) } })
    line.add("training_by_kernels", byKernels.map { json(of: $0) { $0.add("kernels", $1) } })
    return line
  }

  private func json(of layer: LayerTimes) -> JSONLine {
    var line = JSONLine()
    line.add("name", layer.name)
    for (name, pass) in [("forward", layer.forward), ("backward", layer.backward)] {
      line.add("\(name)_microseconds", pass.seconds * 1e6)
      line.add("\(name)_gflops", pass.speed.map { $0 * 1e-9 })
      line.add("\(name)_share", pass.speed.map { $0 / peakOfOne })
    }
    return line
  }

  private func json<Kind>(of entry: Alternative<Kind>, _ addKind: (inout JSONLine, Kind) -> Void) -> JSONLine {
    var line = JSONLine()
    addKind(&line, entry.kind)
    line.add("images_per_second", entry.imagesPerSecond)
    line.add("iterations_per_second", entry.imagesPerSecond / Double(subject.batchSize))
    return line
  }
}
