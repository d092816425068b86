// PictureAssignmentTests.swift
// Each point gets its own picture of a directory, or the files are refused: a wrong picture would not be noticed.

import ByteStreams
import Foundation
import PNG
import TestSupport
import Testing

@testable import ArrayFiles
@testable import Probes
@testable import ProjectorExport

@Suite struct PictureAssignmentTests {
  private func assign(
    _ names: [String], points: Int? = nil, order: ImageOrder? = nil, column: String? = nil,
    _ columns: [(String, [String])] = []
  ) throws -> PictureAssignment {
    var request = ThumbnailRequest(points: points ?? columns.first?.1.count ?? names.count)
    (request.order, request.column, request.metadata) = (order, column, "labels.tsv")
    request.columns = columns.map { LabelTable.Column(name: $0.0, cells: $0.1) }
    return try PictureAssignment(of: names, in: "pictures", request)
  }

  private func reason(_ body: () throws -> PictureAssignment) -> String {
    do {
      return "accepted: \(try body().note)"
    } catch ExportError.badImages("pictures", let reason) {
      return reason
    } catch {
      return "\(error)"
    }
  }

  /// Names of hexadecimal digits, unordered.
  private static let hashes = (0..<200).map { number in
    let hash = String((UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15) >> 32, radix: 16)
    return String(repeating: "0", count: 8 - hash.count) + hash
  }

  @Test(
    "files are matched by a column that names them",
    arguments: ["", ".png", ".jpg", ".JPEG"], ["", "images/", "/data/train/", "C:\\images\\"])
  func matched(ending: String, folder: String) throws {
    let names = Self.hashes.map { $0 + ".png" }
    let cells = Self.hashes.map { folder + $0 + ending }
    let labels = (0..<200).map { "\($0 % 10)" }
    let found = try assign(names.shuffled(), [("label", labels), ("file", cells)])
    #expect(found.files == names)
    #expect(found.note == "pictures matched by column \"file\"")
    // There may be more files than points.
    let more = try assign(names.shuffled() + ["x.png"], [("file", cells)])
    #expect(more.files == names)
    #expect(more.note == "pictures matched by column \"file\", which names 200 of 201 files")
  }

  @Test("without such a column the order of the names is reported, or asked for") func orders() throws {
    let plain = try assign(["b.png", "a.png", "c10.png", "c11.png"])
    #expect(plain.files == ["a.png", "b.png", "c10.png", "c11.png"])
    #expect(plain.note == "pictures in the order of their names, from \"a.png\" to \"c11.png\"")
    let padded = (0..<200).map { "img" + String(repeating: "0", count: 4 - "\($0)".count) + "\($0).png" }
    #expect(try assign(padded.shuffled()).files == padded)

    let names = ["2.png", "10.png", "1.png", "20.png"]
    #expect(
      reason { try assign(names) }
        == "the names have two orders; give --image-order natural if 2.png comes before 10.png, sorted if it "
        + "comes after it, as in Python, or metadata that name the files")
    #expect(reason { try assign(Self.hashes.map { $0 + ".png" }) }.contains("--image-order natural"))
    let natural = try assign(names, order: .natural)
    #expect(natural.files == ["1.png", "2.png", "10.png", "20.png"])
    #expect(natural.note == "pictures in the order natural, from \"1.png\" to \"20.png\"")
    let sorted = try assign(names, order: .sorted)
    #expect(sorted.files == ["1.png", "10.png", "2.png", "20.png"])
    #expect(sorted.note == "pictures in the order sorted, from \"1.png\" to \"20.png\"")
    // A wrong number of files is reported instead.
    #expect(try assign(names, points: 5).files.count == 4)
  }

  @Test("the order sorted is that of code points, as Python has it") func codePoints() throws {
    // sorted(["é.png", "z.png", "Z.png", "e\u0301.png", "🙂.png", "\uff5e.png", "a b.png", "a-b.png", "a.png"])
    let want = ["Z.png", "a b.png", "a-b.png", "a.png", "e\u{301}.png", "z.png", "é.png", "\u{FF5E}.png", "🙂.png"]
    #expect(try assign(want.shuffled(), order: .sorted).files.map { Array($0.utf8) } == want.map { Array($0.utf8) })
  }

  @Test("a column that names all files but one is refused at its row") func nearly() throws {
    let names = Self.hashes.map { $0 + ".png" }
    var cells = Self.hashes
    cells[17] = "nothing"
    let want = "column file, row 17: no one file is called nothing; give a picture for each row, or --image-order"
    #expect(reason { try assign(names, [("file", cells)]) } == want)
    #expect(reason { try assign(names, column: "file", [("file", cells)]) } == want)
    #expect(try assign(names, order: .sorted, [("file", cells)]).files == names.sorted())
    // Two names differ only in their endings, so the cell is ambiguous.
    let twice = reason { try assign(names.dropLast() + ["\(Self.hashes[3]).PNG"], [("file", Self.hashes)]) }
    #expect(twice.hasPrefix("column file, row 3: no one file is called \(Self.hashes[3])"), "\(twice)")
    let whole = try assign(
      names.dropLast() + ["\(Self.hashes[3]).PNG"], points: 199, [("file", Array(names.dropLast()))])
    #expect(whole.files == Array(names.dropLast()))
  }

  @Test("several columns that name files must agree") func several() throws {
    let names = Self.hashes.map { $0 + ".png" }
    let neighbors = Array(names.dropFirst() + names.prefix(1))
    let columns = [("file", names), ("neighbor", neighbors)]
    #expect(
      reason { try assign(names, columns) }
        == "columns file and neighbor name the files, but not the same ones; choose one with --image-column")
    #expect(try assign(names, column: "neighbor", columns).files == neighbors)
    #expect(try assign(names, [("file", names), ("stem", Self.hashes)]).files == names)
    #expect(throws: ExportError.noColumn(path: "labels.tsv", name: "x", columns: ["file", "neighbor"])) {
      try assign(names, column: "x", columns)
    }
    // A column that names a few files repeatedly does not compete with one that names each once.
    let few = (0..<200).map { names[$0 % 3] }
    #expect(try assign(names, [("few", few), ("file", names)]).files == names)
    #expect(try assign(Array(names.prefix(3)), [("class", few)]).files == few)
  }

  @Test("numbers that only count match nothing by themselves") func counts() throws {
    let names = (0..<200).map { "\($0).png" }
    let rows = (0..<200).map { "\($0)" }
    #expect(reason { try assign(names, [("index", rows)]) }.hasPrefix("the names have two orders"))
    #expect(try assign(names, column: "index", [("index", rows)]).files == names)
    let ranks = Array(rows.reversed())
    #expect(
      reason { try assign(names, [("rank", ranks)]) }
        == "column rank has the numbers of the names in another order; give --image-column rank if it names the files, "
        + "else the --image-order of the names")
    #expect(try assign(names, column: "rank", [("rank", ranks)]).files == names.reversed())
    #expect(try assign(names, order: .natural, [("rank", ranks)]).files == names)
    // Classes and sizes may equal the numbers of files by chance.
    let labels = (0..<200).map { "\($0 * 7 % 10)" }
    let sizes = (0..<200).map { "\($0 * $0 % 150)" }
    #expect(try assign(names, order: .natural, [("label", labels)]).files == names)
    #expect(reason { try assign(names, [("label", labels), ("size", sizes)]) }.hasPrefix("the names have two orders"))
    // Numbers with gaps name files.
    let numbers = (0..<200).map { $0 * $0 * 31 % 100_003 }
    let found = try assign(numbers.sorted().map { "\($0).png" }, [("id", numbers.map(String.init))])
    #expect(found.files == numbers.map { "\($0).png" })
    // Leading zeros are part of a name.
    let padded = ranks.map { String(repeating: "0", count: 3 - $0.count) + $0 }
    #expect(try assign(padded.sorted().map { $0 + ".png" }, [("id", padded)]).files == padded.map { $0 + ".png" })
    // The largest numbers.
    let extremes = ["\(Int.max)", "\(Int.min)"]
    #expect(try assign(extremes.map { $0 + ".png" }, [("id", extremes)]).files == extremes.map { $0 + ".png" })
  }

  @Test("the forms that Unicode has for a character are one name, unless files have both") func unicode() throws {
    let composed = ["caf\u{E9}", "na\u{EF}ve", "z"], decomposed = ["cafe\u{301}", "nai\u{308}ve", "z"]
    func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
    for cells in [composed, decomposed] {
      for names in [composed, decomposed] {
        let found = try assign(names.map { $0 + ".png" }.reversed(), [("file", cells)])
        #expect(bytes(found.files) == bytes(names.map { $0 + ".png" }))
      }
    }
    // If both forms exist, the file with the same bytes is taken, and no file for a third form.
    let both = ["\u{C5}.png", "A\u{30A}.png"]
    #expect(bytes(try assign(both, [("file", both.reversed())]).files) == bytes(both.reversed()))
    let third = reason { try assign(both + ["b.png"], [("file", ["\u{212B}.png", "b", "A\u{30A}"])]) }
    #expect(third.hasPrefix("column file, row 0: no one file is called"), "\(third)")
  }

  @Test("a file name that is not UTF-8 is refused by its name") func noText() throws {
    try withTemporaryDirectory { directory in
      let picture = try PNGImage(width: 1, height: 1, format: .gray).encoded()
      try AtomicFile.replace("\(directory)/a.png", bytes: picture)
      let name = Array("\(directory)/b".utf8) + [0xFF] + Array(".png".utf8) + [0]
      fclose(fopen(name.map { CChar(bitPattern: $0) }, "w"))
      let error = #expect(throws: FileError.self) {
        try ThumbnailFiles.open(directory, ThumbnailRequest(points: 2))
      }
      #expect(error == .notUTF8(path: directory, name: Array("b".utf8) + [0xFF] + Array(".png".utf8)))
      // A name may contain U+FFFD itself.
      try withTemporaryDirectory { directory in
        try AtomicFile.replace("\(directory)/\u{FFFD}.png", bytes: picture)
        #expect(try ThumbnailFiles.open(directory, ThumbnailRequest(points: 1)).count == 1)
      }
    }
  }

  @Test("through the whole export each point has the picture that its row names") func export() throws {
    try withTemporaryDirectory { directory in
      let count = 200
      try Directory.create("\(directory)/pictures")
      for (row, hash) in Self.hashes.enumerated() {
        let picture = PNGImage(width: 2, height: 2, format: .gray, pixels: [UInt8](repeating: UInt8(row), count: 4))
        try AtomicFile.replace("\(directory)/pictures/\(hash).png", bytes: picture.encoded())
      }
      try AtomicFile.replace(
        "\(directory)/x.npy",
        bytes: ForeignEmbeddingTests.npy(ForeignEmbeddingTests.values(count, 3), shape: "\(count), 3"))
      let lines = Self.hashes.enumerated().map { "\($0 % 7)\timages/\($1).png\n" }
      try AtomicFile.replace("\(directory)/labels.tsv", bytes: Array(("label\tfile\n" + lines.joined()).utf8))
      var embedding = ForeignEmbedding(.file("\(directory)/x.npy"))
      (embedding.metadata, embedding.images) = ("\(directory)/labels.tsv", "\(directory)/pictures")
      let summary = try embedding.write(logdir: "\(directory)/runs", name: "x")
      #expect(
        summary.notes == ["\(directory)/labels.tsv: header line", "pictures matched by column \"file\""])
      let text = String(decoding: try FileContents.read("\(directory)/runs/x/embedding/metadata.tsv"), as: UTF8.self)
      let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
      let sheet = try PNGImage.decode(FileContents.read("\(directory)/runs/x/embedding/sprite.png"))
      for (place, cells) in rows.enumerated() {
        let row = try #require(Int(cells[2]))
        #expect(cells[1] == "images/\(Self.hashes[row]).png")
        #expect(sheet[place % 15 * 2, place / 15 * 2].last == UInt8(row))
      }
    }
  }

  @Test("options that do not belong to the pictures are refused") func options() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/images.npy"
      try AtomicFile.replace(path, bytes: ForeignEmbeddingTests.header("|u1", "2, 1, 1") + [1, 2])
      let picture = try PNGImage(width: 2, height: 1, format: .gray).encoded()
      try AtomicFile.replace("\(directory)/a.png", bytes: picture)
      for (path, request, option) in [
        (path, ThumbnailRequest(points: 2, order: .natural), "--image-order"),
        (path, ThumbnailRequest(points: 2, column: "file"), "--image-column"),
        (path, ThumbnailRequest(points: 2, tile: (1, 1)), "--thumbnail"),
        (directory, ThumbnailRequest(points: 1, tile: (1, 1)), "--thumbnail"),
        ("\(directory)/a.png", ThumbnailRequest(points: 2, order: .sorted), "--image-order"),
      ] {
        let error = #expect(throws: ExportError.self) { try ThumbnailFiles.open(path, request) }
        #expect(error?.description.contains("\(option) is for") == true, "\(error as Any)")
      }
    }
  }
}
