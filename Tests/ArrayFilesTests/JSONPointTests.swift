// JSONPointTests.swift
// JSON lines and lists: vectors become points, all other fields metadata with the text that the file has.

import ByteStreams
import PointMatrices
import TestSupport
import Testing

@testable import ArrayFiles

struct JSONPointTests {
  private func read(_ text: String, _ name: String = "x.jsonl", vector: String? = nil) throws -> any PointReader {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      var options = PointTable.Options()
      options.vector = vector
      return try TensorSource.file("\(directory)/\(name)").open(options)
    }
  }

  private func refusal(_ text: String, _ name: String = "x.jsonl", vector: String? = nil) -> String {
    do {
      let reader = try read(text, name, vector: vector)
      return "read \(reader.points)×\(reader.dimensions)"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "lines, lists and lists over several lines are the same points",
    arguments: [
      "{\"id\": 1234567890123456789, \"t\": \"a\\nb\", \"v\": [1, 2.5e0]}\n{\"v\":[-3,4],\"ok\":true,\"id\":7}\n",
      "[{\"id\": 1234567890123456789, \"t\": \"a\\nb\", \"v\": [1, 2.5]},\n{\"v\":[-3,4],\"ok\":true,\"id\":7}]",
      "\u{FEFF}[\n {\n  \"id\": 1234567890123456789,\n  \"t\": \"a\\nb\",\n  \"v\": [\n   1,\n   2.5\n  ]\n },\n {\"v\":[-3,4],\"ok\":true,\"id\":7} ]\n",
    ])
  func shapes(text: String) throws {
    for name in ["x.jsonl", "x.json", "x", "x.csv"] {
      let reader = try read(text, name)
      #expect(try WordVectorTests.values(reader) == [1, 2.5, -3, 4])
      #expect(
        reader.labels == [
          .init(name: "id", cells: ["1234567890123456789", "7"]), .init(name: "t", cells: ["a\nb", ""]),
          .init(name: "ok", cells: ["", "true"]),
        ])
      #expect(reader.notes == ["JSON", "field \"v\" is the point, \"id\", \"t\", \"ok\" are metadata"])
    }
  }

  @Test("lists alone are points, on lines or in a list") func bare() throws {
    for text in ["[1, 2]\n[3, 4]\n", "[[1,2],\n[3,4]]", " [ [1 ,2 ],[3,4]]\n"] {
      let reader = try read(text, "x")
      #expect(try WordVectorTests.values(reader) == [1, 2, 3, 4] && reader.labels.isEmpty && reader.notes == ["JSON"])
    }
  }

  @Test("the field is named where there are several, and nested values are skipped") func fields() throws {
    let text = "{\"a\":[1,2],\"b\":[3,4],\"c\":{\"d\":[5]},\"e\":[\"x\"]}\n{\"a\":[5,6],\"b\":[7,8]}\n"
    #expect(
      refusal(text).contains("several fields of its objects are lists of numbers; name it with --vector: \"a\", \"b\""))
    let reader = try read(text, vector: "b")
    #expect(try WordVectorTests.values(reader) == [3, 4, 7, 8])
    #expect(reader.notes.last == "field \"b\" is the point, \"a\", \"c\", \"e\" are skipped")
    #expect(refusal(text, vector: "z").contains("no field \"z\"; name it with --vector: \"a\", \"b\", \"c\", \"e\""))
    let answer = #"{"object":"list","data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[3,4]}]}"#
    #expect(
      refusal(answer, "x.json").contains("one object, with a list in \"data\"; save that list alone, as jq .data"))
  }

  @Test("a missing vector is a missing number") func missing() throws {
    let reader = try read("{\"v\":null,\"n\":1}\n{\"v\":[1,NaN],\"n\":2}\n{\"v\":[3,4],\"n\":3}\n")
    #expect(try WordVectorTests.values(reader).map { $0.isNaN ? -1 : $0 } == [-1, -1, 1, -1, 3, 4])
    #expect(reader.firstOdd == .init(row: 0, line: 1, column: 0, text: ""))
    let infinite = try read("{\"v\":[1,2]}\n{\"v\":[1,-Infinity]}\n")
    #expect(infinite.firstOdd == .init(row: 1, line: 2, column: 0, text: "-Infinity"))
  }

  @Test(
    "what is no row of points is refused with its line",
    arguments: [
      ("{\"v\":[1,2]}\n{\"v\":[1,2,3]}\n", "line 2: got a list of 3 numbers, want 2 as in the first"),
      ("{\"v\":[1,2]}\n\n{\"w\":1}\n", "line 3: the row has no field \"v\""),
      ("{\"v\":[1,2]}\n{\"v\":[1,2]\n", "line 2: the row that begins here has no end"),
      ("{\"v\":[1,2]}\n{\"v\":[1,2}\n", "line 2: the row that begins here has no end"),
      ("{\"v\":[1,2]}\n{\"v\":[1,,2]}\n", "line 2, column 0: got \"\", want a number"),
      ("{\"v\":[1,2]}\n{\"v\":[1,\"x\"]}\n", "line 2, column 0: got \"\\\"x\\\"\", want a number"),
      ("{\"v\":[1,2]}\n{\"v\":[[1],2]}\n", "line 2, column 0: got \"[1]\", want a number"),
      ("{\"v\":[1,2]}\n{\"v\":\"x\"}\n", "line 2: got \"\\\"x\\\"\", want a list of numbers"),
      ("{\"v\":[1,2]}\n{\"v\":[1,2],}\n", "line 2: the row that begins here is no JSON"),
      ("{\"v\":[1,2]}\nx\n", "line 2: the row that begins here is no JSON"),
      ("{\"v\":[1,2]}\n[3,4]\n", "line 2: the row has no field \"v\""),
      ("[1,2]\n{\"v\":[1,2]}\n", "no field"), ("[[1,2],[3,4]", "line 1: the list has no end"),
      ("[[1,2] [3,4]]", "line 1: got \"[\", want a comma"), ("[[1,2],[3,4]]\nx", "line 2: got \"x\" behind the end"),
      ("{\"v\":[]}\n{\"v\":[]}\n", "no field of its objects is a list of numbers"),
      ("{\"a\":1}\n{\"a\":2}\n", "no field of its objects is a list of numbers"), ("{", "no end"), ("[", "no end"),
      ("{\"v\":[1,2]}\n{\"v\":[1,2],\"t\":\"a", "line 2: a text has no end"),
      ("{\"v\":[1,2],\"w\":\(String(repeating: "[", count: 100_000))", "line 1: the row that begins here has no end"),
      (
        "{\"v\":[1,2],\"w\":\(String(repeating: "[", count: 1000))\(String(repeating: "]", count: 1000))}\n",
        "line 1: the row that begins here is no JSON"
      ),
    ])
  func refused(text: String, says: String) {
    let said = refusal(text)
    #expect(said.contains(says), "\(said)")
  }

  @Test("a text cut anywhere is refused or has fewer points") func cut() throws {
    let text = Array("{\"t\":\"a\\\"b\",\"v\":[1.5,2]}\n{\"t\":\"é\",\"v\":[3,4]}\n".utf8)
    for count in text.indices {
      let said = WordVectorTests.refusal(Array(text[..<count]), "x.jsonl")
      #expect(said == "read 1×2" || !said.hasPrefix("read") || count == text.count - 1, "\(count): \(said)")
    }
  }

  @Test("labels are read from JSON lines, lists of objects and lists of texts") func labels() throws {
    func read(_ text: String, points: Int = 2) throws -> LabelTable {
      try LabelTable(
        json: InputFile(RandomAccessFile(bytes: Array(text.utf8), path: "x")), points: points, of: "tensors")
    }
    let want = [
      LabelTable.Column(name: "k", cells: ["a", "01"]), .init(name: "n", cells: ["1234567890123456789", ""]),
    ]
    #expect(try read("{\"k\":\"a\",\"n\":1234567890123456789}\n{\"k\":\"01\",\"n\":null}").columns == want)
    #expect(try read("[{\"n\":1234567890123456789,\"k\":\"a\"},{\"k\":\"01\"}]").columns == want.reversed())
    #expect(try read("[\"a\", 7]").columns == [.init(name: "label", cells: ["a", "7"])])
    #expect(try read("\"a\"\n\"b\"\n").columns[0].cells == ["a", "b"])
    #expect(throws: ArrayFileError.rowCount(path: "x", got: 2, want: 3, of: "tensors")) {
      try read("[\"a\", 7]", points: 3)
    }
  }
}
