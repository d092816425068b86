// ConvolutionalPass.swift
// One image through a convolutional autoencoder and back, all of it in one worker's arena.

import Tensors

/// The plan of a convolutional autoencoder, with the weights and kernels that carry it out.
struct ConvolutionalPass: Sendable {
  let plan: ConvolutionalPlan
  let slab: ParameterSlab
  let kernels: Kernels
  let image: ImageShape
  let loss: Loss

  /// Converts an image's bytes to the clean image, the image with noise, and the picture.
  /// - Parameter number: the image's number in its set, the index of its noise.
  func load(
    _ bytes: UnsafePointer<UInt8>, number: UInt32, perturbation: Perturbation, arena: SlabPointer
  ) {
    let clean = arena + plan.clean.origin
    let seen = arena + plan.seen.origin
    kernels.floats(from: bytes, count: image.count, into: clean)
    seen.update(from: clean, count: image.count)
    perturbation.addNoise(to: seen, count: image.count, number: number, with: kernels)
    let row = image.width * image.channels
    for line in 0..<image.height {
      (arena + (plan.picture.origin + line * plan.picture.grid.row)).update(from: seen + line * row, count: row)
    }
  }

  /// Computes all activations from the picture to the cropped logits.
  /// - Parameter last: the index of the last layer to compute; all, if nil.
  func forward(number: UInt32, perturbation: Perturbation, arena: SlabPointer, through last: Int? = nil) {
    // The layers are the input, one for each stage, and the crop.
    for stage in plan.stages.prefix(last ?? plan.stages.count) {
      forward(stage, number: number, perturbation: perturbation, arena: arena)
    }
    if last.map({ $0 > plan.stages.count }) ?? true { crop(arena) }
  }

  /// Computes one stage's activation from the one before it.
  func forward(_ stage: Stage, number: UInt32, perturbation: Perturbation, arena: SlabPointer) {
    if let pool = stage.pool {
      kernels.pool(pool, x: arena + stage.input.origin, y: arena + stage.output.origin)
    }
    guard let own = stage.weights else { return copy(stage, arena) }
    let weights = slab.values.start
    if let narrow = own.narrow {
      kernels.narrow(
        narrow, x: arena + stage.input.origin, weights: weights + own.kernel.offset, bias: weights + own.bias.offset,
        y: arena + stage.output.origin)
    }
    if let winograd = own.winograd {
      kernels.convolve(
        winograd.forward, x: arena + stage.input.origin, points: slab.points.start + winograd.forwardPoints,
        bias: weights + own.bias.offset, scratch: arena + plan.scratch, y: arena + stage.output.origin)
    } else {
      for part in own.forward {
        kernels.correlate(
          part.shape, x: arena + part.x, weights: weights + own.kernel.offset, bias: weights + own.bias.offset,
          y: arena + part.y)
      }
    }
    if stage.activation == .linear { return }
    // The convolutions' epilogue includes ReLU.
    if stage.activation != .relu || stage.kind == .dense {
      for line in 0..<stage.output.height {
        let row = stage.row(line, of: stage.output)
        kernels.activate(stage.activation, arena + row.lowerBound, count: row.count)
      }
    }
    drop(stage, of: stage.output, number: number, perturbation: perturbation, arena: arena)
  }

  /// Copies a picture to a row of numbers, or a row to a picture.
  private func copy(_ stage: Stage, _ arena: SlabPointer) {
    switch stage.kind {
    case .flatten:
      stage.input.forEachPixel {
        copy($1, to: stage.output.origin + $0 * stage.input.channels, stage.input.channels, arena)
      }
    case .reshape:
      stage.output.forEachPixel {
        copy(stage.input.origin + $0 * stage.output.channels, to: $1, stage.output.channels, arena)
      }
    default: break
    }
  }

  /// Computes the loss's gradients by all weights, from the clean image and the logits.
  /// - Parameters:
  ///   - scale: the factor of the summed loss; 1 / (batch · elements of an image) for a mean.
  ///   - gradient: a slab of the weights' layout, added to or overwritten.
  ///   - images: number of images added since the last `finish`; if it is 0, the gradient is overwritten.
  /// - Returns: the loss, summed over the image's elements.
  func backward(
    number: UInt32, perturbation: Perturbation, scale: Float, arena: SlabPointer, gradient: SlabPointer, images: Int
  ) -> Double {
    let loss = addLoss(scale: scale, arena: arena)
    uncrop(arena)
    for stage in plan.stages.reversed() {
      backward(
        stage, number: number, perturbation: perturbation, arena: arena, gradient: gradient, images: images)
    }
    return loss
  }

  /// Returns the loss, summed over the image's elements, and computes its gradient by the cropped logits.
  func addLoss(scale: Float, arena: SlabPointer) -> Double {
    kernels.loss(
      loss, logits: arena + plan.croppedLogits.origin, targets: arena + plan.clean.origin,
      gradient: arena + plan.croppedGradient.origin, count: image.count, scale: scale)
  }

  /// Computes the gradients by one stage's weights and by its input from the one by its output. See `finish`.
  func backward(
    _ stage: Stage, number: UInt32, perturbation: Perturbation, arena: SlabPointer, gradient: SlabPointer, images: Int
  ) {
    if let pool = stage.pool, let dx = stage.inputGradient {
      kernels.poolGradient(
        pool, x: arena + stage.input.origin, pooled: arena + stage.outputGradient.origin, gradient: arena + dx.origin)
    }
    guard let own = stage.weights else { return copyGradient(stage, arena) }
    if stage.passesActivation { passActivation(stage, number: number, perturbation: perturbation, arena: arena) }
    sumKernel(own, stage, arena: arena, gradient: gradient, images: images)
    if stage.kind == .linear {
      sumImageBias(own.bias, arena: arena, gradient: gradient, accumulate: images > 0)
    } else {
      kernels.sumPixels(
        arena + stage.outputGradient.origin, rows: stage.output.height, columns: stage.output.width,
        outputs: own.bias.storedCount, grid: stage.outputGradient.grid, accumulate: images > 0,
        sums: gradient + own.bias.offset)
    }
    guard let dx = stage.inputGradient else { return }
    if let winograd = own.winograd, let shape = winograd.backward {
      kernels.convolve(
        shape, x: arena + stage.outputGradient.origin, points: slab.points.start + winograd.backwardPoints,
        gate: arena + stage.input.origin, scratch: arena + plan.scratch, y: arena + dx.origin)
      return
    }
    let weights =
      own.kernel.transposedOffset.map { slab.transposed.start + $0 } ?? slab.values.start + own.kernel.offset
    for part in own.backward {
      kernels.correlate(
        part.shape, x: arena + part.x, weights: weights, gate: part.gate.map { arena + $0 },
        y: arena + part.y)
    }
  }

  /// Computes the kernels' gradients from those of Winograd's points, summed over `images` images.
  func finish(images: Int, arena: SlabPointer, gradient: SlabPointer) {
    for stage in plan.stages {
      guard let own = stage.weights, let winograd = own.winograd, let sums = winograd.gradient else { continue }
      kernels.kernelGradient(
        of: winograd.forward, pictures: images, sums: arena + sums.sums,
        totals: (arena + sums.totals).doubles(winograd.forward.pointCount),
        into: gradient + own.kernel.offset)
    }
  }

  /// Adds one image's part of a kernel's gradient to `gradient`, or to that of its points until `finish`.
  private func sumKernel(
    _ own: StageWeights, _ stage: Stage, arena: SlabPointer, gradient: SlabPointer, images: Int
  ) {
    guard let winograd = own.winograd, let sums = winograd.gradient else {
      kernels.outerSum(
        own.gradient, a: arena + own.gradientA, b: arena + own.gradientB, weights: gradient + own.kernel.offset,
        accumulate: images > 0)
      return
    }
    kernels.addPointGradient(
      winograd.forward, x: arena + stage.input.origin, gradient: arena + stage.outputGradient.origin, pictures: images,
      scratch: arena + plan.scratch, sums: arena + sums.sums,
      totals: (arena + sums.totals).doubles(winograd.forward.pointCount))
  }

  /// Sums the gradient by the bias of the image's few channels, which are not padded.
  ///
  /// The kernel takes eight pixels as one with eight times the channels; the eight sums of each channel are added here.
  private func sumImageBias(_ bias: Parameter, arena: SlabPointer, gradient: SlabPointer, accumulate: Bool) {
    let (pixels, wide) = (arena + plan.croppedGradient.origin, 8 * image.channels)
    let whole = image.count / wide
    withUnsafeTemporaryAllocation(of: Float.self, capacity: wide) { sums in
      kernels.sumPixels(
        pixels, rows: 1, columns: whole, outputs: wide, grid: PixelGrid(step: wide, row: 0), accumulate: false,
        sums: SlabPointer(writing: sums))
      for channel in 0..<image.channels {
        var total = accumulate ? Double(gradient[bias.offset + channel]) : 0
        for place in stride(from: channel, to: wide, by: image.channels) { total += Double(sums[place]) }
        for place in stride(from: whole * wide + channel, to: image.count, by: image.channels) {
          total += Double(pixels[place])
        }
        gradient[bias.offset + channel] = Float(total)
      }
    }
  }

  /// Turns the gradient by a stage's activation into the one by its sums.
  private func passActivation(_ stage: Stage, number: UInt32, perturbation: Perturbation, arena: SlabPointer) {
    // The activations of dropped units are 0, which is no sign of it: the same draws drop their gradients.
    let target = stage.outputGradient.corner(height: stage.output.height, width: stage.output.width)
    drop(stage, of: target, number: number, perturbation: perturbation, arena: arena)
    for line in 0..<stage.output.height {
      let (y, g) = (stage.row(line, of: stage.output), stage.row(line, of: target))
      kernels.activationGradient(
        stage.activation, y: arena + y.lowerBound, scale: 1 / (1 - perturbation.dropout),
        gradient: arena + g.lowerBound,
        count: g.count)
    }
  }

  private func copy(_ from: Int, to: Int, _ count: Int, _ arena: SlabPointer) {
    (arena + to).update(from: arena + from, count: count)
  }

  /// Copies the gradient by a row of numbers to that by a picture, or the other way.
  private func copyGradient(_ stage: Stage, _ arena: SlabPointer) {
    guard let dx = stage.inputGradient else { return }
    let g = stage.outputGradient
    switch stage.kind {
    case .flatten: dx.forEachPixel { copy(g.origin + $0 * dx.channels, to: $1, dx.channels, arena) }
    case .reshape: g.forEachPixel { copy($1, to: dx.origin + $0 * g.channels, g.channels, arena) }
    default: break
    }
  }

  /// Applies dropout to a stage's activation or the gradient by it, row by row; padding is included, so that the draws do not depend
  /// on kernels.
  private func drop(
    _ stage: Stage, of target: Volume, number: UInt32, perturbation: Perturbation, arena: SlabPointer
  ) {
    guard perturbation.dropout > 0 else { return }
    let stream = RandomStream(
      seed: perturbation.seed, name: "dropout/" + stage.name, index: number, epoch: perturbation.epoch)
    for line in 0..<target.height {
      let row = stage.row(line, of: target)
      kernels.dropout(
        arena + row.lowerBound, count: row.count, rate: perturbation.dropout, stream: stream,
        firstBlock: line * (row.count / 4))
    }
  }

  /// Copies the image's part of the decoder's picture to the contiguous logits.
  func crop(_ arena: SlabPointer) {
    let row = image.width * image.channels
    let (from, to) = (arena + (plan.logits.origin + plan.cropOffset), arena + plan.croppedLogits.origin)
    for line in 0..<image.height {
      (to + line * row).update(from: from + line * plan.logits.grid.row, count: row)
    }
  }

  /// Copies the gradient back into the decoder's picture; outside the crop it stays zero.
  func uncrop(_ arena: SlabPointer) {
    let row = image.width * image.channels
    let (from, to) = (arena + plan.croppedGradient.origin, arena + (plan.logitsGradient.origin + plan.cropOffset))
    for line in 0..<image.height {
      (to + line * plan.logitsGradient.grid.row).update(from: from + line * row, count: row)
    }
  }
}

extension Stage {
  /// Returns the floats of a row of pixels, padding included, in the arena.
  fileprivate func row(_ line: Int, of volume: Volume) -> Range<Int> {
    let start = volume.origin + line * volume.grid.row
    return start..<start + volume.width * volume.grid.step
  }
}

extension Volume {
  /// Calls `body` with the number of each pixel, row by row, and its place in the arena.
  fileprivate func forEachPixel(_ body: (_ pixel: Int, _ place: Int) -> Void) {
    for row in 0..<height {
      for column in 0..<width { body(row * width + column, origin + row * grid.row + column * grid.step) }
    }
  }
}
