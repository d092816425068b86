// TinyCollection.swift
// A few small images as IDX files, runs that train on them in a moment, and the values that a run logged.

import ByteStreams
import Parallel
package import Datasets
package import EventFiles
package import Networks
import Tensors
package import Training

package import Runs
package import Sessions

/// Pictures of blobs whose place depends on their class, stored like MNIST.
package struct TinyCollection {
  package var height = 6
  package var width = 5
  package var channels = 1
  package var learning = 60
  package var test = 23
  package var classes = 4
  /// Whether all images are the same, whatever their class.
  package var isUniform = false

  package init(
    height: Int = 6, width: Int = 5, channels: Int = 1, learning: Int = 60, test: Int = 23, classes: Int = 4,
    isUniform: Bool = false
  ) {
    (self.height, self.width, self.channels) = (height, width, channels)
    (self.learning, self.test, self.classes, self.isUniform) = (learning, test, classes, isUniform)
  }

  /// Writes the four files into a new directory below `directory`.
  package func write(to directory: String, name: String = "tiny") throws -> DataSource {
    let path = Directory.join(directory, name)
    try Directory.createNew(path)
    for (prefix, count, salt) in [("train", learning, 0), ("t10k", test, 1)] {
      let labels = (0..<count).map { UInt8(($0 * 7 + salt) % classes) }
      let shape = channels == 1 ? [count, height, width] : [count, height, width, channels]
      try AtomicFile.replace(
        Directory.join(path, "\(prefix)-images-idx3-ubyte"),
        bytes: idx(shape, labels.enumerated().flatMap { image($1, number: $0 + salt * 1000) }))
      try AtomicFile.replace(Directory.join(path, "\(prefix)-labels-idx1-ubyte"), bytes: idx([count], labels))
    }
    return .files(path)
  }

  private func image(_ label: UInt8, number: Int) -> [UInt8] {
    if isUniform { return (0..<height * width * channels).map { UInt8($0 * 5 % 251) } }
    return (0..<height * width * channels).map { element in
      let pixel = element / channels
      let distance = abs(pixel % width - Int(label) % width) + abs(pixel / width - (Int(label) + number) % height)
      return UInt8(max(0, 250 - 80 * distance - (number * 13 + element) % 17 * (distance == 0 ? 0 : 1)))
    }
  }

  private func idx(_ extents: [Int], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(extents.count)] + extents.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } + elements
  }
}

/// A run of three epochs of six steps that takes a moment.
package func tinyConfiguration(_ architecture: Architecture = .fullyConnected(hiddenUnits: [8, 4]))
  -> TrainingConfiguration
{
  var configuration = TrainingConfiguration(architecture: architecture)
  configuration.epochs = 3
  configuration.batchSize = 9
  configuration.learningRate = 0.01
  configuration.seed = 3
  return configuration
}

package func tinyOptions(
  _ configuration: TrainingConfiguration, _ source: DataSource, logdir: String, threads: Int = 2
) -> TrainingOptions {
  var options = TrainingOptions(
    configuration: configuration, data: source, logdir: logdir, threads: ThreadAllowance(threads))
  options.commandLine = ["aelog", "train", "--name", "it's | a test"]
  options.logEvery = 2
  return options
}

/// Trains a tiny run to its end.
package func trained(
  _ configuration: TrainingConfiguration, on collection: TinyCollection = TinyCollection(), in directory: String,
  threads: Int = 2
) throws -> TrainingOutcome {
  let path = Directory.join(directory, "tiny")
  let source: DataSource = Directory.exists(path) ? .files(path) : try collection.write(to: directory)
  return try TrainingSession(
    tinyOptions(configuration, source, logdir: Directory.join(directory, "runs"), threads: threads),
    data: source.load(seed: 0, threads: 2)
  ).run()
}

/// The values in the event file of a directory.
package struct LoggedRun {
  package let events: [Event]

  /// - Precondition: the directory has one event file.
  package init(_ directory: String) throws {
    let names = try Directory.list(directory).filter { $0.contains("tfevents") }
    precondition(names.count == 1, "one event file, not \(names)")
    var reader = try EventFileReader(path: Directory.join(directory, names[0]))
    events = try reader.rest()
  }

  package var values: [(step: Int, value: SummaryValue)] {
    events.flatMap { event -> [(step: Int, value: SummaryValue)] in
      guard case .summary(let values) = event.content else { return [] }
      return values.map { (Int(event.step.value), $0) }
    }
  }

  /// Returns the steps at which a tag was logged.
  package func steps(_ tag: String) -> [Int] { values.filter { $0.value.tag.name == tag }.map(\.step) }

  package func scalars(_ tag: String) -> [Float] {
    values.compactMap {
      if case .scalar(let number) = $0.value.content, $0.value.tag.name == tag { number } else { nil }
    }
  }

  package var tags: Set<String> { Set(values.map(\.value.tag.name)) }

  package var graph: Graph? {
    events.lazy.compactMap { if case .graph(let graph) = $0.content { graph } else { nil } }.first
  }

  package var sessionEnd: SessionEnd? {
    values.lazy.compactMap { if case .sessionEnd(let end) = $0.value.content { end } else { nil } }.first
  }

  package var sessionStart: SessionStart? {
    values.lazy.compactMap { if case .sessionStart(let start) = $0.value.content { start } else { nil } }.first
  }
}
