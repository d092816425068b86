// DatasetError.swift
// The errors of reading a collection of images, and their one-line messages.

package import Tensors

import ByteStreams

/// The reason why a directory holds no usable collection. Paths are not escaped.
package enum DatasetError: Error, Equatable {
  case missingDirectory(path: String)
  /// The path is a file instead of a directory.
  case notADirectory(path: String)
  /// One of the four files is missing; `missing` says what it holds, `names` are its possible names.
  case missingFile(directory: String, missing: String, names: [String])
  /// The directory has none of the files, but directories below it have all of them.
  case elsewhere(directory: String, found: [String])
  /// The directory has none of the files, but pictures; `example` is the path of one of them.
  case pictures(directory: String, example: String)
  /// The file ends before its header does.
  case headerCut(path: String, got: Int, want: Int)
  /// The first four bytes are not those of an IDX file with a fitting number of dimensions.
  case wrongMagic(path: String, got: UInt32, want: [UInt32])
  /// The third byte declares another type than unsigned bytes.
  case wrongElementType(path: String, got: UInt8)
  /// A dimension is 0.
  case empty(path: String, dimensions: [Int])
  /// The product of the dimensions overflows.
  case oversized(path: String, dimensions: [Int])
  /// Fewer bytes follow the header than its dimensions need; `got` is an upper bound if `compressed`.
  case truncated(path: String, got: Int, want: Int, compressed: Bool)
  /// More bytes follow the header than its dimensions need.
  case surplus(path: String, want: Int)
  case countsDiffer(images: String, imageCount: Int, labels: String, labelCount: Int)
  /// The images have four dimensions, and the channels may be the first or the last extent.
  case unclearChannels(path: String, extents: [Int])
  case shapesDiffer(training: String, trainingShape: ImageShape, test: String, testShape: ImageShape)
  /// There are too few images to train on some and validate on others.
  case tooFew(path: String, got: Int)
  /// A contact sheet would have more than `limit` pixels; a side that overflows is `Int.max`.
  case sheetTooLarge(width: Int, height: Int, limit: Int)
}

extension DatasetError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .missingDirectory(let path):
      "no directory \(shown(path)); give a directory with the four IDX files as --data PATH, or --data digits"
    case .notADirectory(let path):
      "\(shown(path)) is not a directory; give the directory that holds the four IDX files"
    case .missingFile(let directory, let missing, let names):
      "no \(missing) in \(shown(directory)); put one of these files there, with or without .gz: "
        + names.joined(separator: ", ")
    case .elsewhere(let directory, let found):
      "no IDX files in \(shown(directory)), but in a directory below it; give "
        + found.prefix(5).map { "--data \(ShellWord.quoted($0))" }.joined(separator: " or ")
    case .pictures(let directory, let example):
      "no IDX files in \(shown(directory)), but pictures, as \(shown(example)); convert them with: "
        + ShellWord.line(["tools/pictures-to-idx", directory, "idx"]) + "; then give --data idx"
    case .headerCut(let path, let got, let want):
      "\(shown(path)) is truncated: \(DisplayName.counted(got, "byte")) where an IDX header has \(want); get the file again"
    case .wrongMagic(let path, let got, let want):
      "\(shown(path)) begins with \(hexadecimal(got)) instead of \(want.map(hexadecimal).joined(separator: " or ")); "
        + "give the IDX file that belongs under this name"
    case .wrongElementType(let path, let got):
      "\(shown(path)) holds elements of type \(hexadecimal(got)); only unsigned bytes (0x08) are images and labels here"
    case .empty(let path, let dimensions):
      "\(shown(path)) declares \(product(dimensions)) elements: nothing to learn from; get the file again"
    case .oversized(let path, let dimensions):
      "\(shown(path)) declares \(product(dimensions)) bytes, more than any file has; get the file again"
    case .truncated(let path, let got, let want, let compressed):
      "\(shown(path)) is truncated: it declares \(DisplayName.counted(want, "byte")) and has \(compressed ? "at most " : "")\(got); "
        + "get the file again"
    case .surplus(let path, let want):
      "\(shown(path)) has more than the \(DisplayName.counted(want, "byte")) it declares; get the file again"
    case .countsDiffer(let images, let imageCount, let labels, let labelCount):
      "\(shown(images)) has \(DisplayName.counted(imageCount, "image")) but \(shown(labels)) has "
        + "\(DisplayName.counted(labelCount, "label")); give files that belong together"
    case .unclearChannels(let path, let extents):
      "\(shown(path)) holds images of \(product(extents)), with channels first or last; store them as height × width × channels "
        + "(in numpy, images.transpose(0, 2, 3, 1)), of 5 rows or more and not as many columns as channels"
    case .shapesDiffer(let training, let trainingShape, let test, let testShape):
      "\(shown(training)) has images of \(trainingShape) but \(shown(test)) of \(testShape); "
        + "give files that belong together"
    case .tooFew(let path, let got):
      "\(shown(path)) has \(DisplayName.counted(got, "image")); give two or more: some for training, some for validation"
    case .sheetTooLarge(let width, let height, let limit):
      "a sheet of \(width)×\(height) pixels is too large, the limit is \(limit); ask for fewer rows or columns"
    }
  }

  private func shown(_ path: String) -> String { DisplayName.quoted(path) }

  private func product(_ dimensions: [Int]) -> String { dimensions.map(String.init).joined(separator: "×") }

  private func hexadecimal<Number: FixedWidthInteger>(_ number: Number) -> String {
    "0x" + number.zeroPadded(to: Number.bitWidth / 4, radix: 16, uppercase: true)
  }
}
