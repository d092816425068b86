// main.swift
// Lays out points of a file and measures it: bench-embeddings FILE COUNT DIMENSIONS [THREADS]
//
// FILE holds little-endian float32, row after row. Prints JSON: seconds of the exact search of 90 neighbors, of principal
// components, of t-SNE in all (perplexity 30, 1,000 iterations), and the divergence it came to; writes the layout to FILE.layout.

import Embeddings
import Foundation
import Parallel
import PointMatrices
import Tensors

let arguments = CommandLine.arguments
guard arguments.count >= 4, let count = Int(arguments[2]), let dimensions = Int(arguments[3]), count > 90,
  dimensions > 1,
  let data = FileManager.default.contents(atPath: arguments[1]), data.count == count * dimensions * 4
else {
  FileHandle.standardError.write(Data("usage: bench-embeddings FILE COUNT DIMENSIONS [THREADS]\n".utf8))
  exit(64)
}
let threads = arguments.count > 4 ? Int(arguments[4]) ?? 1 : processorCount
let values = data.withUnsafeBytes { bytes in
  (0..<count * dimensions).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
}
let points = PointMatrix(count: count, dimensions: dimensions, values: values)
let pool = WorkerPool(threads: max(1, threads))

func seconds(_ body: () -> Void) -> Double {
  let start = ContinuousClock.now
  body()
  return (ContinuousClock.now - start) / .seconds(1)
}

if arguments.count > 5 {
  for name in arguments[5].split(separator: ",") {
    let axes = name.hasSuffix("3") ? 3 : 2
    var layout: PointMatrix?
    let whole = seconds {
      if name.hasPrefix("umap") {
        let umap = UMAP(points, dimensions: axes, pool: pool)
        while umap.step() {}
        layout = umap.layout
      } else {
        var options = TSNE.Options()
        options.dimensions = axes
        let tsne = TSNE(points, options: options, pool: pool)
        while tsne.step() {}
        layout = tsne.layout
      }
    }
    let bytes = layout?.values.withUnsafeBytes { Data($0) } ?? Data()
    try bytes.write(to: URL(fileURLWithPath: "\(arguments[1]).\(name)"))
    print("{\"layout\":\"\(name)\",\"seconds\":\(whole),\"threads\":\(pool.threads)}")
  }
  exit(0)
}

let search = seconds { _ = Neighbors(of: points, k: 90, pool: pool) }
let components = seconds { _ = PrincipalComponents(of: points, components: 10, pool: pool) }
var layout: PointMatrix?
var divergence = 0.0
let whole = seconds {
  let tsne = TSNE(points, pool: pool)
  while tsne.step() {}
  layout = tsne.layout
  divergence = tsne.divergence()
}
var trust: Double?
let trustSeconds = seconds {
  trust = layout.map {
    PairMeasures.trustworthiness(of: Neighbors(of: $0, k: 5, pool: pool), original: points, pool: pool)
  }
}
let classes = (0..<count).map { $0 % 10 }
let silhouetteSeconds = seconds { _ = PairMeasures.silhouette(points, labels: classes, pool: pool) }
if let layout {
  let bytes = layout.values.withUnsafeBytes { Data($0) }
  try bytes.write(to: URL(fileURLWithPath: arguments[1] + ".layout"))
}
print(
  "{\"neighbors_seconds\":\(search),\"components_seconds\":\(components),\"tsne_seconds\":\(whole),"
    + "\"trustworthiness_seconds\":\(trustSeconds),\"silhouette_seconds\":\(silhouetteSeconds),"
    + "\"divergence\":\(divergence),\"trustworthiness\":\(trust ?? 0),\"threads\":\(pool.threads)}")
