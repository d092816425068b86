// main.swift
// Logs every kind of value into a log directory, for checks in TensorBoard itself:
//
//     log-every-kind LOGDIR
//     log-every-kind LOGDIR resume    resumes its evaluation, two steps back

import EventFiles
import Foundation
import PNG
import ProjectorFiles

let steps = 6
let log = LogDirectory(CommandLine.arguments[1])
if CommandLine.arguments.dropFirst(2).first == "resume" {
  let resumed = try log.run("kinds/eval", resumingAt: 2)
  for number in 2..<steps { try resumed.scalar("loss/mean", 3 - fraction(number), step: Step(number)) }
  try resumed.close()
  exit(0)
}
let run = try log.run("kinds")

/// A ring that grows with `size`, 0 … 1, on 28×28 pixels.
func ring(_ size: Float) -> [Float] {
  (0..<784).map { pixel in
    let (x, y) = (Float(pixel % 28) - 13.5, Float(pixel / 28) - 13.5)
    return max(0, 1 - abs((x * x + y * y).squareRoot() - 4 - 8 * size) / 3)
  }
}

func fraction(_ step: Int) -> Float { Float(step) / Float(steps - 1) }

try run.hyperParameters([HyperParameter("rate", 0.5), HyperParameter("model", "ring"), HyperParameter("bias", true)])
try run.text("notes", "Every *kind* of value.\n\n- one\n- two", description: "Notes of this run.")
try run.table("layers", rows: [["name", "weights"], ["dense", "128"]])
try run.graph(
  Graph([
    GraphNode("image", operation: "Placeholder", outputShapes: [[-1, 28, 28, 1]]),
    GraphNode(
      "encoder/conv", operation: "Conv2D", inputs: ["image"], outputShapes: [[-1, 14, 14, 16]],
      attributes: [
        ("strides", .integers([1, 2, 2, 1])), ("padding", .text("SAME")), ("names", .byteLists([Array("a".utf8)])),
        ("scales", .numbers([0.5])), ("trained", .flags([true])),
      ]),
    GraphNode("encoder/dense", operation: "MatMul", inputs: ["encoder/conv"], outputShapes: [[-1, 32]]),
  ]))
try run.graphCost(
  "batch of 256",
  GraphCost([
    .init("encoder/conv", start: 1_000_000, duration: 850, memory: 3_211_264, outputShapes: [[256, 14, 14, 16]]),
    .init("encoder/dense", start: 1_000_850, duration: 120, memory: 32_768, outputShapes: [[256, 32]]),
  ]), step: 1)
try run.scalarLayout(
  ScalarLayout([
    .init(
      "Losses",
      [
        .init("both", linesMatching: ["loss/.*"]),
        .init("band", margins: [.init("loss/mean", lower: "loss/low", upper: "loss/high")]),
      ])
  ]))

for number in 0..<steps {
  let (step, size) = (Step(number), fraction(number))
  try run.scalar("loss/mean", 1 - size, step: step, description: "Falls.", displayName: "Loss")
  try run.write([.scalar("loss/low", 0.5 - size), .scalar("loss/high", 1.5 - size)], step: step)
  let samples = PixelScaling.unit
  try run.images(
    "images/gray", EncodedImages(values: ring(size), width: 28, height: 28, format: .gray, scaling: samples), step: step
  )
  try run.images(
    "images/alpha",
    EncodedImages(values: ring(size).flatMap { [0, $0] }, width: 28, height: 28, format: .grayAlpha), step: step)
  try run.images(
    "images/color",
    EncodedImages(values: ring(size).flatMap { [$0, size, 1 - $0] }, width: 28, height: 28, format: .rgb), step: step)
  try run.images(
    "images/color_alpha",
    EncodedImages(values: ring(size).flatMap { [1, size, 0, $0] }, width: 28, height: 28, format: .rgba), step: step)
  try run.images(
    "images/several",
    EncodedImages(values: (0..<4).flatMap { ring(Float($0) / 3) }, count: 4, width: 28, height: 28, format: .gray),
    step: step)
  try run.histogram("weights", of: (0..<1000).map { Float($0 % 37) * size }, step: step, description: "Spreads.")
  try run.histogram("broken", of: [0, .nan, 1, .infinity], step: step)
  let tone = (0..<2000).map { Float(sin(Double($0) * 0.2 * Double(1 + size))) * 0.5 }
  try run.audio("tone", EncodedAudio(samples: tone, sampleRate: 8000), step: step)
  let scores = (0..<200).map { Float($0) / 199 }
  try run.precisionRecall(
    "is_large", PrecisionRecallCurve(scores: scores, labels: scores.map { $0 * (1 + size) > 0.7 }), step: step)
  try run.mesh(
    "triangle",
    Mesh(
      vertices: [[0, 0, 0], [1 + size, 0, 0], [0, 1, size]], faces: [[0, 1, 2]],
      colors: [[255, 0, 0], [0, 255, 0], [0, 0, 255]]), step: step, description: "Turns.")
  try run.tensor("codes", TensorValue(.float([size, 1]), shape: [2]), plugin: "nobody_s", step: step)
}
let frames = (0..<10).map { number in
  PNGImage(width: 28, height: 28, format: .gray, pixels: ring(Float(number) / 9).map { UInt8($0 * 255) })
}
try run.images("images/moving", EncodedImages(PNGAnimation(frames, milliseconds: 100)), step: 0)
try run.checkpoint("checkpoints/last", step: Step(steps))

let points = 100
try ProjectorBundle.write(
  [
    .init(
      name: "rings",
      table: EmbeddingTable(
        points: points, dimensions: 8, values: (0..<points * 8).map { Float(($0 * 7919) % 101) / 101 }),
      metadata: MetadataTable([
        .integers("label", (0..<points).map { $0 % 10 }), .numbers("size", (0..<points).map { Float($0) / 99 }),
      ]))
  ], to: run.path)

let evaluation = try run.subrun("eval")
for number in 0..<4 { try evaluation.scalar("loss/mean", 2 - fraction(number), step: Step(number)) }
try evaluation.close()
try run.ended(.success)
try run.close()
