// CIFARDirectoryTests.swift
// The binary files of CIFAR-10 and CIFAR-100: every sample and label arrives, damage is named.

import ByteStreams
import Tensors
import TestSupport
import Testing

@testable import Datasets

struct CIFARDirectoryTests {
  /// Returns records whose samples tell their image, channel and place.
  private func records(_ version: CIFARDirectory.Version, _ count: Int, salt: Int) -> [UInt8] {
    (0..<count).flatMap { image in
      let labels = version == .ten ? [UInt8(image % 10)] : [19, UInt8(image % 100)]
      return labels + (0..<3072).map { UInt8(truncatingIfNeeded: image &* 31 &+ $0 / 1024 &* 7 &+ $0 &+ salt) }
    }
  }

  private func write(_ version: CIFARDirectory.Version, to directory: String, names: [String]? = nil) throws {
    for (number, name) in version.training.enumerated() {
      try AtomicFile.replace("\(directory)/\(name)", bytes: records(version, 6, salt: number))
    }
    try AtomicFile.replace("\(directory)/\(version.test)", bytes: records(version, 4, salt: 99))
    if let names {
      try AtomicFile.replace("\(directory)/\(version.names)", bytes: Array(names.joined(separator: "\n").utf8))
    }
  }

  @Test("samples, labels and names", arguments: CIFARDirectory.Version.allCases)
  func reads(version: CIFARDirectory.Version) throws {
    try withTemporaryDirectory { directory in
      let names = (0..<version.classes).map { "class \($0)" }
      try write(version, to: directory, names: names)
      let splits = try DataSource.files(directory).load(seed: 0, threads: 3)
      #expect(splits.kind == version.name && splits.classNames == names)
      #expect(splits.shape == ImageShape(height: 32, width: 32, channels: 3))
      #expect(splits.test.labels == [0, 1, 2, 3])
      let image = splits.test.image(2)
      for (place, channel) in [(0, 0), (1, 2), (500, 1), (1023, 2)] {
        let want = UInt8(truncatingIfNeeded: 2 * 31 + channel * 7 + channel * 1024 + place + 99)
        #expect(image[3 * place + channel] == want)
      }
      let evaluation = try DataSource.files(directory).loadEvaluation(seed: 0, threads: 1)
      #expect(evaluation.fingerprint == splits.evaluation.fingerprint)
      #expect(splits.training.count + splits.validation.count == 6 * version.training.count)
    }
  }

  @Test("the directory that the archive unpacks is found; without a file of names CIFAR-10's are known") func unpacked()
    throws
  {
    try withTemporaryDirectory { directory in
      try Directory.create("\(directory)/cifar-10-batches-bin")
      try write(.ten, to: "\(directory)/cifar-10-batches-bin")
      let splits = try DataSource.files(directory).load(seed: 0, threads: 2)
      #expect(splits.classNames.first == "airplane" && splits.classNames.count == 10)
    }
  }

  @Test("one training image is too few") func few() throws {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/train.bin", bytes: records(.hundred, 1, salt: 0))
      try AtomicFile.replace("\(directory)/test.bin", bytes: records(.hundred, 1, salt: 1))
      #expect(throws: DatasetError.tooFew(path: directory, got: 1)) {
        try DataSource.files(directory).load(seed: 0, threads: 1)
      }
    }
  }

  @Test("damage is named") func damage() throws {
    try withTemporaryDirectory { directory in
      try write(.ten, to: directory)
      let path = "\(directory)/data_batch_2.bin"
      var bytes = records(.ten, 6, salt: 1)
      try AtomicFile.replace(path, bytes: Array(bytes.dropLast()))
      #expect(throws: DatasetError.notRecords(path: path, got: bytes.count - 1, record: 3073)) {
        try DataSource.files(directory).load(seed: 0, threads: 2)
      }
      bytes[3073] = 10
      try AtomicFile.replace(path, bytes: bytes)
      #expect(throws: DatasetError.badLabel(path: path, got: 10, image: 1, want: 10)) {
        try DataSource.files(directory).load(seed: 0, threads: 2)
      }
      try FileContents.remove(path)
      #expect(throws: DatasetError.self) { try DataSource.files(directory).load(seed: 0, threads: 2) }
    }
  }
}
