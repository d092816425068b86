// ArrayRunTests.swift
// Arrays through the built program: trained, resumed from another directory, and encoded.

import ByteStreams
import Foundation
import TestSupport
import Testing

@Suite struct ArrayRunTests {
  private static func npy(_ shape: String, _ numbers: [Float]) -> [UInt8] {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }\n"
    let front: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    return front + numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
  }

  @Test("rows of numbers with labels from a table: trained, resumed elsewhere, encoded, exported") func rows() throws {
    try withTemporaryDirectory { directory in
      var numbers: [Float] = []
      for row in 0..<96 {
        for pixel in 0..<64 { numbers.append(Float((pixel / 8 + 3 * (row % 3)) % 8 * 2 + 1)) }
      }
      try AtomicFile.replace("\(directory)/flat.npy", bytes: Self.npy("96, 64", numbers))
      try AtomicFile.replace("\(directory)/more.npy", bytes: Self.npy("4, 8, 8", Array(numbers.prefix(256))))
      try AtomicFile.replace("\(directory)/small.npy", bytes: Self.npy("4, 64", Array(numbers.prefix(256))))
      let names = ["cat", "dog", "eel"]
      let table = "file,label\n" + (0..<96).map { "f\($0),\(names[$0 % 3])\n" }.joined()
      try AtomicFile.replace("\(directory)/my labels.csv", bytes: Array(table.utf8))
      func aelog(_ arguments: String..., at place: String = directory) throws -> Ending {
        try BuiltProgram.run(arguments, in: place)
      }
      let asked = try aelog("train", "--data", "flat.npy")
      #expect(asked.isRefusal(mentioning: "96×64", "--image-shape 8x8"), "\(asked)")
      let begun = try aelog(
        "train", "--data", "flat.npy", "--image-shape", "8x8", "--labels", "my labels.csv", "--name", "a", "--epochs",
        "1",
        "--filters", "3")
      #expect(begun.status == 0 && begun.output.contains("flat.npy, array of float32 from 0 to 16, 8×8×1"), "\(begun)")
      try Directory.create("\(directory)/elsewhere")
      let resumed = try aelog("train", "--resume", "../runs/a", "--epochs", "2", at: "\(directory)/elsewhere")
      let metadata = try String(contentsOfFile: "\(directory)/runs/a/embedding/metadata.tsv", encoding: .utf8)
      #expect(resumed.status == 0 && metadata.contains("eel"), "\(resumed)")
      let encoded = try aelog("encode", "--run", "runs/a", "--out", "all.csv")
      #expect(encoded.status == 0, "\(encoded)")
      let all = try String(contentsOfFile: "\(directory)/all.csv", encoding: .utf8).split(separator: "\n")
      #expect(all.count == 97 && all[1].hasPrefix("cat,") && all[2].hasPrefix("dog,"))
      // Other arrays have no labels of the run, and the shape of the run's images if they are rows of numbers.
      for name in ["more.npy", "small.npy"] {
        let other = try aelog("encode", "--run", "runs/a", "--data", name, "--out", "-")
        let rows = other.output.split(separator: "\n")
        #expect(other.status == 0 && rows.count == 5 && rows[1] == all[1].dropFirst(4), "\(other)")
      }
      let exported = try aelog("export", "--run", "runs/a", "--data", "flat.npy")
      #expect(exported.status == 0, "\(exported)")
      let moved = try aelog("data", "preview", "--out", "x.png", "--data", "flat.npy", "--skip-broken")
      #expect(moved.isRefusal(mentioning: "NumPy arrays, to which --skip-broken does not apply"), "\(moved)")
    }
  }
}
