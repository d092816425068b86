// SweepDirectory+Halving.swift
// Which trials are to be trained now, how far, and which of them go on from rung to rung.

import ByteStreams
import Experiments
import Training

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

  /// How far a trial is to be trained now, and whether that is its end: its last epoch, or the rung where others were better.
  func goal(of trial: Trial, _ halving: HalvingRecord) -> (epochs: Int, isEnd: Bool) {
    guard let ladder else { return (trial.configuration.epochs, true) }
    let rung = halving.rung(of: trial)
    return (ladder.rungs[rung].epochs, rung < halving.rungs.count || rung + 1 == ladder.rungs.count)
  }

  /// The trials that are left to do now, in their order: to be trained those that are missing, cut off, or being trained, with
  /// halving those of this rung only, as more come of `compare`; to be measured those that others have outdone.
  /// - Parameter retries: whether failed trials are trained again. Those that had failed when others were compared are not.
  package func left(retries: Bool) throws -> (toTrain: [Trial], toMeasure: [Trial]) {
    let halving = try halvingRecord()
    let states = states()
    var left: (toTrain: [Trial], toMeasure: [Trial]) = ([], [])
    for trial in trials {
      let (state, record) = states[trial.index]
      let isTrained = record?.results.epochs == goal(of: trial, halving).epochs
      let isLeft =
        switch state {
        case .waiting, .interrupted, .running, .outdone: true
        case .failed: retries
        case .completed, .paused, .stopped: false
        }
      if !isLeft { continue }
      if halving.rung(of: trial) == halving.rungs.count {
        left.toTrain.append(trial)
      } else if isTrained {
        left.toMeasure.append(trial)
      }
    }
    return left
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
      case .waiting, .running, .interrupted, .outdone, .stopped, .completed: return nil
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

  /// Compares if it is time, and tells what was decided here or by others since `rungs` comparisons, which it counts on.
  func newRungs(since rungs: inout Int) throws -> [HalvingRecord.Rung] {
    _ = try compare()
    let decided = try halvingRecord().rungs.dropFirst(rungs)
    rungs += decided.count
    return Array(decided)
  }

  private static func comparedLoss(_ record: RunRecord) -> Double {
    record.results.validation_loss.flatMap { $0.isFinite ? $0 : nil } ?? .infinity
  }

  /// Waits while another process compares, which takes moments.
  private func comparisonLock() throws -> DirectoryLock {
    try DirectoryLock.patiently(trialsPath, seconds: 5)
  }
}
