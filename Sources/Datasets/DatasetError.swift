// DatasetError.swift
// The errors of reading a collection of images, and their one-line messages.

package import ArrayFiles
import ByteStreams
package import Tensors

/// The reason why a directory holds no usable collection. Paths are not escaped.
package enum DatasetError: Error, Equatable {
  case missingDirectory(path: String)
  /// The path is a file instead of a directory.
  case notADirectory(path: String)
  /// One of the four files is missing; `missing` says what it holds, `names` are its possible names.
  case missingFile(directory: String, missing: String, names: [String])
  /// The directory has none of the files, but directories below it have all of them.
  case elsewhere(directory: String, found: [String])
  /// Nothing in the directory is an image that is read.
  case noImages(directory: String)
  /// Files of several collections lie side by side, told apart by what is before "train-images".
  case severalCollections(directory: String, prefixes: [String])
  /// The file ends before its header does.
  case headerCut(path: String, got: Int, want: Int)
  /// The first four bytes are not those of an IDX file with a fitting number of dimensions.
  case wrongMagic(path: String, got: UInt32, want: [UInt32])
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
  /// A size and its number of pictures.
  package struct SizeCount: Equatable, Sendable {
    package let height: Int
    package let width: Int
    package let count: Int
  }
  /// The pictures have several sizes, and none was chosen; `commonest` are the first of them, the commonest first.
  case sizesDiffer(path: String, commonest: [SizeCount], sizes: Int)
  /// The file is none of the kinds of pictures that are read.
  case notAPicture(path: String)
  case badPicture(path: String, reason: String)
  /// A file stands beside class folders, so its class is unknown.
  case besideFolders(path: String, folder: String)
  /// A folder has the name of a part, such as "train", and others beside it have pictures too.
  case partBesideOthers(path: String, folder: String)
  case tooManyClasses(path: String, got: Int, want: Int)
  /// A fraction of images was chosen for a part that the collection has itself.
  case ownPart(path: String, part: Split)
  /// A part has no images.
  case emptyPart(path: String, part: Split)
  case tooFewPictures(path: String, got: Int, want: Int)
  /// A size or channels were chosen for images of more than four channels.
  case unfittedChannels(path: String, got: Int)
  /// The file's size is no multiple of a record's.
  case notRecords(path: String, got: Int, record: Int)
  /// A label is not below the number of classes.
  case badLabel(path: String, got: Int, image: Int, want: Int)
  /// There are too few images to train on some and validate on others.
  case tooFew(path: String, got: Int)
  /// A picture, or an image of an array, has more pixels than the limit.
  case tooManyPixels(path: String, height: Int, width: Int, limit: Int)
  /// An option was chosen that this kind of collection does not have.
  case otherKind(path: String, option: ReadingOptions.Option, kind: String)
  /// The file of an array can't be read.
  case array(ArrayFileError)
  /// The extents of an array are not those of images.
  case arrayShape(path: String, got: [Int], advice: String)
  /// No array of an archive has the name of images.
  case noImageArray(path: String, names: [String])
  /// An array of an archive expands to more than `limit` bytes.
  case arrayTooLarge(path: String, limit: Int)
  /// A number of an array is infinite or none.
  case notFinite(path: String, value: String, row: Int)
  /// The numbers of an array fit none of the scales that are recognized.
  case unknownScale(path: String, lowest: Float, highest: Float)
  /// There are too few images in an array for training, validation and test.
  case tooFewRows(path: String, got: Int, want: Int)
  /// Labels were chosen for a collection that has labels of its own, or parts.
  case ownLabels(path: String)
  /// Only some parts of a collection have labels.
  case unlabeledPart(path: String)
  /// A table or an archive has no column or array that holds labels.
  case noLabelColumn(path: String, columns: [String])
  case emptyLabel(path: String, row: Int)
  /// A label is a number that is not whole.
  case fractionLabel(path: String, row: Int, got: String)
  case tooManyLabels(path: String, got: Int, want: Int)
  /// A contact sheet would have more than `limit` pixels; a side that overflows is `Int.max`.
  case sheetTooLarge(width: Int, height: Int, limit: Int)
}

extension DatasetError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .missingDirectory(let path):
      "no \(Self.isArray(path) ? "file" : "directory") \(shown(path)); give a directory of images as --data PATH, or --data digits"
    case .notADirectory(let path):
      "\(shown(path)) is not a directory; give a directory of images: \(Self.kinds); or a .npy or .npz file"
    case .missingFile(let directory, let missing, let names):
      "no \(missing) in \(shown(directory)); put one of these files there, with or without .gz: "
        + names.joined(separator: ", ")
    case .elsewhere(let directory, let found):
      "no IDX files in \(shown(directory)), but in a directory below it; give "
        + found.prefix(5).map { "--data \(ShellWord.quoted($0))" }.joined(separator: " or ")
    case .noImages(let directory): "no images in \(shown(directory)); want \(Self.kinds)"
    case .severalCollections(let directory, let prefixes):
      "\(shown(directory)) holds several collections: "
        + prefixes.prefix(6).map { shown($0 + "…") }.joined(separator: ", ") + "; give a directory with one of them"
    case .headerCut(let path, let got, let want):
      "\(shown(path)) is truncated: \(DisplayName.counted(got, "byte")) where an IDX header has \(want); get the file again"
    case .wrongMagic(let path, let got, let want):
      "\(shown(path)) begins with \(hexadecimal(got)) instead of \(want.map(hexadecimal).joined(separator: " or ")); "
        + "give the IDX file that belongs under this name"
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
      "\(shown(path)) holds images of \(product(extents)), with channels first or last; give --channel-order first or "
        + "--channel-order last"
    case .shapesDiffer(let training, let trainingShape, let test, let testShape):
      "\(shown(training)) has images of \(trainingShape) but \(shown(test)) of \(testShape); "
        + "give files that belong together"
    case .tooFew(let path, let got):
      "\(shown(path)) has \(DisplayName.counted(got, "image")); give two or more: some for training, some for validation"
    case .sizesDiffer, .notAPicture, .badPicture, .besideFolders, .partBesideOthers, .tooManyClasses, .ownPart,
      .emptyPart, .tooFewPictures, .unfittedChannels, .notRecords, .badLabel, .tooManyPixels, .otherKind:
      pictureDescription
    case .array, .arrayShape, .noImageArray, .arrayTooLarge, .notFinite, .unknownScale, .tooFewRows, .ownLabels,
      .unlabeledPart, .noLabelColumn, .emptyLabel, .fractionLabel, .tooManyLabels:
      arrayDescription
    case .sheetTooLarge(let width, let height, let limit):
      "a sheet of \(width)×\(height) pixels is too large, the limit is \(limit); ask for fewer rows or columns"
    }
  }

  /// The kinds of collections, for messages.
  private static let kinds =
    "pictures (\(PictureFile.formats)) in class folders or flat, the four IDX files of MNIST, or the binary files of CIFAR"

  /// The messages about pictures and their folders.
  private var pictureDescription: String {
    switch self {
    case .sizesDiffer(let path, let commonest, let sizes):
      "the pictures in \(shown(path)) have \(sizes) sizes, as "
        + commonest.map { "\($0.height)×\($0.width) (\($0.count))" }.joined(separator: ", ")
        + "; choose one for all, height first, as in \(Self.size(suiting: commonest))"
    case .notAPicture(let path):
      "\(shown(path)) is no \(PictureFile.formats) picture; remove it, or leave such files out with --skip-broken"
    case .badPicture(let path, let reason):
      // Some reasons end with advice of their own.
      "\(shown(path)): \(reason)\(reason.contains("; ") ? "" : "; replace it"), or leave such files out with --skip-broken"
    case .besideFolders(let path, let folder):
      "\(shown(path)) stands beside class folders such as \(shown(folder)); move it into one, or leave it out with --skip-broken"
    case .partBesideOthers(let path, let folder):
      "\(shown(path)) has a folder \(shown(folder)) and pictures beside it; keep only training, validation and test folders "
        + "there, or give one of its folders"
    case .tooManyClasses(let path, let got, let want): "\(shown(path)) has \(got) class folders, want at most \(want)"
    case .ownPart(let path, let part):
      "\(shown(path)) has \(part.rawValue) images of its own; leave out --\(part.rawValue)"
    case .emptyPart(let path, let part): "no \(part.rawValue) images in \(shown(path)); add some images"
    case .tooFewPictures(let path, let got, let want):
      "\(shown(path)) has \(DisplayName.counted(got, "picture")); give \(want) or more: for training, validation and test"
    case .unfittedChannels(let path, let got):
      "\(shown(path)) has images of \(got) channels, which become neither gray nor color; leave out --size and --channels"
    case .notRecords(let path, let got, let record):
      "\(shown(path)) has \(DisplayName.counted(got, "byte")), no multiple of \(record), the bytes of an image; get the file again"
    case .badLabel(let path, let got, let image, let want):
      "\(shown(path)): image \(image) has label \(got), want a label below \(want); get the file again"
    case .tooManyPixels(let path, let height, let width, let limit):
      "\(shown(path)): \(height)×\(width) pixels are more than the limit, \(limit); "
        + Self.raisedLimit(height.multipliedReportingOverflow(by: width))
    case .otherKind(let path, let option, let kind):
      "\(shown(path)) holds \(kind), to which --\(option.rawValue) does not apply; leave it out"
    default: ""
    }
  }

  /// Returns the advice for an image that exceeds the limit of pixels.
  private static func raisedLimit(_ pixels: (partialValue: Int, overflow: Bool)) -> String {
    if pixels.overflow || !ReadingOptions.pixelLimits.contains(pixels.partialValue) { return "make it smaller" }
    return "accept it with --max-pixels \(pixels.partialValue), if you trust the file"
  }

  /// Returns whether a name is that of NumPy's files.
  private static func isArray(_ path: String) -> Bool {
    [".npy", ".npz"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Returns the option that chooses the commonest size, or a smaller one if that is large.
  private static func size(suiting commonest: [SizeCount]) -> String {
    let most = 128
    guard let first = commonest.first, max(first.height, first.width) <= most else { return "--size 64x64" }
    return "--size \(first.height)x\(first.width)"
  }

  func shown(_ path: String) -> String { DisplayName.quoted(path) }

  func product(_ dimensions: [Int]) -> String { dimensions.map(String.init).joined(separator: "×") }

  private func hexadecimal<Number: FixedWidthInteger>(_ number: Number) -> String {
    "0x" + number.zeroPadded(to: Number.bitWidth / 4, radix: 16, uppercase: true)
  }
}
