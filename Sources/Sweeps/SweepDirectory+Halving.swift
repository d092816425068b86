// SweepDirectory+Halving.swift
// Which trials are to be trained now, how far, and which of them go on from rung to rung.

import ByteStreams
import Experiments
import Training

extension HalvingRecord {
  /// The rung that a trial has come to: it was kept at those before.
  func rung(of trial: Trial) -> Int { rungs.firstIndex { !$0.kept.contains(trial.index) } ?? rungs.count }
}

extension SweepDirectory {
  /// The comparisons so far; none without halving.
  /// - Throws: `SweepError.badHalvingRecord`, `FileError`.
  package func halvingRecord() throws -> HalvingRecord {
    guard let ladder else { return HalvingRecord() }
    let record = try HalvingRecord(sweep: path)
    var before = Set(trials.indices)
    for (rung, planned) in zip(record.rungs, ladder.rungs) {
      let isSound = rung.epochs == planned.epochs && Set(rung.compared) == before && before.isSuperset(of: rung.kept)
      if !isSound { throw SweepError.badHalvingRecord(path: Directory.join(path, HalvingRecord.fileName)) }
      before = Set(rung.kept)
    }
    guard record.rungs.count < ladder.rungs.count else {
      throw SweepError.badHalvingRecord(path: Directory.join(path, HalvingRecord.fileName))
    }
    return record
  }

  /// The epochs for which a trial is to be trained now: to the end, or to the next comparison; 0 where it was stopped.
  func epochsNow(of trial: Trial, _ halving: HalvingRecord) -> Int {
    guard let ladder else { return trial.configuration.epochs }
    let rung = halving.rung(of: trial)
    return rung < halving.rungs.count ? 0 : ladder.rungs[rung].epochs
  }

  /// The trials that are to be trained now, in their order: missing, cut off, or being trained. With halving those of this
  /// rung only; more come of `compare`.
  /// - Parameter retries: whether failed trials are trained again. Those that had failed when others were compared are not.
  package func left(retries: Bool) throws -> [Trial] {
    let halving = try halvingRecord()
    let states = states()
    return trials.filter { trial in
      guard halving.rung(of: trial) == halving.rungs.count else { return false }
      return switch states[trial.index].state {
      case .waiting, .interrupted, .running: true
      case .failed: retries
      case .completed, .paused, .stopped: false
      }
    }
  }

  /// Compares the trials of this rung, if all of them have come to it or failed: those with the lowest validation loss go on,
  /// of equal ones the first. What was decided is in `halving.json` before any of them does.
  /// - Returns: nil where there is nothing to compare, or not yet.
  package func compare() throws -> HalvingRecord.Rung? {
    guard let ladder, ladder.rungs.count > 1, Directory.exists(trialsPath) else { return nil }
    let lock = try comparisonLock()
    defer { lock.release() }
    var halving = try halvingRecord()
    let number = halving.rungs.count
    guard number + 1 < ladder.rungs.count else { return nil }
    let compared = halving.rungs.last.map { Set($0.kept) } ?? Set(trials.indices)
    var losses: [(index: Int, loss: Double)] = []
    for (index, trial) in states().enumerated() where compared.contains(index) {
      switch trial.state {
      case .paused: losses.append((index, trial.record.map(Self.comparedLoss) ?? .infinity))
      case .failed: continue
      case .waiting, .running, .interrupted, .stopped, .completed: return nil
      }
    }
    let best = losses.sorted { ($0.loss, $0.index) < ($1.loss, $1.index) }
    // A trial that failed has its place all the same: as many go on as the ladder says, if there are so many.
    let rung = HalvingRecord.Rung(
      epochs: ladder.rungs[number].epochs, compared: compared.sorted(),
      kept: best.prefix(ladder.rungs[number + 1].trials).map(\.index))
    halving.rungs.append(rung)
    try halving.write(sweep: path)
    return rung
  }

  private static func comparedLoss(_ record: RunRecord) -> Double {
    record.results.validation_loss.flatMap { $0.isFinite ? $0 : nil } ?? .infinity
  }

  /// Waits while another process compares, which takes moments.
  private func comparisonLock() throws -> DirectoryLock {
    try DirectoryLock.patiently(trialsPath, seconds: 5)
  }
}
