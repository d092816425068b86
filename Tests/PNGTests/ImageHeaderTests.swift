// ImageHeaderTests.swift
// Pictures of every format that browsers show are known, with their sizes; and whether they are truncated.

import Foundation
import PNG
import Testing

@Suite struct ImageHeaderTests {
  private static func header(_ bytes: [UInt8]) -> ImageHeader? { bytes.withUnsafeBytes { ImageHeader($0) } }

  private static func isTruncated(_ bytes: [UInt8]) -> Bool? {
    bytes.withUnsafeBytes { file in ImageHeader(file).map { $0.isTruncated(file) } }
  }

  @Test(
    "a picture of 6×4 pixels",
    arguments: [
      ("png", "PNG"), ("jpeg", "JPEG"), ("progressive", "JPEG"), ("gif", "GIF"), ("bmp", "BMP"), ("webpLossy", "WebP"),
      ("webpLossless", "WebP"), ("webpExtended", "WebP"), ("avif", "AVIF"), ("ico", "ICO"),
    ])
  func size(name: String, format: String) throws {
    let bytes = try #require(Data(base64Encoded: Self.pictures[name] ?? "").map { Array($0) })
    let header = try #require(Self.header(bytes))
    #expect(header.format.rawValue == format && header.width == 6 && header.height == 4)
    #expect(Self.isTruncated(bytes) == false)
  }

  @Test("what browsers do not show has no header") func others() throws {
    #expect(Self.header(Array(Data(base64Encoded: Self.pictures["tiff"] ?? "") ?? Data())) == nil)
    #expect(Self.header(Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>".utf8)) == nil)
    #expect(Self.header([]) == nil)
  }

  @Test(
    "a picture that ends early is truncated",
    arguments: [
      ("png", 1), ("png", 12), ("png", 20), ("jpeg", 2), ("jpeg", 10), ("progressive", 2), ("gif", 2), ("gif", 20),
      ("bmp", 1), ("bmp", 40), ("webpLossy", 1), ("webpLossless", 1), ("webpExtended", 30),
    ])
  func cut(name: String, missing: Int) throws {
    let bytes = try #require(Data(base64Encoded: Self.pictures[name] ?? "").map { Array($0) })
    #expect(Self.isTruncated(bytes.dropLast(missing)) == true)
  }

  @Test("bytes behind a picture do not cut it off, nor does a GIF without its last byte")
  func whole() throws {
    for name in ["jpeg", "gif", "bmp", "webpLossy"] {
      let bytes = try #require(Data(base64Encoded: Self.pictures[name] ?? "").map { Array($0) })
      #expect(Self.isTruncated(bytes + [1, 2, 3]) == false, "\(name)")
    }
    let gif = try #require(Data(base64Encoded: Self.pictures["gif"] ?? "").map { Array($0) })
    #expect(Self.isTruncated(gif.dropLast()) == false)
  }

  @Test("no beginning of a picture is read beyond its end") func beginnings() throws {
    for (name, text) in Self.pictures {
      let bytes = try #require(Data(base64Encoded: text).map { Array($0) }, "\(name)")
      for count in 0..<bytes.count { _ = Self.isTruncated(Array(bytes[..<count])) }
    }
  }

  /// Pictures of noise that Pillow 13.0 wrote.
  private static let pictures: [String: String] = [
    "png":
      "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAIAAAAiZtkUAAAAV0lEQVR4nAFMALP/AP7jIXjyvAWCZadRwLqVUPLMFwTtJNQr3y7M"
      + "7IgAXO8IRFh/2+4Bny7TrxmcKZbVp4EnBQ6CIcZjAOPSyTnJQEtFwGcp+dCjASuxi7k4JRRZRMScAAAAAElFTkSuQmCC",
    "jpeg":
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
      + "////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////"
      + "////////////wAARCAAEAAYDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF"
      + "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
      + "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
      + "4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC"
      + "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
      + "Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
      + "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwBSSGYAnjvRRRRZEs//2Q==",
    "progressive":
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
      + "////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////"
      + "////////////wgARCAAEAAYDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABUBAQEAAAAAAAAAAAAAAAAAAAAB/9oA"
      + "DAMBAAIQAxAAAAEE/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEB"
      + "PwF//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFhAA"
      + "AwAAAAAAAAAAAAAAAAAAAAFB/9oACAEBAAE/Iaz/2gAMAwEAAgADAAAAEPP/xAAVEQEBAAAAAAAAAAAAAAAAAAAAAf/aAAgBAwEB"
      + "PxCv/8QAFhEAAwAAAAAAAAAAAAAAAAAAAAER/9oACAECAQE/EIj/xAAXEAEAAwAAAAAAAAAAAAAAAAABACFB/9oACAEBAAE/EFQB"
      + "a2f/2Q==",
    "gif":
      "R0lGODdhBgAEAIQAANnxqOPSyf7jIfLMF9Gtr7qVUNCjAXjyvHfdRKPmI3HMPjnJQCuxi9Fuq6dRwE5HbyNs7QWCZR5ea+sH9Z8u"
      + "02cp+UtFwEQyUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACwAAAAABgAEAAAIHgAFHIjgoMCACQkaEACggMIDBBIgXAiwwEIFAwwC"
      + "AgA7",
    "bmp":
      "Qk2GAAAAAAAAADYAAAAoAAAABgAAAAQAAAABABgAAAAAAFAAAADEDgAAxA4AAAAAAAAAAAAAydLjQMk5wEVL+SlnAaPQi7ErAADT"
      + "Lp9vR05E3XdrXh7tbCNQMkQAAPUH6yPmo6tu0a+t0ajx2T7McQAAIeP+vPJ4ZYIFwFGnUJW6F8zyAAA=",
    "webpLossy":
      "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoGAAQAB0CWJZACdAD0ckCOAADfs+z6ngxCCU//lAZYRK3/dL4DVZmsAAA=",
    "webpLossless":
      "UklGRqYAAABXRUJQVlA4TJkAAAAvBcAAAL/ANLJtJz8n9+fbDEg8HdIXVWRUThJHI2wCAGjCLkAMStKEFOvmIsFWr63f9lQb2zaU"
      + "/QYQyUVq0IBCdEcZWxNGumY7wfwHP8aJc9c9tUOmoNaAb4nE/CN/YOxoIWw8b1JWqlguo4vKdpqB13/nKSUnhDeCCvuEUssACts2"
      + "UlPH98wQ0f/AW60RPJXTPY3y854x8AIA",
    "webpExtended":
      "UklGRmAAAABXRUJQVlA4WAoAAAAQAAAABQAAAwAAQUxQSAoAAAABB1CyiAhERP8DVlA4IDAAAADQAQCdASoGAAQAB0CWJZACdAD0"
      + "ckCOAADfs+z6ngxCCU//lAZYRK3/dL4DVZmsAAA=",
    "avif":
      "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAA"
      + "AAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAKQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEA"
      + "AGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAABgAAAAQAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwA"
      + "AAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAMW1kYXQSAAoIGAhu0QENBoQyGx7Hh4VZ3///4sAs"
      + "AP9ay39ARoGobXp8erbL7g==",
    "ico":
      "AAABAAEABgQAAAAAIACQAAAAFgAAAIlQTkcNChoKAAAADUlIRFIAAAAGAAAABAgCAAAAImbZFAAAAFdJREFUeJwBTACz/wD+4yF4"
      + "8rwFgmWnUcC6lVDyzBcE7STUK98uzOyIAFzvCERYf9vuAZ8u068ZnCmW1aeBJwUOgiHGYwDj0sk5yUBLRcBnKfnQowErsYu5OCUU"
      + "WUTEnAAAAABJRU5ErkJggg==",
    "tiff":
      "SUkqAAgAAAAKAAABBAABAAAABgAAAAEBBAABAAAABAAAAAIBAwADAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAAAgAAABEBBAAB"
      + "AAAAjAAAABUBAwABAAAAAwAAABYBBAABAAAABAAAABcBBAABAAAASAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAD+4yF48rwFgmWn"
      + "UcC6lVDyzBfrB/Wj5iPRbqvRra/Z8ahxzD6fLtNOR2933UQeXmsjbO1EMlDj0sk5yUBLRcBnKfnQowErsYs=",
  ]
}
