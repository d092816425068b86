// SafetensorsFileTests.swift
// Tensors survive a file; a file that is cut, forged or of another kind is refused and never believed.

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

@Suite struct SafetensorsFileTests {
  static let file = SafetensorsFile(
    metadata: ["a": "1", "text": "\"quoted\", \\ and \u{1}\u{1F}\n é \u{1F600}"],
    tensors: [
      .init(name: "encoder/kernel", shape: [2, 3], values: [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, -3e38]),
      .init(name: "scalar", shape: [], values: [7]),
      .init(name: "none", shape: [0, 4], values: []),
      .init(name: "bias \"b\"", shape: [3], values: [1, 2, 3]),
    ])

  @Test("Tensors that are written are read back, bit for bit") func roundTrip() throws {
    let read = try SafetensorsFile(bytes: Self.file.encoded, path: "f")
    #expect(read.metadata == Self.file.metadata)
    // An empty tensor and its neighbors begin at one offset, so only the order of the others is the file's.
    #expect(Set(read.tensors.map(\.name)) == Set(Self.file.tensors.map(\.name)))
    for tensor in Self.file.tensors {
      let same = try #require(read.tensors.first { $0.name == tensor.name })
      #expect(same.shape == tensor.shape)
      #expect(same.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test("The bytes are those of the format") func layout() {
    let file = SafetensorsFile(metadata: ["k": "v"], tensors: [.init(name: "t", shape: [1, 2], values: [1, -2])])
    let header = #"{"__metadata__":{"k":"v"},"t":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(
      file.encoded == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8)
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
  }

  @Test("The file on disk has the same bytes, and replaces an older one")
  func onDisk() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/x.safetensors"
      try AtomicFile.replace(path, bytes: [1, 2, 3])
      try Self.file.write(to: path)
      #expect(try FileContents.read(path) == Self.file.encoded)
      #expect(try SafetensorsFile(path: path).metadata == Self.file.metadata)
      #expect(try Directory.list(directory) == ["x.safetensors"])
    }
  }

  @Test("A file cut anywhere is refused") func truncation() {
    let bytes = Self.file.encoded
    for count in bytes.indices {
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: Array(bytes[..<count]), path: "f") }
    }
  }

  @Test("No byte of the header, whatever it becomes, ends the process")
  func forgedHeader() throws {
    let bytes = Self.file.encoded
    let header = Int(bytes[0]) + Int(bytes[1]) << 8
    for index in 0..<8 + header {
      for value: UInt8 in [0, 0x22, 0x2D, 0x30, 0x39, 0x5B, 0x7B, 0x7D, 0xFF] {
        var changed = bytes
        changed[index] = value
        let read = try? SafetensorsFile(bytes: changed, path: "f")
        // A file that is still accepted holds no more numbers than bytes allow.
        #expect((read?.tensors.reduce(0) { $0 + $1.values.count } ?? 0) <= bytes.count / 4)
      }
    }
  }

  @Test("A length beyond the file or beyond reason is refused before anything is read")
  func forgedLength() {
    for length: UInt64 in [9, 1000, 100_000_001, .max, 1 << 63] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes, path: "f") }
    }
  }

  @Test(arguments: [
    (#"{"t":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#, "has elements of type F16"),
    (#"{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "has other bytes than its shape"),
    (
      #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      "lies over"
    ),
    (#"{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "begins after a gap"),
    (#"{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "bytes follow the last tensor, which ends at byte 66"),
    (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "begins after a gap"),
    (#"{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "impossible shape"),
    (#"{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, "impossible shape"),
    (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "impossible offsets"),
    (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "1 offsets"),
    (#"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, "other bytes"),
    (#"{"t":{"dtype":"F32","shape":[2000000],"data_offsets":[0,8000000]}}"#, "truncated"),
    (#"{"t":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, "impossible shape"),
    (#"{"t":7}"#, "not the JSON"), (#"[]"#, "not the JSON"), (#"{"#, "not the JSON"), ("", "not the JSON"),
    (#"{"__metadata__":{"a":1}}"#, "not the JSON"),
  ])
  func wrongHeader(header: String, says: String) throws {
    let bytes =
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + [UInt8](repeating: 1, count: 8)
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes, path: "dir/f\n") }
    let text = try #require(error?.description)
    #expect(text.contains(says), "\(text)")
    #expect(text.contains(#""dir/f\u{A}""#) && !text.contains("\n"), "\(text)")
  }

  @Test("Brackets without end are refused, and do not end the process") func deepNesting() {
    let header = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    let bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes, path: "f") }
  }
}
