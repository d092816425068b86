// HalvingTests.swift
// Tests which trials are compared when, which are promoted, and when a record of comparisons is refused.

import ByteStreams
import Foundation
import Networks
import Tensors
import Testing
import TestSupport
import Training

@testable import Runs
@testable import Sweeps

@Suite struct HalvingTests {
  private func ladder(_ trials: Int, _ epochs: Int, factor: Int = 3, rungs: [Int]? = nil) throws -> Ladder {
    var halving = Halving()
    (halving.factor, halving.rungs) = (factor, rungs)
    return try halving.ladder(configurations: Array(repeating: 1, count: trials), epochs: epochs)
  }

  @Test("rungs are the last epoch divided, as long as there are trials and epochs to divide")
  func defaultRungs() throws {
    func rungs(_ ladder: Ladder) -> [[Int]] { ladder.rungs.map { [$0.epochs, $0.trials] } }
    #expect(try rungs(ladder(27, 27)) == [[1, 27], [3, 9], [9, 3], [27, 1]])
    #expect(try rungs(ladder(12, 10)) == [[1, 12], [3, 4], [10, 1]])
    #expect(try rungs(ladder(6, 2)) == [[1, 6], [2, 2]])
    #expect(try rungs(ladder(25, 2, factor: 5)) == [[1, 25], [2, 5]])
    #expect(try rungs(ladder(2, 100, factor: 2)) == [[50, 2], [100, 1]])
    #expect(try rungs(ladder(100, 9, factor: 4, rungs: [2, 5])) == [[2, 100], [5, 25], [9, 6]])
    let ladder = try ladder(27, 27)
    #expect(ladder.epochs == 27 + 9 * 2 + 3 * 6 + 18 && ladder.fullEpochs == 729)
  }

  @Test("every sweep of some size has a ladder that rises and saves") func every() throws {
    for trials in 2...40 {
      for epochs in 2...40 {
        for factor in 2...5 {
          let ladder = try ladder(trials, epochs, factor: factor)
          #expect(zip(ladder.rungs, ladder.rungs.dropFirst()).allSatisfy { $0.epochs < $1.epochs })
          #expect(zip(ladder.rungs, ladder.rungs.dropFirst()).allSatisfy { $1.trials == max(1, $0.trials / factor) })
          #expect(ladder.rungs.last?.epochs == epochs && ladder.epochs < ladder.fullEpochs)
        }
      }
    }
  }

  @Test("a trial's rung is the first one at which it was not promoted, read from a file or not")
  func rungOfTrials() throws {
    var record = HalvingRecord()
    let kept = [[0, 2, 4, 6, 8, 10, 3], [4, 8, 0, 4], [8]]
    let trials = (0..<12).map {
      Trial(index: $0, name: "\($0)", configuration: .init(architecture: .fullyConnected(hiddenUnits: [2])))
    }
    for (number, kept) in kept.enumerated() {
      record.rungs.append(.init(epochs: number + 1, compared: [], kept: kept))
      let read = try JSONDecoder().decode(HalvingRecord.self, from: JSONEncoder().encode(record))
      #expect(read == record)
      for trial in trials {
        let want = record.rungs.firstIndex { !$0.kept.contains(trial.index) } ?? record.rungs.count
        #expect(record.rung(of: trial) == want && read.rung(of: trial) == want)
      }
    }
    #expect(trials.map(record.rung) == [2, 0, 1, 1, 2, 0, 1, 0, 3, 0, 1, 0])
  }

  @Test("rungs that make no sense are refused")
  func refused() {
    for (epochs, rungs) in [(9, [3, 3]), (9, [5, 2]), (9, [0, 2]), (9, [3, 9]), (9, []), (1, [1])] {
      #expect(throws: SweepError.badRungs(got: rungs, epochs: epochs)) { try ladder(5, epochs, rungs: rungs) }
    }
    #expect(throws: SweepError.self) { try ladder(1, 9) }
    #expect(throws: SweepError.self) { try ladder(5, 1) }
    #expect(throws: SweepError.self) { try ladder(5, 9, factor: 1) }
    var sweep = SweepSpecification()
    sweep.choices[.epochs] = [.value(.integer(4)), .value(.integer(8))]
    sweep.halving = Halving()
    #expect(throws: SweepError.halvingOfLengths(first: 4, second: 8)) { try sweep.resolved() }
  }

  /// A sweep of nine trials of eight epochs, none of which has begun.
  private func withSweep(_ body: (SweepDirectory) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let yaml =
        "options: {filters: [[4], [3]], dropout: [0, 0.1, 0.2], epochs: 8}\nhalving: {factor: 2, rungs: [1, 3]}"
      let specification = try SweepSpecification(yaml: Array(yaml.utf8), path: "s")
      let sweep = try SweepDirectory(making: "\(directory)/sweep", for: specification)
      try Directory.create(sweep.trialsPath)
      try body(sweep)
    }
  }

  /// Puts a trial's run where its training would have left it.
  private func put(
    _ index: Int, in sweep: SweepDirectory, epochs: Int, loss: Double?, status: RunRecord.Status = .interrupted
  ) throws {
    let trial = sweep.trials[index]
    try Directory.create(sweep.runPath(trial))
    var results = RunRecord.ResultRecord()
    (results.epochs, results.validation_loss) = (epochs, loss)
    try RunRecord(
      status: status, name: trial.name, started: "", command: [], configuration: trial.configuration,
      data: .init(
        source: "digits", name: "digits", seed: 0, fingerprint: "", image_shape: [1, 1, 1], training_images: 1,
        validation_images: 1, test_images: 1),
      model: .init(weights: 1, bottleneck_shape: [1]), machine: .init(kernels: "", threads: 1, processors: 1),
      versions: .init(aelog: "", swift: ""), results: results
    ).write(to: sweep.runPath(trial))
  }

  private func toTrain(_ sweep: SweepDirectory, retries: Bool) throws -> [Int] {
    try sweep.remaining(retries: retries).toTrain.map(\.index)
  }

  private func toMeasure(_ sweep: SweepDirectory, retries: Bool) throws -> [Int] {
    try sweep.remaining(retries: retries).toMeasure.map(\.index)
  }

  @Test("the best are promoted, equal ones by their place; a decision stands")
  func compared() throws {
    try withSweep { sweep in
      #expect(try toTrain(sweep, retries: false) == Array(0..<6) && sweep.compare().isEmpty)
      for (index, loss) in [0.5, 0.3, 0.4, 0.3, 0.9, 0.4].enumerated() {
        #expect(try sweep.compare().isEmpty)
        try put(index, in: sweep, epochs: 1, loss: loss)
      }
      #expect(sweep.states().allSatisfy { $0.state == .paused })
      #expect(try toTrain(sweep, retries: true) == [])
      #expect(try sweep.compare().map(\.kept) == [[1, 3, 2]])
      #expect(try sweep.compare().isEmpty)
      #expect(
        sweep.states().map(\.state) == [
          .eliminated, .interrupted, .interrupted, .interrupted, .eliminated, .eliminated,
        ])
      #expect(try toTrain(sweep, retries: true) == [1, 2, 3] && toMeasure(sweep, retries: false) == [0, 4, 5])
      let goals = try sweep.trials.map { sweep.goal(of: $0, try sweep.halvingRecord()) }
      #expect(goals.map(\.epochs) == [1, 3, 3, 3, 1, 1])
      #expect(goals.map(\.isEnd) == [true, false, false, false, true, true])
      // Three are only to be measured: one is done, one was interrupted, and one failed.
      try put(0, in: sweep, epochs: 1, loss: 0.5, status: .stopped)
      try put(4, in: sweep, epochs: 1, loss: 0.9, status: .running)
      try put(5, in: sweep, epochs: 1, loss: 0.4, status: .failed)
      #expect(try toMeasure(sweep, retries: false) == [4] && toMeasure(sweep, retries: true) == [4, 5])
      for index in [4, 5] { try put(index, in: sweep, epochs: 1, loss: 0.4, status: .stopped) }
      #expect(sweep.states().map(\.state) == [.stopped, .interrupted, .interrupted, .interrupted, .stopped, .stopped])
      #expect(try toMeasure(sweep, retries: true) == [])
      // One is on its way to the rung, one has reached it, one was interrupted just there.
      try put(1, in: sweep, epochs: 2, loss: 0.1)
      try put(2, in: sweep, epochs: 3, loss: 0.2)
      try put(3, in: sweep, epochs: 3, loss: 0.2, status: .running)
      #expect(try toTrain(sweep, retries: false) == [1, 3] && sweep.compare().isEmpty)
      try put(1, in: sweep, epochs: 3, loss: 0.2)
      try put(3, in: sweep, epochs: 3, loss: 0.2)
      #expect(try sweep.compare().map(\.kept) == [[1]])
      #expect(try toTrain(sweep, retries: false) == [1] && sweep.compare().isEmpty)
      try put(1, in: sweep, epochs: 8, loss: 0.1, status: .completed)
      #expect(try toTrain(sweep, retries: true) == [] && sweep.compare().isEmpty)
      #expect(try toMeasure(sweep, retries: true) == [2, 3])
      let ends = try sweep.trials.map { sweep.goal(of: $0, try sweep.halvingRecord()) }
      #expect(ends.map(\.epochs) == [1, 8, 3, 3, 1, 1] && ends.allSatisfy(\.isEnd))
    }
  }

  @Test("a trial that failed is trained again after the comparison, and promoted if it is good enough")
  func failures() throws {
    try withSweep { sweep in
      for index in 0..<6 { try put(index, in: sweep, epochs: 1, loss: [.nan, 0.2, 0.3, nil, 0.1, 0.5][index]) }
      try put(1, in: sweep, epochs: 0, loss: nil, status: .failed)
      try put(0, in: sweep, epochs: 0, loss: nil, status: .failed)
      #expect(try toTrain(sweep, retries: false) == [] && toTrain(sweep, retries: true) == [0, 1])
      #expect(try sweep.compare().map(\.kept) == [[4, 2, 5]])
      #expect(try sweep.halvingRecord().rungs.map(\.failed) == [[0, 1]])
      #expect(try sweep.halvingRecord().rungs[0].losses == [nil, nil, 0.3, nil, 0.1, 0.5])
      #expect(sweep.state(of: sweep.trials[1]) == .failed(""))
      #expect(try toTrain(sweep, retries: true) == [0, 1, 2, 4, 5] && toMeasure(sweep, retries: true) == [3])
      #expect(try toTrain(sweep, retries: false) == [2, 4, 5])
      let goals = try sweep.trials.map { sweep.goal(of: $0, try sweep.halvingRecord()) }
      #expect(
        goals.map(\.epochs) == [1, 1, 3, 1, 3, 3] && goals.map(\.isEnd) == [false, false, false, true, false, false])
      // One is trained again: it waits until the other is, or has failed again.
      try put(1, in: sweep, epochs: 1, loss: 0.2)
      try put(0, in: sweep, epochs: 0, loss: nil, status: .running)
      #expect(try sweep.compare().isEmpty && sweep.state(of: sweep.trials[1]) == .paused)
      try put(0, in: sweep, epochs: 1, loss: 0.4)
      #expect(try sweep.compare() == [.init(epochs: 1, compared: [0, 1], kept: [1])])
      #expect(sweep.state(of: sweep.trials[0]) == .eliminated && sweep.state(of: sweep.trials[1]) == .interrupted)
      #expect(try sweep.halvingRecord().rungs[0].losses == [0.4, 0.2, 0.3, nil, 0.1, 0.5])
      #expect(try toTrain(sweep, retries: false) == [1, 2, 4, 5])
    }
  }

  @Test("if all have failed, trials that are trained again take the free places, at later rungs too")
  func allFailed() throws {
    try withSweep { sweep in
      for index in 0..<6 { try put(index, in: sweep, epochs: 0, loss: nil, status: .failed) }
      #expect(try sweep.compare().map(\.kept) == [[]] && sweep.compare().isEmpty)
      #expect(try toTrain(sweep, retries: true) == Array(0..<6) && toTrain(sweep, retries: false) == [])
      for index in 0..<6 { try put(index, in: sweep, epochs: 1, loss: Double(6 - index)) }
      #expect(try sweep.compare().map(\.kept) == [[5, 4, 3]])
      for index in 3..<6 { try put(index, in: sweep, epochs: 3, loss: Double(index)) }
      #expect(try sweep.compare().map(\.kept) == [[3]] && toMeasure(sweep, retries: false) == [0, 1, 2, 4, 5])
      #expect(try sweep.remaining(retries: true, butFailed: [3]).toTrain.map(\.index) == [3])
    }
  }

  @Test("a record of an earlier version, without losses, gives free places to trials that are trained again")
  func earlierRecord() throws {
    try withSweep { sweep in
      for index in 0..<6 { try put(index, in: sweep, epochs: 1, loss: Double(index)) }
      let text = "{\"rungs\":[{\"epochs\":1,\"compared\":[0,1,2,3,4,5],\"kept\":[0,1],\"failed\":[2,3]}]}"
      try AtomicFile.replace("\(sweep.path)/halving.json", bytes: Array(text.utf8))
      #expect(try sweep.compare().map(\.kept) == [[2]])
      #expect(try sweep.halvingRecord().rungs.map(\.kept) == [[0, 1, 2]])
    }
  }

  @Test("configurations are compared, by the mean of their repeats; one with a repeat that failed ranks last")
  func configurations() throws {
    try withTemporaryDirectory { directory in
      let yaml = "options: {filters: [[4], [3], [2], [1]], epochs: 4}\nrepeats: 2\nhalving: {factor: 2, rungs: [1, 2]}"
      let specification = try SweepSpecification(yaml: Array(yaml.utf8), path: "s")
      let sweep = try SweepDirectory(making: "\(directory)/sweep", for: specification)
      try Directory.create(sweep.trialsPath)
      #expect(
        sweep.ladder?.rungs.map(\.configurations) == [4, 2, 1] && sweep.ladder?.rungs.map(\.trials) == [8, 4, 2])
      // The best seed is of the configuration with the worst mean, the best mean is of one that collapsed once.
      let losses: [Double?] = [0.1, 0.9, 0.4, 0.5, 0.3, 0.4, 0.05, 0.06]
      for (index, loss) in losses.enumerated() { try put(index, in: sweep, epochs: 1, loss: loss) }
      var record = try RunRecord.read(from: sweep.runPath(sweep.trials[7]))
      record.results.validation_code = RunRecord.LatentRecord(images: 20, distinct: 1)
      try record.write(to: sweep.runPath(sweep.trials[7]))
      #expect(try sweep.compare().map(\.kept) == [[4, 5, 2, 3]])
      #expect(try sweep.halvingRecord().rungs[0].losses == [0.1, 0.9, 0.4, 0.5, 0.3, 0.4, 0.05, nil])
      for index in [2, 3] { try put(index, in: sweep, epochs: 2, loss: 0.3) }
      try put(4, in: sweep, epochs: 2, loss: 0.1)
      try put(5, in: sweep, epochs: 1, loss: nil, status: .failed)
      #expect(try sweep.compare().map(\.kept) == [[2, 3]])
    }
  }

  @Test("a trial that stopped early is complete, and is compared at every later rung with its best loss")
  func stoppedEarly() throws {
    try withTemporaryDirectory { directory in
      let yaml = "options: {filters: [[4], [3], [2], [1]], epochs: 8, patience: 1}\nhalving: {factor: 2, rungs: [2, 4]}"
      let sweep = try SweepDirectory(
        making: "\(directory)/sweep", for: SweepSpecification(yaml: Array(yaml.utf8), path: "s"))
      try Directory.create(sweep.trialsPath)
      /// Trial 0 stops before the first rung, trial 1 at it.
      func stop(_ index: Int, after epochs: Int, loss: Double) throws {
        try put(index, in: sweep, epochs: epochs, loss: loss, status: .completed)
        var record = try RunRecord.read(from: sweep.runPath(sweep.trials[index]))
        (record.results.best_epoch, record.results.stopped_early) = (epochs - 1, true)
        record.results.best_validation_loss = loss
        try record.write(to: sweep.runPath(sweep.trials[index]))
      }
      try stop(0, after: 1, loss: 0.2)
      try stop(1, after: 2, loss: 0.4)
      #expect(try toTrain(sweep, retries: true) == [2, 3])
      for (index, loss) in [(2, 0.3), (3, 0.5)] { try put(index, in: sweep, epochs: 2, loss: loss) }
      #expect(sweep.states().map(\.state) == [.completed, .completed, .paused, .paused])
      #expect(try sweep.compare().map(\.kept) == [[0, 2]])
      #expect(try sweep.halvingRecord().rungs.first?.losses == [0.2, 0.4, 0.3, 0.5])
      // Promoted trials resume; the one that was eliminated is complete and is not measured again.
      #expect(sweep.states().map(\.state) == [.completed, .completed, .interrupted, .eliminated])
      #expect(try toTrain(sweep, retries: true) == [2] && toMeasure(sweep, retries: true) == [3])
      try put(2, in: sweep, epochs: 4, loss: 0.25)
      #expect(try sweep.compare().map(\.kept) == [[0]])
      #expect(try toTrain(sweep, retries: true) == [])
      // With another patience the run would not have stopped there.
      var record = try RunRecord.read(from: sweep.runPath(sweep.trials[0]))
      record.configuration.patience = 2
      try record.write(to: sweep.runPath(sweep.trials[0]))
      #expect(
        sweep.state(of: sweep.trials[0]) == .changed("trained with --patience 2, and the sweep has 1"))
    }
  }

  @Test("a run that is not the trial's is changed: other options, too many epochs, other digits")
  func changed() throws {
    try withSweep { sweep in
      let path = sweep.runPath(sweep.trials[0])
      func state(_ change: (inout RunRecord) -> Void) throws -> String? {
        try put(0, in: sweep, epochs: 1, loss: 1)
        var record = try RunRecord.read(from: path)
        change(&record)
        try record.write(to: path)
        guard case .changed(let reason) = sweep.state(of: sweep.trials[0]) else { return nil }
        #expect(try sweep.compare().isEmpty && !toTrain(sweep, retries: true).contains(0))
        return reason
      }
      let cases: [((inout RunRecord) -> Void, String?)] = [
        ({ $0.configuration.learningRate = 0.5 }, "trained with --learning-rate 0.5, and the sweep has 0.001"),
        ({ $0.configuration.epochs = 20 }, nil), ({ _ in }, nil),
        (
          { ($0.configuration.epochs, $0.results.epochs) = (9, 9) },
          "trained to epoch 9, and the sweep ends at epoch 8"
        ),
        ({ $0.data.seed = 3 }, "trained with --data-seed 3, and the sweep has 0"),
        ({ $0.data.source = "/x" }, "trained on \"/x\", and the sweep has \"digits\""),
        (
          { $0.results.epochs = 2 },
          "trained to epoch 2, and its log no longer has the loss of epoch 1, where it is compared"
        ),
      ]
      for (change, reason) in cases {
        let found = try state(change)
        #expect(found == reason)
      }
    }
  }

  @Test(
    "a record that can't be of this sweep is refused",
    arguments: [
      "", "{", "[]", "{\"rungs\":[{\"epochs\":2,\"compared\":[0,1,2,3,4,5],\"kept\":[1]}]}",
      "{\"rungs\":[{\"epochs\":1,\"compared\":[0,1,2,3,4,5],\"kept\":[9]}]}",
      "{\"rungs\":[{\"epochs\":1,\"compared\":[0,1],\"kept\":[1]}]}",
      "{\"rungs\":[{\"epochs\":1,\"compared\":[0,1,2,3,4,5],\"kept\":[1]},{\"epochs\":3,\"compared\":[2],\"kept\":[]}]}",
    ])
  func damaged(text: String) throws {
    try withSweep { sweep in
      try AtomicFile.replace("\(sweep.path)/halving.json", bytes: Array(text.utf8))
      let error = #expect(throws: SweepError.self) { try sweep.remaining(retries: false) }
      #expect(error.map { "\($0)" }?.contains("halving.json") == true)
    }
  }
}
