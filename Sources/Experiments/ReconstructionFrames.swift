// ReconstructionFrames.swift
// What became of the same few images after each epoch, kept in small files until the film is made of them.

import ByteStreams
import Datasets
import Networks
import PNG
import Pictures
import Tensors
import Training

/// A folder of pictures, one an epoch, each the reconstructions side by side.
///
/// A picture is whole before the epoch's checkpoint is, so a run that goes on finds all that it has no longer to draw.
struct ReconstructionFrames {
  /// The folder, in a run's directory.
  static let folder = "frames"
  /// What is made of them in the end, in a run's directory.
  static let filmstripName = "filmstrip.png"
  static let animationName = "reconstructions.png"
  /// The most pictures that move; of more epochs every second is taken, or every fourth …
  static let movingLimit = 100
  /// How long all of them take together, in milliseconds, and each at most.
  private static let (duration, longest) = (8000, 500)
  /// The last picture stays for as long as so many.
  private static let lastRepeats = 4

  let runDirectory: String
  private let part: ImageDataset
  private let numbers: [Int]
  private let perturbation: Perturbation

  /// - Parameter numbers: of the images of `part`, 1 or more.
  init(ofRun runDirectory: String, _ part: ImageDataset, numbers: [Int], perturbation: Perturbation) {
    (self.runDirectory, self.part, self.numbers) = (runDirectory, part, numbers)
    self.perturbation = perturbation
  }

  /// `frames/epoch-0012.png`
  static func name(ofEpoch epoch: Int) -> String {
    "\(folder)/epoch-\(epoch.zeroPadded(to: 4)).png"
  }

  private func path(ofEpoch epoch: Int) -> String { Directory.join(runDirectory, Self.name(ofEpoch: epoch)) }

  /// The picture of an epoch that is to be kept.
  struct Frame: Sendable {
    fileprivate let path: String
    fileprivate let bytes: [UInt8]

    /// Keeps it, on the device.
    /// - Throws: `FileError`.
    func write() throws {
      try Directory.createLasting(Directory.parent(of: path))
      try AtomicFile.replace(path, bytes: bytes)
    }
  }

  /// Draws the picture of an epoch.
  /// - Throws: `PNGError`.
  func draw(_ autoencoder: Autoencoder, epoch: Int) throws -> Frame {
    let images = numbers.map { number in
      part.withPixels { autoencoder.reconstruct($0, numbers: number..<number + 1, perturbation: perturbation) }
        .reconstructed
    }.map { PNGImage($0, shape: part.shape) }
    var row = PNGImage(width: part.shape.width * images.count, height: part.shape.height, format: images[0].format)
    for (place, image) in images.enumerated() { row.paste(image, x: place * part.shape.width, y: 0) }
    return Frame(path: path(ofEpoch: epoch), bytes: try row.encoded(threads: 1))
  }

  /// The reconstructions of an epoch, or nil where its picture is missing or is none of this run.
  private func images(ofEpoch epoch: Int) -> [PNGImage]? {
    let format = PixelFormat(showing: part.shape.channels)
    let (width, height) = (part.shape.width, part.shape.height)
    let limit = numbers.count * width * height * format.channels
    guard let bytes = try? FileContents.read(path(ofEpoch: epoch), limit: 2 * limit + 4096),
      let row = try? PNGImage.decode(bytes, limit: limit),
      (row.width, row.height, row.format) == (width * numbers.count, height, format)
    else { return nil }
    return numbers.indices.map { row.cropped(x: $0 * width, y: 0, width: width, height: height) }
  }

  /// What the model sees: the images, and below or beside them those with noise, where it removes noise.
  private func seen(_ autoencoder: Autoencoder) -> [(heading: String, images: [PNGImage])] {
    let originals = ("image", numbers.map { PNGImage(part.image($0), shape: part.shape) })
    guard perturbation.noiseFactor > 0 else { return [originals] }
    let noisy = numbers.map { number in
      part.withPixels { autoencoder.reconstruct($0, numbers: number..<number + 1, perturbation: perturbation) }.seen
    }
    return [originals, ("noise", noisy.map { PNGImage($0, shape: part.shape) })]
  }

  /// Rows are images, columns epochs: at most ten, the first and the last among them.
  /// - Parameter last: the last epoch so far.
  func filmstrip(_ autoencoder: Autoencoder, last: Int) -> PNGImage {
    let epochs = ReconstructionEpochs.choose(last: last).compactMap { epoch in
      images(ofEpoch: epoch).map { ("\(epoch)", $0) }
    }
    let columns = seen(autoencoder).map { ($0.heading, $0.images) } + epochs
    return ImageTable(columns.map { ImageTable.Column($0.0, $0.1) }).drawn()
  }

  /// One epoch after the other, the images above.
  /// - Parameter last: the last epoch so far.
  /// - Throws: `PNGError`.
  func animation(_ autoencoder: Autoencoder, last: Int) throws -> PNGAnimation? {
    let seen = seen(autoencoder).map(\.images)
    let frames = Self.movingEpochs(last: last).compactMap { epoch -> PNGImage? in
      guard let made = images(ofEpoch: epoch) else { return nil }
      var table = ImageTable(
        numbers.indices.map { image in ImageTable.Column("", seen.map { $0[image] } + [made[image]]) })
      table.title = "epoch \(epoch) of \(last)"
      table.progress = last == 0 ? 1 : Float(epoch) / Float(last)
      return table.drawn()
    }
    guard let final = frames.last else { return nil }
    let milliseconds = min(Self.longest, Self.duration / frames.count)
    return try PNGAnimation(
      frames + (frames.count > 1 ? Array(repeating: final, count: Self.lastRepeats) : []), milliseconds: milliseconds)
  }

  /// Epochs whose pictures have been lost.
  func missing(last: Int) -> [Int] {
    Set(ReconstructionEpochs.choose(last: last) + Self.movingEpochs(last: last)).sorted()
      .filter { images(ofEpoch: $0) == nil }
  }

  /// Every epoch; where they are too many, those that 2 divides, or 4 …, so that a longer run needs no others; and the last.
  static func movingEpochs(last: Int) -> [Int] {
    var step = 1
    while last / step >= movingLimit { step *= 2 }
    let epochs = Array(stride(from: 0, through: last, by: step))
    return epochs.last == last ? epochs : epochs + [last]
  }
}
