// LoggingTests.swift
// The examples of docs/swift-library.md: logging from one's own program, with nothing but the public interface.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct LoggingTests {
  @Test func scalars() throws {
    try withTemporaryDirectory { runs in
      let run = try LogDirectory(runs).run("first")
      for step in 0..<100 {
        try run.scalar("loss/total", 1 / Float(step + 1), step: Step(step), description: "Falls, one hopes.")
      }
      let evaluation = try run.subrun("eval")
      try evaluation.scalar("loss/total", 0.3, step: 100)
      try evaluation.close()
      try run.close()

      var events = 0
      for directory in [runs + "/first", runs + "/first/eval"] {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.contains("tfevents") {
          var reader = try EventFileReader(path: directory + "/" + name)
          events += try reader.rest().count
        }
      }
      #expect(events == 2 + 100 + 2 + 1)
    }
  }

  @Test func everythingElse() throws {
    try withTemporaryDirectory { runs in
      let run = try RunWriter(runs + "/second")
      try run.hyperParameters([HyperParameter("learning_rate", 0.001), HyperParameter("model", "convolutional")])
      try run.graph(
        Graph([
          GraphNode("image", operation: "Placeholder", outputShapes: [[-1, 28, 28, 1]]),
          GraphNode("encoder/dense", operation: "MatMul", inputs: ["image"], outputShapes: [[-1, 32]]),
        ]))
      let onePixel: [UInt8] = [
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 58, 126,
        155,
        85, 0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 104, 0, 0, 0, 130, 0, 129, 119, 205, 114, 182, 0, 0, 0, 0, 73,
        69,
        78, 68, 174, 66, 96, 130,
      ]
      try run.images("input", EncodedImages(png: onePixel), step: 0)
      try run.histogram("weights", of: [-1, 0, 0.5, .nan], step: 0)
      try run.text("notes", "A *first* try.")
      try run.table("layers", rows: [["name", "weights"], ["dense", "128"]])
      try run.write([.scalar("loss", 0.5), .scalar("rmse", 0.1)], step: 1)
      try run.ended(.success)
      try run.close()
    }
  }
}
