// ArrayArchiveTests.swift
// Collections in .npz files: the names of their arrays, and damaged or hostile archives.

import ByteStreams
import TestSupport
import Testing

@testable import Datasets

@Suite struct ArrayArchiveTests {
  private static func images(_ count: Int, salt: Int = 0) -> [UInt8] {
    npy("|u1", [count, 2, 3], pattern(count * 6, salt: salt))
  }

  private static func labels(_ count: Int) -> [UInt8] { npy("|u1", [count], (0..<count).map { UInt8($0 % 2) }) }

  private func archive(_ names: [(String, [UInt8])], isDeflated: Bool = false) throws -> [UInt8] {
    try ArchiveFixture(members: names.map { (name: "\($0).npy", bytes: $1) }, isDeflated: isDeflated).bytes()
  }

  @Test(
    "parts by the names that people use",
    arguments: [
      ["x_train", "y_train", "x_test", "y_test"], ["X_train", "y_train", "X_test", "y_test"],
      ["train_images", "train_labels", "test_images", "test_labels"], ["train_x", "train_y", "test_x", "test_y"],
    ], [false, true])
  func parts(names: [String], isDeflated: Bool) throws {
    let members = [
      (names[0], Self.images(24)), (names[1], Self.labels(24)), (names[2], Self.images(5, salt: 9)),
      (names[3], Self.labels(5)),
    ]
    let splits = try load(archive(members, isDeflated: isDeflated), as: "c.npz")
    #expect(splits.test.withPixels { Array($0) } == pattern(30, salt: 9) && splits.test.labels == [0, 1, 0, 1, 0])
    #expect(splits.validation.count == 2 && splits.training.count == 22 && splits.classNames == ["0", "1"])
    #expect(splits.kind == "arrays of uint8 from 0 to 255" && splits.notes == [])
    let message = try refusal(archive(members), as: "c.npz") { $0.test = 0.1 }
    #expect(message?.contains("has test images of its own; leave out --test") == true)
  }

  @Test("an array of more than 16 MiB equals that of a .npy file", arguments: [false, true])
  func large(isDeflated: Bool) throws {
    let (count, side) = (8_200, 46)
    let array = npy("|u1", [count, side, side], pattern(count * side * side))
    let splits = try load(archive([("images", array)], isDeflated: isDeflated), as: "c.npz")
    #expect(try splits.fingerprint == load(array, as: "c.npy").fingerprint)
  }

  @Test("a validation part is used") func validation() throws {
    let members = [("x_train", Self.images(9)), ("x_test", Self.images(4)), ("x_val", Self.images(3, salt: 1))]
    let splits = try load(archive(members), as: "c.npz")
    #expect(splits.validation.withPixels { Array($0) } == pattern(18, salt: 1) && !splits.test.hasLabels)
  }

  @Test(
    "one array of images",
    arguments: [["images", "labels"], ["x", "y"], ["data", "target"], ["arr_0", "arr_1"], ["arr_0"], ["anything"]])
  func single(names: [String]) throws {
    let splits = try load(archive(Array(zip(names, [Self.images(12), Self.labels(12)]))), as: "c.npz")
    #expect(splits.test.hasLabels == (names.count == 2) && splits.test.count == 2)
  }

  @Test("arrays of other names are named") func names() throws {
    let unknown = try refusal(archive([("foo", Self.images(9)), ("bar", Self.images(9))]), as: "c.npz")
    #expect(
      unknown?.contains("has the arrays \"foo\", \"bar\", and none is known to be the images; want x_train") == true)
    let more = try load(archive([("images", Self.images(9)), ("ids", Self.labels(9))]), as: "c.npz")
    #expect(more.notes == ["other arrays are not read: \"ids\""])
    let half = [("x_train", Self.images(9)), ("y_train", Self.labels(9)), ("x_test", Self.images(4))]
    #expect(
      try refusal(archive(half), as: "c.npz")?.contains("x_test\" has no labels, but the other parts have") == true)
    #expect(try refusal(archive([("x_test", Self.images(9))]), as: "c.npz") == nil)
  }

  @Test("labels of another length, of fractions, empty ones, and two sources of labels") func labels() throws {
    func refused(_ labels: [UInt8]) throws -> String {
      try refusal(archive([("images", Self.images(9)), ("labels", labels)]), as: "c.npz") ?? ""
    }
    #expect(try refused(Self.labels(8)).contains("has 9 images but"))
    #expect(
      try refused(npy([9], [Float](repeating: 0.5, count: 9))).contains("got \"0.5\", want a whole number or a name"))
    #expect(try refused(npy("<U1", [9], [UInt8](repeating: 0, count: 36))).contains("row 0: the label is empty"))
    #expect(try refused(npy("|u1", [9, 2], [UInt8](repeating: 0, count: 18))).contains("a list with one label"))
    let splits = try load(
      archive([("images", Self.images(9)), ("labels", npy([9, 1], (0..<9).map { Float($0 % 3 * 5) }))]), as: "c.npz")
    #expect(splits.classNames == ["0", "5", "10"])
    let both = try refusal(
      archive([("images", Self.images(9)), ("labels", Self.labels(9))]), as: "c.npz", labels: ("y.npy", Self.labels(9)))
    #expect(both?.contains("has labels or parts of its own; leave out --labels") == true)
    let file = try load(
      archive([("foo", Self.images(9))]), as: "c.npz", labels: ("y.npz", archive([("arr_0", Self.labels(9))])))
    #expect(file.classNames == ["0", "1"])
  }

  @Test("an archive cut anywhere is refused") func cut() throws {
    let whole = try archive([("images", Self.images(9)), ("labels", Self.labels(9))], isDeflated: true)
    for count in stride(from: 0, to: whole.count, by: 5) {
      #expect(refusal(Array(whole[..<count]), as: "c.npz") != nil, "\(count)")
    }
  }

  @Test("any changed byte is noticed, or changes no sample") func changed() throws {
    let whole = try archive([("images", Self.images(9))])
    let want = try load(whole, as: "c.npz").fingerprint
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= 0x55
      if let found = try? load(bytes, as: "c.npz") { #expect(found.fingerprint == want, "\(place)") }
    }
  }

  @Test("a claimed size takes no memory, and a bomb is refused by a stated limit") func bombs() throws {
    let member = (name: "images.npy", bytes: npy("|u1", [3000, 10, 10], [UInt8](repeating: 200, count: 300_000)))
    let bomb = try ArchiveFixture(members: [member], isDeflated: true).bytes()
    #expect(bomb.count < 3000)
    let message = refusal(bomb, as: "c.npz") { $0.maxPixels = 1000 }
    #expect(message?.contains("expands to more than 64000 bytes, the limit; accept more with --max-pixels") == true)
    #expect(refusal(bomb, as: "c.npz") { $0.maxPixels = 5000 } == nil)
    for size in [100, 299_999, 300_001, 4_000_000_000] {
      let lie = try ArchiveFixture(members: [member], isDeflated: true, claimedSize: size).bytes()
      #expect(refusal(lie, as: "c.npz") != nil, "\(size)")
    }
  }

  @Test("names that lead out of the archive, objects, and archives of other files") func hostile() throws {
    let out = try ArchiveFixture(members: [(name: "../images.npy", bytes: Self.images(9))]).bytes()
    #expect(refusal(out, as: "c.npz")?.contains("leads out of the archive") == true)
    let objects = try refusal(
      archive([("images", npy("|O", [9, 2, 2], [UInt8](repeating: 0, count: 288)))]), as: "c.npz")
    #expect(objects?.contains("Python objects; save \"images\" as an array of numbers, with numpy.savez") == true)
    let other = try ArchiveFixture(members: [(name: "a.png", bytes: [1, 2, 3])]).bytes()
    #expect(refusal(other, as: "c.npz")?.contains("a zip archive without arrays, its first file is \"a.png\"") == true)
  }
}
