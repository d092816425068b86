// main.swift
// Writes a trained model's outputs for its test images as raw floats, so that other programs' outputs can be compared with them.
//
//   model-outputs RUN DIRECTORY
//
// writes DIRECTORY/bottleneck.f32 and DIRECTORY/reconstructions.f32: little-endian float32, image after image.

import ByteStreams
import Datasets
import Networks
import Runs
import Tensors

let (run, directory) = (CommandLine.arguments[1], CommandLine.arguments[2])
let model = try TrainedModel.load(runDirectory: run, threads: 2)
let test = try model.loadData(threads: 2).test
let (autoencoder, elements) = (model.autoencoder, model.imageShape.count)
let reconstructions = Slab(count: test.count * elements)
let codes = test.withPixels { pixels in
  let kernels = autoencoder.kernels
  autoencoder.forEachImage(pixels, numbers: 0..<test.count) { image in
    let start = image.number * elements
    kernels.sigmoid(image.logits, count: elements, into: reconstructions.range(start..<start + elements))
  }
  return autoencoder.encode(pixels, numbers: 0..<test.count)
}
for (name, numbers) in [("bottleneck", codes), ("reconstructions", Array(reconstructions.values))] {
  try AtomicFile.replace(Directory.join(directory, "\(name).f32"), bytes: numbers.withUnsafeBytes { Array($0) })
}
