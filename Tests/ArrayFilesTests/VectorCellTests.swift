// VectorCellTests.swift
// Tables with a column of lists, as embedding services and pandas write them.

import ByteStreams
import PointMatrices
import TestSupport
import Testing

@testable import ArrayFiles

struct VectorCellTests {
  private func read(_ text: String, _ name: String = "x.csv", vector: String? = nil) throws -> any PointReader {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      var options = PointTable.Options()
      options.vector = vector
      return try TensorSource.file("\(directory)/\(name)").open(options)
    }
  }

  private func refusal(_ text: String, vector: String? = nil) -> String {
    do {
      let reader = try read(text, vector: vector)
      return "read \(reader.points)×\(reader.dimensions)"
    } catch {
      return "\(error)"
    }
  }

  @Test("lists of Python, NumPy and JSON are points, all other columns metadata") func lists() throws {
    for text in [
      "id,v,n\n01,\"[1, 2.5]\",3\n02,\"[-3, 4]\",5\n", "id;v;n\n01;[1, 2.5];3\n02;[-3,4];5\n",
      "id\tv\tn\n01\t[1 2.5]\t3\n02\t[-3  4]\t5\n", "id,v,n\n01,\"[ 1.\n  2.5]\",3\n02,\"[-3.e+00\n 4.]\",5\n",
    ] {
      let reader = try read(text)
      #expect(try WordVectorTests.values(reader) == [1, 2.5, -3, 4])
      #expect(reader.labels == [.init(name: "id", cells: ["01", "02"]), .init(name: "n", cells: ["3", "5"])])
      #expect(reader.notes.suffix(2) == ["header line", "\"v\" is a list of 2 numbers, \"id\", \"n\" are metadata"])
    }
    let one = try read("v\n\"[1,2]\"\n\"[3,4]\"\n")
    #expect(one.labels.isEmpty && one.dimensions == 2 && one.points == 2)
    let plain = try read("a,\"[1,2]\"\nb,\"[3,4]\"\n")
    #expect(plain.labels == [.init(name: "label", cells: ["a", "b"])])
    let index = try read(",v\n0,\"[1,2]\"\n1,\"[3,4]\"\n2,\"[5,6]\"\n")
    #expect(
      index.labels.isEmpty
        && index.notes.last == "\"v\" is a list of 2 numbers, column 0 is a row number and is skipped")
    let missing = try read("t,v\na,\"[1,2]\"\nb,\nc,\"[3,4]\"\n")
    #expect(missing.points == 3 && missing.firstOdd == .init(row: 1, line: 3, column: 1, text: ""))
  }

  @Test("two columns of lists are asked about") func several() throws {
    let text = "a,b\n\"[1,2]\",\"[3,4]\"\n\"[5,6]\",\"[7,8]\"\n"
    #expect(refusal(text).contains("several columns hold lists of numbers; name one with --vector: \"a\", \"b\""))
    #expect(try WordVectorTests.values(read(text, vector: "b")) == [3, 4, 7, 8])
    #expect(refusal(text, vector: "c").contains("no column \"c\" of lists"))
    #expect(refusal("a,b\n1,2\n3,4\n", vector: "b").contains("to which --vector does not apply"))
  }

  @Test(
    "lists that are no points are refused with the line",
    arguments: [
      ("t,v\na,\"[1,2]\"\nb,\"[3,4,5]\"\n", "line 3: got a list of 3 numbers, want 2 as in the first"),
      ("t,v\na,\"[1 2]\"\nb,\"[1 2 ... 3 4]\"\n", "line 3: NumPy has shortened the list by \"...\""),
      ("t,v\na,\"[1,2]\"\nb,\"[3,x]\"\n", "line 3, column 1: got \"x\", want a number"),
      ("t,v\na,\"[1,2]\"\nb,\"[3,4]\",7\n", "x.csv"),
      ("t,v\na,\"[1,2]\"\nb,\"[]\"\n", "line 3: got a list of 0 numbers"),
    ])
  func refused(text: String, says: String) {
    let said = refusal(text)
    #expect(said.contains(says) && !said.hasPrefix("read"), "\(said)")
  }

  @Test("digits that float32 loses stay where the points are centered") func offsets() throws {
    let reader = try read("t,v\na,\"[1000000000.25, 0]\"\nb,\"[1000000000.5, 1]\"\n")
    let matrix = try reader.matrix(of: [1, 0], around: [1_000_000_000, 0], threads: 1)
    #expect(matrix.values == [0.5, 1, 0.25, 0])
  }
}
