// PointTableTests.swift

import ByteStreams
import Foundation
import PointMatrices
import TestSupport
import Testing

@testable import ArrayFiles

struct PointTableTests {
  private func read(
    _ text: String, _ name: String = "x.tsv", _ change: (inout PointTable.Options) -> Void = { _ in }
  ) throws -> PointTable {
    var options = PointTable.Options()
    change(&options)
    return try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/\(name)", bytes: Array(text.utf8))
      return try PointTable("\(directory)/\(name)", options)
    }
  }

  private func refusal(
    _ text: String, _ name: String = "x.tsv", _ change: (inout PointTable.Options) -> Void = { _ in }
  ) -> String {
    let error = #expect(throws: ArrayFileError.self) { try read(text, name, change) }
    return error?.description ?? "no error"
  }

  @Test("numbers between tabs, commas, semicolons or blanks, with a first line of names or without") func numbers()
    throws
  {
    for (name, text) in [
      ("x.tsv", "1\t-2.5e3\n\n0.1\tnan\n"), ("x.csv", "a,b\n1,-2500\r\n.1,NaN"), ("x.txt", " 1 ;-2500\n1e-1;nan\n"),
      ("x.txt", "  1  -2.5e3 \n\n 0.1\tnan\n"), ("x.txt", "1 -2500\r\n\r\n0.1 NA\r\n"), ("x.csv", "1\t-2500\n.1\t\n"),
      ("x.tsv", "1,-2500\n.1,null\n"), ("x.csv", "1,-2500,\n.1,None,\n"), ("x.csv", "\u{FEFF}1;-2500\n0,1;<NA>\n"),
      ("x.csv", "1,-2500\r.1,nan\r"),
    ] {
      let read = try read(text, name)
      #expect((read.points, read.dimensions) == (2, 2), "\(text)")
      #expect(Array(read.matrix.values.prefix(3)) == [1, -2500, 0.1] && read.matrix.values[3].isNaN, "\(text)")
      #expect(read.firstOdd?.row == 1 && read.firstOdd?.column == 1, "\(text)")
    }
    #expect(try read("5\n6\n7\n").dimensions == 1)
    #expect(try read("1e99\t-1e99\n").matrix.values == [.infinity, -.infinity])
  }

  @Test(
    "what is no number is told with line and column",
    arguments: [
      ("1\t2\n3\tx\n", "line 2, column 1: got \"x\""), ("1\t2\n3\n", "line 2: got 1 cell, want 2"),
      ("a\tb\nc\td\n", "no column of numbers"), ("a\tb\n", "no column of numbers"), ("", "no row of numbers"),
      ("1\t2\n3\t4 5\n", "line 2: got 3 cells, want 2"), ("1,2\n3,4 5\n", "got \"4 5\""),
      ("1\n0x\u{1B}\n", "got \"0x\\u{1B}\""),
      ("1.5\tO.5\n2\t3\n", "line 1, column 1: got \"O.5\", want a number; or give --tensors-header if"),
      ("1.5\tx\n2\t3\n", "line 1, column 1: got \"x\""), ("x\t1.5\t3\n2\t3\t4\n", "line 1, column 0: got \"x\""),
      ("\u{2212}1.5\t0.5\n2\t3\n", "line 1, column 0: got \"\u{2212}1.5\""),
      ("\u{2212}1.5\t\u{2212}0.5\n2\t3\n", "line 1, column 0: got \"\u{2212}1.5\""),
      ("\u{2212}1.5\n2\n3\n", "line 1, column 0: got \"\u{2212}1.5\""),
      ("2\t0.5\n\u{2212}1.5\t3\n", "line 2, column 0: got \"\u{2212}1.5\", want a number; it contains U+2212"),
      ("1\t2\n3\t4\n5\u{A0}000\t6\n", "line 3, column 0"), ("1\t2\n3\t4\n10%\t6\n", "line 3, column 0: got \"10%\""),
      (
        "1\t0.5\n2\t0,5\n",
        "line 2, column 1: got \"0,5\", want a number; other numbers in the file have decimal points"
      ),
      ("1;0,5\n2;1.5\n", "line 1, column 1: got \"0,5\", want a number; other numbers in the file have decimal points"),
      (
        String(repeating: "1;0,5\n", count: 2000) + "2;1.5\n",
        "line 2001, column 1: got \"1.5\", want a number; other numbers in the file have decimal commas"
      ),
      ("1\t2\n# x\n3\t4\n", "line 3: a point follows a comment"),
    ])
  func refused(text: String, says: String) {
    let said = refusal(text)
    #expect(said.contains(says), "\(said)")
  }

  @Test(
    "an odd or missing cell in the first line costs no point",
    arguments: [
      (",0.5\n3.5,0.7\n4,0.9\n", "x.csv", [Float.nan, 0.5]), ("NA\n0.5\n0.7\n", "x.tsv", [.nan]),
      ("0.5\tNaN\n0.1\t0.2\n", "x.tsv", [0.5, .nan]), ("NA,0.5\n1.5,0.7\n", "x.csv", [.nan, 0.5]),
      (",0.5\n0,0.7\n1,0.9\n2,1\n", "x.csv", [.nan, 0.5]),
    ]) func missingFirst(text: String, name: String, first: [Float]) throws
  {
    let read = try read(text, name)
    #expect(read.points == text.split(separator: "\n").count)
    #expect(zip(read.matrix.values, first).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    #expect(read.firstOdd?.line == 1)
  }

  @Test("what pandas, R and SQL write for a missing number is NaN") func missing() throws {
    for text in ["", " ", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None", "<NA>"] {
      let read = try read("1\t2\n3\t\(text)\n5\t6\n")
      #expect(read.matrix.values[3].isNaN && read.matrix.values[4...] == [5, 6], "\(text)")
      #expect(read.firstOdd == .init(row: 1, line: 2, column: 1, text: text))
    }
    for text in ["N.A.", "none given", "NAN0", "?"] { #expect(refusal("1\t2\n3\t\(text)\n5\t6\n").contains("line 2")) }
  }

  @Test("a blank line in a single column is a missing number; between columns it is nothing") func blank() throws {
    let one = try read("x\n\n2\n\n4\n\n\n", "x.csv")
    #expect(
      one.points == 4 && one.matrix.values[0].isNaN && one.matrix.values[1] == 2 && one.matrix.values[2].isNaN
        && one.matrix.values[3] == 4)
    #expect(one.firstOdd?.line == 2)
    #expect(try read("1,2\n\n3,4\n\n", "x.csv").matrix.values == [1, 2, 3, 4])
    #expect(try read("0.5\n\"\"\n2\n", "x.csv").points == 3)
  }

  @Test(
    "a line of numbers that could be names is one, is none, or is asked about",
    arguments: [
      ("0,1,2\n.5,.25,.75\n1.5,2.5,3.5\n", 2), ("0,1,2\n3,4,5\n6,7,8\n", 3), ("0,1\n1,0\n0,1\n", 3),
      ("0,1,2\n5,3,1\n6,7,8\n", nil), ("0,1\n.5,.25\n", nil), ("0.0,1.0,2.0\n.5,.25,.75\n", nil),
      ("0.0,1.0,2.0\n3.0,4.0,5.0\n", 2), ("0.0,1.0\n.5,.25\n", 2), ("400,410,420,430\n.5,.25,.75,.1\n", nil),
      ("400,410,420\n.5,.25,.75\n", 2), ("3,1,2\n.5,.25,.75\n", 2), ("0\n.5\n.75\n", nil), ("0\n1\n2\n", 3),
      ("7\n.5\n.75\n", 3), (",0\n0,.5\n1,.25\n2,.5\n", 3), ("id,0,1\n5,.5,.25\n3,.5,.75\n", 2),
      ("x,0,1\n5,.5,.25\n3,.5,.75\n", nil), ("0,1,label\n.5,.25,a\n.5,.75,b\n", 2),
      (",0,1\na,.5,.25\nb,.5,.75\n", 2),
    ] as [(String, Int?)]) func numbersAsNames(text: String, rows: Int?) throws
  {
    if let rows {
      #expect(try read(text, "x.csv").points == rows, "\(text)")
    } else {
      let said = refusal(text, "x.csv")
      #expect(said.contains("--tensors-header"), "\(said)")
      let lines = text.split(separator: "\n").count
      #expect(try read(text, "x.csv") { $0.hasHeader = true }.points == lines - 1)
      if !text.hasPrefix("x") { #expect(try read(text, "x.csv") { $0.hasHeader = false }.points == lines) }
    }
  }

  @Test("labels and identifiers are no dimensions, coordinates are") func columns() throws {
    let known = try read("id,x,y,label,target,Unnamed: 5\n7,.5,1,3,4,a\n9,.25,2,3,5,b\n", "x.csv")
    #expect(known.matrix.values == [0.5, 1, 0.25, 2])
    #expect(known.labels.map(\.name) == ["id", "label", "target", "column 4"] && known.labels[0].cells == ["7", "9"])
    #expect(try read("y,a\n1,.5\n2,.25\n", "x.csv").labels.map(\.name) == ["y"])
    let suffixes = try read("image_id,true_label,a_b\n4,1,.5\n2,2,.25\n", "x.csv")
    #expect(suffixes.labels.map(\.name) == ["image_id", "true_label"] && suffixes.matrix.values == [0.5, 0.25])
    #expect(try read("1,2,NA\n3,4,NA\n", "x.csv").dimensions == 3)
    #expect(
      refusal("y,a\n1.5,.5\n2,.25\n", "x.csv").contains(
        "column 0 (y) could be labels or a dimension; select the dimensions"))
    #expect(try read("row,col\n3,.5\n7,.25\n", "x.csv").dimensions == 2)
    #expect(try read("dim_0,dim_1\n0,.5\n1,.25\n2,.5\n", "x.csv").dimensions == 2)
    #expect(refusal("time,a\n0,.5\n1,.25\n2,.5\n", "x.csv").contains("its first column counts the rows"))
    #expect(refusal("1,.5\n2,.25\n3,.5\n", "x.csv").contains("--columns 1-1, or give --columns all"))
    #expect(try read("0,.5\n1,.25\n3,.5\n", "x.csv").dimensions == 2)
    let words = try read("a,0.5,true\nb,1.5,false\n", "x.csv")
    #expect(words.matrix.values == [0.5, 1.5] && words.labels.map(\.name) == ["column 1", "column 2"])
  }

  @Test("dimensions can be named by place and by name") func chosen() throws {
    let text = ",a,b,label\n0,1.5,2.5,3\n1,4.5,5.5,6\n2,7.5,8.5,9\n"
    func values(_ choice: String) throws -> ([Float], [String]) {
      let read = try read(text, "x.csv") { $0.columns = ColumnChoice(choice) }
      return (Array(read.matrix.values.prefix(read.dimensions)), read.labels.map(\.name))
    }
    #expect(try values("all") == ([0, 1.5, 2.5, 3], []))
    #expect(try values("1-2") == ([1.5, 2.5], ["label"]))
    #expect(try values("b") == ([2.5], ["a", "label"]))
    #expect(try values("label,0, a") == ([0, 1.5, 3], ["b"]))
    for (choice, says) in [
      ("5", "columns 0 to 3"), ("1-9", "column 9"), ("c", "no column c; choose some of , a, b, label"),
    ] {
      #expect(refusal(text, "x.csv") { $0.columns = ColumnChoice(choice) }.contains(says))
    }
    #expect(refusal("1,2\n3,4\n", "x.csv") { $0.columns = ColumnChoice("a") }.contains("give positions from 0"))
    let index = try read("0,.5\n1,.25\n2,.5\n", "x.csv") { $0.columns = ColumnChoice("1") }
    #expect(
      index.dimensions == 1 && index.labels.isEmpty
        && index.notes == ["column 1 is a number, column 0 is a row number and is skipped"])
    for wrong in ["", "1,,2", "3-1", ","] { #expect(ColumnChoice(wrong) == nil) }
    #expect(ColumnChoice("x-y,1-3,7") == .some([.name("x-y"), .places(1...3), .places(7...7)]))
  }

  @Test("decimal commas are read where nothing else fits, and asked about where they could stand between thousands")
  func decimalCommas() throws {
    for text in ["x;0,5\ny;-1,25\n", "x\t,5\ny\t-1,25\n", "x\t0,5\r\ny\t-1,25e0"] {
      let read = try read(text, "x.txt")
      #expect(read.matrix.values == [0.5, -1.25] && read.labels[0].cells == ["x", "y"], "\(text)")
      #expect(read.notes.first == "decimal commas")
    }
    let thousands = "1,250;3,500\n2,125;4,000\n"
    #expect(refusal(thousands).contains("could be decimal points or thousands separators; give --decimal-comma"))
    #expect(try read(thousands) { $0.hasDecimalComma = true }.matrix.values == [1.25, 3.5, 2.125, 4])
    #expect(try read("1,2\n3,4\n", "x.txt").dimensions == 2)
    #expect(refusal("1.234,5;2,5\n3,5;4,5\n", "x.csv").contains("line 1, column 0: got \"1.234,5\""))
    #expect(try read("1,2\n3,4\n", "x.txt") { $0.hasDecimalComma = true }.matrix.values == [1.2, 3.4])
  }

  @Test("labels with line ends, quotes that are words, and comments, far from the beginning") func quotes() throws {
    let rows = (0..<9000).map { "\($0).5\t\($0 == 8000 ? "\"two\nlines\"" : "word")\n" }.joined()
    let read = try read(rows)
    #expect(read.points == 9000 && read.labels[0].cells[8000] == "two\nlines" && read.labels[0].cells[8001] == "word")
    let tabs = try self.read("1\t\"a\tb\"\n2\t\"c\td\"\n4\t\"\"\n")
    #expect(tabs.dimensions == 1 && tabs.labels == [.init(name: "label", cells: ["a\tb", "c\td", ""])])
    let words = try self.read("\" 1 2\n# 3 4\na 5 6\n\"b c\" 7 8\n", "x.txt")
    #expect(words.labels[0].cells == ["\"", "#", "a", "\"b c\""] && words.matrix.values == [1, 2, 3, 4, 5, 6, 7, 8])
    let comments = try self.read("# label a b\n1 2 3\n4 5 6\n# end\n", "x.txt")
    #expect(comments.labels == [.init(name: "label", cells: ["1", "4"])] && comments.matrix.values == [2, 3, 5, 6])
  }

  @Test("points and labels are read from pipes, which can be opened once") func pipes() throws {
    try withTemporaryDirectory { directory in
      func read<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = "\(directory)/\(text.utf8.count).csv"
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Thread {
          FileHandle(forWritingAtPath: path)?.write(Data(text.utf8))
        }
        writer.start()
        return try body(path)
      }
      let rows = (0..<20_000).map { "\($0),\($0).5,1\n" }.joined()
      let points = try read(",0,1\n" + rows) { try PointTable($0) }
      #expect(points.points == 20_000 && points.matrix.values.suffix(2) == [19999.5, 1] && points.notes.count == 2)
      let labels = try read("label\n\"a\nb\"\nc\nc\n") { try LabelTable($0, points: 3, of: "x") }
      #expect(labels.columns[0].cells == ["a\nb", "c", "c"])
    }
  }

  @Test("every float32 reads back from its text") func roundTrip() throws {
    var bits: UInt32 = 1
    var numbers: [Float] = []
    for _ in 0..<20_000 {
      bits = bits &* 747_796_405 &+ 2_891_336_453
      let number = Float(bitPattern: bits)
      if number.isFinite { numbers.append(number) }
    }
    let text = numbers.map { "\($0)\n" }.joined()
    #expect(try read(text).matrix.values.map(\.bitPattern) == numbers.map(\.bitPattern))
  }

  @Test("a number's text is rounded once, as strtof does") func rounding() {
    var texts = [
      "16777217", "16777217.0000001", "16777219", "0.1", "-0", "-0.0", "+1", "1.", ".5", "1e22", "1e-22", "1e23",
      "9007199254740993",
      "1e39", "1e-46", "0x1p3", "1e", "1e+", "e5", "", "-", ".", "1.5e-10x", " ", "  ", " 1", "1.17549435e-38",
      "3.4028235677973366e38", "1 ",
    ]
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50_000 {
      let digits = UInt64.random(in: 0..<(1 << UInt64.random(in: 1...63)), using: &generator)
      texts.append("\(digits)e\(Int.random(in: -30...30, using: &generator))")
      texts.append("-\(Double(Float.random(in: 0..<1, using: &generator)) + 0x1p-25)")
      let place = Int.random(in: 0...12, using: &generator)
      texts.append("\(digits % 1000).\(String(repeating: "0", count: place))\(digits % 100_000_007)")
    }
    for text in texts {
      let wanted = strtofIfWhole(text)
      let got = text.withCString { NumberText.number($0, $0 + text.utf8.count) }
      #expect(got?.bitPattern == wanted?.bitPattern, "\(text)")
    }
  }

  private func strtofIfWhole(_ text: String) -> Float? {
    if text.allSatisfy({ $0 == " " }) { return nil }
    return text.withCString { start in
      var stop: UnsafeMutablePointer<CChar>?
      let value = strtof(start, &stop)
      while let place = stop, place != start, place.pointee == 32 { stop = place + 1 }
      return stop.map { UnsafePointer($0) } != start + text.utf8.count ? nil : value
    }
  }
}
