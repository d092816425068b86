// SweepDirectory+Halving.swift
// Compares the trials of a rung, and tells which trials are to be trained now and how far.

import ByteStreams
import Runs
import Training

extension SweepDirectory {
  /// Reads the comparisons so far; there are none without halving.
  /// - Throws: `SweepError.badHalvingRecord`, `FileError`.
  package func halvingRecord() throws -> HalvingRecord {
    guard let ladder else { return HalvingRecord() }
    let record = try HalvingRecord(sweep: path)
    var before = Set(trials.indices)
    for (rung, planned) in zip(record.rungs, ladder.rungs) {
      let isSound =
        rung.epochs == planned.epochs && Set(rung.compared) == before && rung.compared.count == before.count
        && before.isSuperset(of: rung.kept) && before.isSuperset(of: rung.failed ?? [])
        && rung.losses.map { $0.count == before.count } ?? true
      if !isSound { throw SweepError.badHalvingRecord(path: Directory.join(path, HalvingRecord.fileName)) }
      before = Set(rung.kept)
    }
    guard record.rungs.count < ladder.rungs.count else {
      throw SweepError.badHalvingRecord(path: Directory.join(path, HalvingRecord.fileName))
    }
    return record
  }

  /// Returns how far a trial is to be trained now, and whether that is its end: its last epoch, or the rung where it was eliminated.
  func goal(of trial: Trial, _ halving: HalvingRecord) -> (epochs: Int, isEnd: Bool) {
    guard let ladder else { return (trial.configuration.epochs, true) }
    let rung = halving.rung(of: trial)
    return (ladder.rungs[rung].epochs, halving.isEliminated(trial) || rung + 1 == ladder.rungs.count)
  }

  /// Returns the trials to run now, in their order: to train, those that may still be promoted or reach the last epoch; to
  /// measure, those that were eliminated.
  /// - Parameters:
  ///   - retries: whether failed trials are trained again.
  ///   - failed: the indices of trials that are not trained again although they have failed.
  package func remaining(
    retries: Bool, butFailed failed: Set<Int> = []
  ) throws -> (toTrain: [Trial], toMeasure: [Trial]) {
    let halving = try halvingRecord()
    let states = states()
    var left: (toTrain: [Trial], toMeasure: [Trial]) = ([], [])
    for trial in trials {
      let isLeft =
        switch states[trial.index].state {
        case .waiting, .interrupted, .running, .eliminated: true
        case .failed: retries && !failed.contains(trial.index)
        case .completed, .paused, .stopped, .changed: false
        }
      if !isLeft { continue }
      if halving.isEliminated(trial) { left.toMeasure.append(trial) } else { left.toTrain.append(trial) }
    }
    return left
  }

  /// Compares the trials of the current rung, if all of them have reached it or failed. The decision is in `halving.json` before any
  /// trial is promoted. Trials that failed before an earlier comparison, and were trained again, are compared with the losses that
  /// the others had there.
  /// - Returns: the decisions made now.
  package func compare() throws -> [HalvingRecord.Rung] {
    guard let ladder, ladder.rungs.count > 1, Directory.exists(trialsPath) else { return [] }
    let lock = try comparisonLock()
    defer { lock.release() }
    var halving = try halvingRecord()
    var decided: [HalvingRecord.Rung] = []
    let states = states()
    for number in halving.rungs.indices {
      let late = (halving.rungs[number].failed ?? []).filter { halving.rung(of: trials[$0]) == number }
      let isUnsettled = late.contains { [.waiting, .running, .interrupted].contains(states[$0].state) }
      let arrived = late.filter { loss(of: trials[$0], states[$0], after: ladder.rungs[number].epochs) != nil }
      if isUnsettled || arrived.isEmpty { continue }
      decided.append(promote(arrived, at: number, in: &halving, ladder, states))
    }
    if let rung = comparison(halving, ladder, states) {
      halving.rungs.append(rung)
      decided.append(rung)
    }
    if !decided.isEmpty { try halving.write(sweep: path) }
    return decided
  }

  /// Compares the trials of the current rung; returns nil if a trial has neither reached it nor failed.
  private func comparison(_ halving: HalvingRecord, _ ladder: Ladder, _ states: [Found]) -> HalvingRecord.Rung? {
    let number = halving.rungs.count
    guard number + 1 < ladder.rungs.count else { return nil }
    let compared = halving.rungs.last?.kept.sorted() ?? Array(trials.indices)
    var losses: [Int: Double?] = [:]
    var failed: [Int] = []
    for index in compared {
      if case .failed = states[index].state {
        failed.append(index)
      } else if let loss = loss(of: trials[index], states[index], after: ladder.rungs[number].epochs) {
        losses[index] = .some(loss.isFinite ? loss : nil)
      } else {
        return nil
      }
    }
    if compared.isEmpty { return nil }
    let best = configurations.best(ladder.rungs[number + 1].configurations, of: compared, losses)
    return HalvingRecord.Rung(
      epochs: ladder.rungs[number].epochs, compared: compared, kept: best, failed: failed.isEmpty ? nil : failed,
      losses: compared.map { losses[$0] ?? nil })
  }

  /// Compares trials that had failed at a rung with the losses that the others had there, and promotes those that are good enough.
  /// - Returns: the decision about them.
  private func promote(
    _ late: [Int], at number: Int, in halving: inout HalvingRecord, _ ladder: Ladder, _ states: [Found]
  ) -> HalvingRecord.Rung {
    var rung = halving.rungs[number]
    let old = rung.losses ?? rung.compared.map { _ in nil }
    var losses: [Int: Double?] = [:]
    for (index, loss) in zip(rung.compared, old) { losses[index] = .some(loss) }
    for index in rung.failed ?? [] { losses.removeValue(forKey: index) }
    for index in late {
      let loss = loss(of: trials[index], states[index], after: rung.epochs) ?? .infinity
      losses[index] = .some(loss.isFinite ? loss : nil)
    }
    let most = ladder.rungs[number + 1].configurations
    let best = configurations.best(most, of: rung.compared, losses)
    var taken = Set(rung.kept.map(configurations.number))
    let promoted = best.filter { index in
      guard late.contains(index) else { return false }
      // Without recorded losses only free places can be filled.
      if rung.losses == nil, !taken.contains(configurations.number(of: index)), taken.count >= most { return false }
      taken.insert(configurations.number(of: index))
      return true
    }
    rung.kept += promoted
    let failed = (rung.failed ?? []).filter { !late.contains($0) }
    rung.failed = failed.isEmpty ? nil : failed
    if rung.losses != nil { rung.losses = rung.compared.map { losses[$0] ?? nil } }
    halving.rungs[number] = rung
    if halving.rungs.indices.contains(number + 1) { halving.rungs[number + 1].await(promoted) }
    return HalvingRecord.Rung(epochs: rung.epochs, compared: late, kept: promoted)
  }

  /// Compares if all trials have reached the rung. Returns the new decisions of this and other processes.
  /// - Parameter rungs: the number of comparisons known so far; updated.
  func newRungs(since rungs: inout Int) throws -> [HalvingRecord.Rung] {
    let own = try compare()
    let record = try halvingRecord()
    let others = record.rungs.dropFirst(rungs).filter { !own.contains($0) }
    rungs = record.rungs.count
    return own + others
  }

  typealias Found = (state: TrialState, record: RunRecord?)

  /// Returns the loss by which a trial is compared, if it has reached that epoch: infinity if its loss is no number or its codes
  /// are all equal, which no comparison may prefer.
  private func loss(of trial: Trial, _ found: Found, after epochs: Int) -> Double? {
    guard let record = found.record, record.results.epochs >= epochs || record.earlyStop != nil else { return nil }
    switch found.state {
    case .paused, .completed, .stopped, .eliminated: return comparedLoss(of: trial, record, after: epochs)
    case .waiting, .running, .interrupted, .failed, .changed: return nil
    }
  }

  /// Returns the validation loss after an epoch, read from the run's log if the run was trained further. A run that stopped early by
  /// then counts with the loss of its best epoch, whose weights it ends with.
  func comparedLoss(of trial: Trial, _ record: RunRecord, after epochs: Int) -> Double? {
    guard record.results.epochs != epochs, record.earlyStop == nil || record.results.epochs > epochs else {
      let isCollapsed = record.results.validation_code?.isCollapsed ?? false
      return record.results.validation_loss.flatMap { $0.isFinite && !isCollapsed ? $0 : nil } ?? .infinity
    }
    let steps = record.data.training_images / max(1, record.configuration.batchSize)
    return RunDirectory(runPath(trial)).loggedValidationLoss(step: epochs * steps)
  }

  /// Locks the comparison; waits while another process compares, which takes moments.
  private func comparisonLock() throws -> DirectoryLock {
    try DirectoryLock.waiting(for: trialsPath, seconds: 5)
  }
}

extension HalvingRecord.Rung {
  /// Adds trials that were promoted to this rung after it was compared.
  fileprivate mutating func await(_ promoted: [Int]) {
    if promoted.isEmpty { return }
    if let losses { self.losses = losses + promoted.map { _ in nil } }
    compared += promoted
    failed = (failed ?? []) + promoted
  }
}

extension RunRecord.LatentRecord {
  /// Whether all codes are equal, so that the model can't distinguish any images.
  package var isCollapsed: Bool { distinct.map { $0 <= 1 } ?? false }
  /// Whether there are several codes, but too few to tell neighbors apart: more than half of the images have ties.
  package var hasFewCodes: Bool { !isCollapsed && tied.map { 2 * $0 > images } ?? false }
}
