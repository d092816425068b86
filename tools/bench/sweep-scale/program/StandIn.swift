// StandIn.swift
// A trial without training: it writes event files and the record of a complete run, but no checkpoints.

import ByteStreams
import EventFiles
import Foundation
import Runs
import Sweeps
import Training

/// The files of twenty epochs with a hundred steps logged, as a trained trial has them, without pictures and weights.
struct StandIn {
  private let sweep: SweepDirectory
  private let trial: Trial
  private let lock: DirectoryLock
  private let epochs = 20

  init(sweep: String, index: Int) throws {
    self.sweep = try SweepDirectory(sweep)
    trial = self.sweep.trials[index]
    try Directory.create(self.sweep.workPath(trial))
    lock = try DirectoryLock(self.sweep.workPath(trial))
  }

  func run() throws {
    let path = sweep.runPath(trial)
    try Directory.create(path)
    let run = try RunWriter(path)
    let evaluation = try run.subrun("eval")
    let values = RunHyperParameters.values(of: trial.configuration, data: "digits")
    try run.hyperParameters(values)
    for step in 1...epochs * 5 {
      let loss = 0.7 / Float(step) + Float(trial.index % 100) / 1000
      try run.write(
        [
          .scalar("loss/total", loss), .scalar("loss/reconstruction", loss), .scalar("training/learning_rate", 0.001),
          .scalar("training/gradient_norm", loss), .scalar("training/images_per_second", 10_000),
        ], step: Step(step))
      if step % 5 == 0 {
        try evaluation.write([.scalar("loss/reconstruction", loss), .scalar("rmse", loss)], step: Step(step))
      }
    }
    try run.ended(.success)
    try evaluation.close()
    try run.close()
    try record().write(to: path)
    lock.release()
  }

  private func record() throws -> RunRecord {
    let loss = 0.007 + Double(trial.index % 100) / 1000
    let configuration = String(decoding: try JSONEncoder().encode(trial.configuration), as: UTF8.self)
    let text = """
      {
        "status": "completed", "name": "\(trial.name)", "started": "2026-01-01T00:00:00Z", "command": ["stand-in"],
        "configuration": \(configuration),
        "data": {
          "source": "bars", "name": "bars", "seed": 0, "fingerprint": "", "image_shape": [8, 8, 1],
          "training_images": 220, "validation_images": 20, "test_images": 60
        },
        "model": {"weights": 1000, "bottleneck_shape": [4, 4, 3]},
        "machine": {"kernels": "none", "threads": 1, "processors": 1}, "versions": {"aelog": "", "swift": ""},
        "results": {
          "steps": \(epochs * 5), "epochs": \(epochs), "validation_loss": \(loss), "test_loss": \(loss),
          "test_rmse": \(loss), "seconds": 1, "images_per_second": 10000, "warnings": []
        }
      }
      """
    return try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
  }
}
