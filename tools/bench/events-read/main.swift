// main.swift
// Measures how fast event files are read, with every checksum verified, and TensorBoard's data server on the same directory.
//
//     swift run -c release bench-events-read [SERVER]
//
// SERVER is the program of the Python package tensorboard-data-server: site-packages/tensorboard_data_server/bin/server.

import EventFiles
import Foundation

let server = CommandLine.arguments.dropFirst().first
let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("aelog-bench-\(UUID().uuidString)").path
defer { try? FileManager.default.removeItem(atPath: scratch) }

/// The shortest of a few rounds, in seconds.
func best(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
  var fastest = Double.infinity
  for _ in 0..<rounds {
    let start = ContinuousClock.now
    try body()
    fastest = min(fastest, (ContinuousClock.now - start) / .seconds(1))
  }
  return fastest
}

/// A log directory with `count` scalars under ten tags.
func makeScalars(_ count: Int) throws -> String {
  let run = try LogDirectory("\(scratch)/scalars").run("run", resumingAt: nil)
  let tags = try (0..<10).map { try Tag("losses/loss_\($0)") }
  for number in 0..<count { try run.scalar(tags[number % 10], Float(number), step: Step(number / 10)) }
  try run.close()
  return "\(scratch)/scalars"
}

/// A log directory with `count` images of `size` bytes that no compression shrinks.
func makeImages(_ count: Int, size: Int) throws -> String {
  let run = try LogDirectory("\(scratch)/images").run("run", resumingAt: nil)
  var generator = SystemRandomNumberGenerator()
  let file = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
  let images = EncodedImages(width: 256, height: 256, files: [file])
  for number in 0..<count { try run.images("image", images, step: Step(number)) }
  try run.close()
  return "\(scratch)/images"
}

/// Reads every value of every run; the sum of the numbers keeps the compiler from removing the loop.
func read(_ directory: String) throws -> (values: Int, bytes: Int, sum: Double) {
  var result = (values: 0, bytes: 0, sum: 0.0)
  for run in try LogDirectory(directory).runs() {
    var reader = RunReader(run)
    try reader.read { value in
      result.values += 1
      result.bytes += value.size
      if let number = value.number { result.sum += number }
      _ = value.forEachImage { result.sum += Double($0.count) }
    }
    guard reader.damages.isEmpty else { throw reader.damages[0].error }
  }
  return result
}

/// Lets the data server load the directory once, with every checksum or as TensorBoard starts it, and waits until it says
/// that it has.
func serve(_ directory: String, by program: String, verified: Bool) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments =
    ["--logdir", directory, "--reload", "once", "--port", "0", "--verbose", "--verbose"]
    + (verified ? ["--checksum"] : [])
  let output = Pipe()
  process.standardError = output
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  var text = ""
  while !text.contains("Finished load cycle"), case let more = output.fileHandleForReading.availableData, !more.isEmpty
  {
    text += String(decoding: more, as: UTF8.self)
  }
  process.terminate()
  process.waitUntilExit()
}

for (name, directory) in [
  ("scalars", try makeScalars(5_000_000)), ("images", try makeImages(8_000, size: 65_536)),
] {
  var found = (values: 0, bytes: 0, sum: 0.0)
  let seconds = try best(of: 3) { found = try read(directory) }
  let rate = String(
    format: "%.2f million values/s, %.2f GB/s", Double(found.values) / seconds / 1e6,
    Double(found.bytes) / seconds / 1e9)
  print("\(name): \(found.values) values in \(String(format: "%.3f", seconds)) s: \(rate)")
  for verified in [true, false] {
    guard let server else { continue }
    let theirs = try best(of: 3) { try serve(directory, by: server, verified: verified) }
    let ratio = String(format: "%.3f s, %.1f times as long", theirs, theirs / seconds)
    print("  data server\(verified ? ", every checksum" : ", no checksums"): \(ratio)")
  }
}
