// Autoencoder+Decoding.swift
// Runs codes through the decoder: images from any codes, as between or beside those of real images.

import Parallel
import Tensors

extension Autoencoder {
  /// Returns the images that the decoder makes of codes, as bytes, image after image.
  /// - Parameter codes: count × `bottleneckCount` numbers, channels last.
  /// - Precondition: whole codes.
  package func decode(_ codes: [Float]) -> [UInt8] {
    let (size, elements) = (bottleneckCount, imageShape.count)
    precondition(codes.count % size == 0, "codes of \(size) numbers")
    let images = SharedBytes(count: codes.count / size * elements)
    let kernels = self.kernels
    forEachDecoded(codes) { number, logits in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: elements) { buffer in
        kernels.sigmoid(logits, count: elements, into: buffer)
        for element in 0..<elements { images.values[number * elements + element] = byte(buffer[element]) }
      }
    }
    return Array(images.values)
  }

  /// Computes the logits of each code and calls `body` with them, from several threads at once.
  private func forEachDecoded(
    _ codes: [Float], _ body: @escaping @Sendable (_ number: Int, _ logits: SlabPointer) -> Void
  ) {
    let (size, code) = (bottleneckCount, bottleneckLayer)
    let count = codes.count / size
    switch plan {
    case .convolutional(let pass):
      let arenas = arenas
      pool.forEach(count) { number, worker in
        let arena = arenas[worker].start
        pass.plan.bottleneck.copy(codes[number * size..<(number + 1) * size], into: arena)
        let state = ImageState(number: 0, perturbation: .none, arena: arena)
        for layer in pass.plan.layers.dropFirst(code) { layer.forward(state, pass) }
        pass.crop(arena)
        body(number, arena + pass.plan.croppedLogits.origin)
      }
    case .dense(let pass):
      let (arena, plan) = (arenas[0].start, pass.plan)
      for wave in stride(from: 0, to: count, by: plan.capacity) {
        let rows = min(plan.capacity, count - wave)
        for row in 0..<rows {
          let from = (wave + row) * size
          plan.volume(ofLayer: code, row: row).copy(codes[from..<from + size], into: arena)
        }
        let batch = BatchState(rows: 0..<rows, number: { UInt32($0) }, perturbation: .none, arena: arena)
        for layer in plan.layers.dropFirst(code) { layer.forward(batch, pass) }
        for row in 0..<rows { body(wave + row, arena + plan.activations[plan.layers.count].values.place(row)) }
      }
    }
  }
}
