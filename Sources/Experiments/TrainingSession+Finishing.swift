// TrainingSession+Finishing.swift
// What a run leaves when its last epoch is over: the test set, the embedding, the films.

import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import PNG
import Parallel
import PointMatrices
import ProjectorFiles
import Tensors
import Training

/// What is known of a complete run beside its last epoch.
struct RunEnd {
  let test: Evaluation
  /// Nil where codes cannot be measured.
  let code: LatentQuality?
  let confusion: ClassConfusion?
}

extension TrainingSession {
  /// Everything is computed first and logged in one record then, so that no part of it is logged twice where a run is cut off.
  func finish(_ observe: (TrainingProgress) throws -> Void) throws -> RunEnd {
    // Of an epoch that was not to be the last one.
    if lastEpoch < options.configuration.epochs { try writeSnapshot(epoch: lastEpoch) }
    try observe(.finishing("evaluating the test images"))
    let test = training.evaluate(data.test, named: "test")
    // Those of an earlier end are of no account.
    record.results.warnings.removeAll { warning in
      [Self.noEmbedding, Self.lostFrames, Self.lostSnapshots].contains { warning.hasPrefix($0) }
        || warning.hasSuffix(Self.skipped)
    }
    if training.position.skippedSteps > 0 {
      record.results.warnings.append("\(training.position.skippedSteps) \(Self.skipped)")
    }
    var end = RunEnd(test: test, code: nil, confusion: nil)
    do {
      try observe(.finishing("writing the embedding"))
      let embedding = try LayerEmbedding(training.autoencoder, data.test, LayerChoice(), threads: options.threads)
      try write(embedding)
      try observe(.finishing("measuring the code"))
      let code = LatentQuality(codes: embedding.codes, of: embedding.images, pool: pool)
      end = RunEnd(
        test: test, code: code, confusion: code?.votes.map { ClassConfusion($0, classNames: data.classNames) })
    } catch let error as ProjectorError {
      record.results.warnings.append("\(Self.noEmbedding)\(error)")
      // Codes that can't be shown may be equal, which is to be said.
      end = RunEnd(test: test, code: measuredTestCodes(), confusion: nil)
    }
    try observe(.finishing("drawing the films"))
    let films = try films(isLast: true)
    try log.log(test: test, (end.code?.testSummaries(end.confusion) ?? []) + films, step: training.step)
    return end
  }

  /// Measures of the codes that the embedding would have shown.
  private func measuredTestCodes() -> LatentQuality? {
    let autoencoder = training.autoencoder
    let images = data.test.gathered(
      LayerEmbedding.sample(
        of: data.test, points: LayerChoice().points, dimensions: autoencoder.bottleneckCount, seed: 0))
    return LatentQuality(codes: autoencoder.codes(of: images), of: images, pool: pool)
  }

  /// The codes over training, if there are snapshots.
  private func trajectories() throws -> ProjectorBundle.Embedding? {
    guard let snapshots else { return nil }
    let (embedding, missing) = try snapshots.trajectories(
      data.test, dimensions: training.autoencoder.bottleneckCount, last: lastEpoch, threads: options.threads)
    if !missing.isEmpty {
      record.results.warnings.append(
        "\(Self.lostSnapshots)epochs \(missing.map(String.init).joined(separator: ", ")), of which there is no snapshot"
      )
    }
    return embedding
  }

  private func writeSnapshot(epoch: Int) throws {
    guard let snapshots, snapshots.isDue(epoch, last: options.endAfter ?? options.configuration.epochs) else { return }
    do {
      try snapshots.write(training.autoencoder, data.test, epoch: epoch, pool: pool)
    } catch let error as ProjectorError {
      let warning = "\(Self.noSnapshot)\(epoch): \(error)"
      if !record.results.warnings.contains(warning) { record.results.warnings.append(warning) }
    }
  }

  /// The projector's files, and `embedding.png`: the principal components of the codes that the projector shows.
  private func write(_ embedding: LayerEmbedding) throws {
    var set = embedding.set
    set.arrange(pool: pool)
    let layout = set.components ?? PrincipalComponents(of: embedding.codes, components: 2, pool: pool).projected
    let title = EmbeddingPicture.title(.pca, embedding.points, .test, epoch: lastEpoch)
    let (trajectories, evaluation, runPath, threads) = (try trajectories(), data.evaluation, runPath, options.threads)
    _ = try sideBySide(threads: threads) { [set] in
      try EmbeddingSet.write([set], trajectories: trajectories, to: runPath, threads: threads)
    } _: { [pool] in
      try EmbeddingPicture(of: embedding.images, from: evaluation, pool: pool).write(
        layout, title: title, to: runPath, threads: threads)
    }
  }

  private static let noEmbedding = "no embedding: "
  private static let lostFrames = "not in the films: "
  private static let noSnapshot = "no snapshot of epoch "
  private static let lostSnapshots = "not in the trajectories: "
  private static let skipped = "steps were skipped: loss or gradient was not finite"

  private var lastEpoch: Int { training.position.lastEpoch?.epoch ?? 0 }

  /// What the code is worth after an epoch, and its pictures where the epoch is one of the few.
  /// - Returns: the frame of the film that is to be kept before the epoch's checkpoint is, unless it is kept already.
  func logCode(_ report: EpochReport, isPictured: Bool) throws -> ReconstructionFrames.Frame? {
    // A run that was removed meanwhile is noticed before anything is put in its place.
    try log.checkPlace()
    let frame = try frames.draw(training.autoencoder, epoch: report.epoch)
    // The first films are made of it at once.
    if report.epoch == 0 { try frame.write() }
    try writeSnapshot(epoch: report.epoch)
    let codes = training.autoencoder.codes(of: probe.images)
    validationCode = probe.quality(of: codes, pool: pool)
    var values = validationCode?.validationSummaries ?? []
    if isPictured {
      values += try codePictures(codes, epoch: report.epoch)
      // TensorBoard needs a value of every picture that a run that goes on can't make it forget.
      if report.epoch == 0 { values += try films(isLast: false) }
    }
    try log.log(values, step: report.step)
    return report.epoch == 0 ? nil : frame
  }

  private func codePictures(_ codes: PointMatrix, epoch: Int) throws -> [SummaryValue] {
    var values: [SummaryValue] = []
    if codes.count > 1, codes.values.allSatisfy(\.isFinite) {
      let picture = embeddingPicture.draw(
        embeddingPicture.plane(of: codes, pool: pool),
        title: EmbeddingPicture.title(.pca, codes.count, .validation, epoch: epoch))
      values.append(try image(picture, MetricTag.embedding(images: codes.count)))
    }
    if let code = validationCode, let votes = code.votes {
      let confusion = ClassConfusion(votes, classNames: data.classNames)
      values.append(try image(confusion.picture(title: "epoch \(epoch)"), MetricTag.confusion(images: code.images)))
    }
    return values
  }

  /// The filmstrip and the animation, with files of them at the end.
  private func films(isLast: Bool) throws -> [SummaryValue] {
    let strip = frames.filmstrip(training.autoencoder, last: lastEpoch)
    let animation = try frames.animation(training.autoencoder, last: lastEpoch)
    var values = [try image(strip, MetricTag.filmstrip)]
    let moving = try animation?.encoded(threads: options.threads)
    if let moving {
      let series = MetricTag.animation
      values.append(.images(series.tag, try EncodedImages(png: moving), description: series.description))
    }
    guard isLast else { return values }
    let lost = frames.missing(last: lastEpoch)
    if !lost.isEmpty {
      record.results.warnings.append(
        "\(Self.lostFrames)epochs \(lost.map(String.init).joined(separator: ", ")), whose files in "
          + "\(ReconstructionFrames.folder)/ are gone")
    }
    let files = [
      (ReconstructionFrames.filmstripName, try strip.encoded(threads: options.threads)),
      (ReconstructionFrames.animationName, moving),
    ]
    for case (let name, let bytes?) in files {
      // The run's record, which comes last, waits for their names too.
      try AtomicFile.replace(Directory.join(runPath, name), bytes: bytes, isLasting: false)
    }
    return values
  }

  /// The picture of the same ten test images as always.
  func reconstructions() throws -> EncodedImages {
    let picture = ReconstructionPicture.draw(
      training.autoencoder, data.test, numbers: shownImages, perturbation: training.evaluationNoise("test"))
    return try EncodedImages(png: picture.encoded(threads: options.threads))
  }

  private func image(_ picture: PNGImage, _ series: MetricTag) throws -> SummaryValue {
    .images(
      series.tag, try EncodedImages(png: picture.encoded(filter: .none, threads: options.threads)),
      description: series.description)
  }
}
