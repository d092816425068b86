// FilmProbe.swift
// The filmstrip and the animation: reconstructions of the same test images after each epoch.

import ByteStreams
import Datasets
package import EventFiles
import Networks
import PNG
import Pictures
import ProjectorExport
package import Runs
import Tensors
package import Training

/// Writes a frame after every epoch, and makes films of the frames at the beginning and at the end of a run.
package struct FilmProbe: Probe {
  private let frames: ReconstructionFrames

  init(_ run: TrainingRun, in directory: RunDirectory) {
    frames = ReconstructionFrames(
      of: directory, run.data.test, numbers: run.data.test.oneOfEachClass(ReconstructionPicture.defaultImages),
      perturbation: run.evaluationNoise("test"))
  }

  package func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    let frame = try frames.draw(epoch.run.autoencoder, epoch: epoch.report.epoch)
    guard epoch.report.epoch == 0 else { return ProbeResult(beforeCheckpoint: { try frame.write() }) }
    // The first films need the frame at once. TensorBoard needs a value of every tag at a step that no resumption makes it forget.
    try frame.write()
    return ProbeResult(evaluation: try films(epoch.run, threads: epoch.threads).values)
  }

  /// Makes the films of a run that ends, and writes their files.
  /// - Returns: their values for the log, and a warning if frames are missing.
  package func finish(_ run: TrainingRun, threads: Int) throws -> (values: [SummaryValue], warning: RunWarning?) {
    let films = try films(run, threads: threads)
    let lost = frames.missing(last: run.lastEpoch)
    let files = [
      (RunDirectory.filmstripName, try films.strip.encoded(threads: threads)),
      (RunDirectory.animationName, films.animation),
    ]
    for case (let name, let bytes?) in files {
      // The record is written last, and that waits until the device has these names too.
      try AtomicFile.replace(frames.directory.path(of: name), bytes: bytes, isDurable: false)
    }
    return (films.values, lost.isEmpty ? nil : .lostFrames(epochs: lost))
  }

  private func films(
    _ run: TrainingRun, threads: Int
  ) throws -> (values: [SummaryValue], strip: PNGImage, animation: [UInt8]?) {
    let strip = frames.filmstrip(run.autoencoder, last: run.lastEpoch)
    let animation = try frames.animation(run.autoencoder, last: run.lastEpoch)?.encoded(threads: threads)
    var values = [try MetricTag.filmstrip.image(strip.encoded(filter: .none, threads: threads))]
    if let animation { values.append(try MetricTag.animation.image(animation)) }
    return (values, strip, animation)
  }
}

extension TrainingRun {
  /// The last completed epoch.
  fileprivate var lastEpoch: Int { position.lastEpoch?.epoch ?? 0 }
}

extension MetricTag {
  fileprivate static let filmstrip = MetricTag(
    .filmstrip,
    "Test images (rows) and their reconstructions after at most ten epochs (columns). Step 0 shows only the untrained network, "
      + "the last step all epochs.")
  fileprivate static let animation = MetricTag(
    .animation,
    "An animated picture: test images above their reconstructions, epoch by epoch. Step 0 shows only the untrained network, "
      + "the last step every epoch.")
}

/// The folder of a run's frames: one picture for each epoch, with the reconstructions side by side.
///
/// A frame is on the device before the epoch's checkpoint is, so a resumed run finds all frames of earlier epochs.
struct ReconstructionFrames {
  /// The most frames of an animation; with more epochs it shows every second, or every fourth …
  static let movingLimit = 100
  /// The duration of all frames together, and the longest one of a frame, in milliseconds.
  private static let (duration, longest) = (8000, 500)
  /// How often the last frame is repeated.
  private static let lastRepeats = 4

  let directory: RunDirectory
  private let part: ImageDataset
  private let numbers: [Int]
  private let perturbation: Perturbation

  /// - Parameter numbers: the indices of the images in `part`, 1 or more.
  init(of directory: RunDirectory, _ part: ImageDataset, numbers: [Int], perturbation: Perturbation) {
    (self.directory, self.part, self.numbers) = (directory, part, numbers)
    self.perturbation = perturbation
  }

  private func path(ofEpoch epoch: Int) -> String { directory.path(of: RunDirectory.frameName(ofEpoch: epoch)) }

  /// The picture of an epoch.
  struct Frame: Sendable {
    fileprivate let path: String
    fileprivate let bytes: [UInt8]

    /// Writes the picture to the device.
    /// - Throws: `FileError`.
    func write() throws {
      try Directory.createDurable(Directory.parent(of: path))
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

  /// Returns the reconstructions of an epoch, or nil if its picture is missing or belongs to another run.
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

  /// Returns the model's input: the images, and the noisy images if the model removes noise.
  private func seen(_ autoencoder: Autoencoder) -> [(heading: String, images: [PNGImage])] {
    let originals = ("image", numbers.map { PNGImage(part.image($0), shape: part.shape) })
    guard perturbation.noiseFactor > 0 else { return [originals] }
    let noisy = numbers.map { number in
      part.withPixels { autoencoder.reconstruct($0, numbers: number..<number + 1, perturbation: perturbation) }.seen
    }
    return [originals, ("noise", noisy.map { PNGImage($0, shape: part.shape) })]
  }

  /// Draws the images (rows) after at most ten epochs (columns), the first and the last among them.
  /// - Parameter last: the last epoch so far.
  func filmstrip(_ autoencoder: Autoencoder, last: Int) -> PNGImage {
    let epochs = ReconstructionEpochs.choose(last: last).compactMap { epoch in
      images(ofEpoch: epoch).map { ("\(epoch)", $0) }
    }
    let columns = seen(autoencoder).map { ($0.heading, $0.images) } + epochs
    return ImageTable(columns.map { ImageTable.Column($0.0, $0.1) }).drawn()
  }

  /// Draws one frame an epoch, with the images above the reconstructions.
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

  /// Returns the epochs whose frames are missing.
  func missing(last: Int) -> [Int] {
    Set(ReconstructionEpochs.choose(last: last) + Self.movingEpochs(last: last)).sorted()
      .filter { images(ofEpoch: $0) == nil }
  }

  /// Returns the epochs of an animation: all, or the multiples of 2, 4, … if there are too many; and the last. A run that is resumed
  /// with more epochs needs no other frames of the earlier ones.
  static func movingEpochs(last: Int) -> [Int] {
    var step = 1
    while last / step >= movingLimit { step *= 2 }
    let epochs = Array(stride(from: 0, through: last, by: step))
    return epochs.last == last ? epochs : epochs + [last]
  }
}
