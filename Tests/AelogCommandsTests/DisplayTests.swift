// DisplayTests.swift
// Tests of the output during training.

import Foundation
import Parallel
import PointMatrices
import Tensors
import Testing

@testable import AelogCommands
@testable import Embeddings
@testable import Networks
@testable import ProjectorExport
@testable import Sessions
@testable import Training

@Suite struct DisplayTests {
  private let start = TrainingStart(
    modelName: "tiny",
    layers: [
      Layer(
        name: "input", operation: .input, outputShape: [2, 2, 1], parameters: [], weights: 0, activation: .linear,
        multiplyAdds: 0),
      Layer(
        name: "encoder/dense0", operation: .dense, outputShape: [3], parameters: [], weights: 1234, activation: .relu,
        multiplyAdds: 0),
    ],
    data: "tiny, 2×2×1", kernels: "avx2", threads: 2, runPath: "runs/a b", epochs: 2, totalSteps: 4)

  private func progress() -> [TrainingProgress] {
    func step(_ number: Int) -> TrainingProgress {
      .step(
        StepReport(
          step: number, epoch: (number + 1) / 2, reconstructionLoss: 0.5, divergence: nil, totalLoss: 0.6,
          learningRate: 0.1, gradientNorm: 1), imagesPerSecond: 3412)
    }
    func epoch(_ number: Int) -> TrainingProgress {
      .epoch(
        EpochReport(
          epoch: number, step: number * 2, trainingLoss: number == 0 ? nil : 0.25,
          validation: Evaluation(reconstructionLoss: 0.125, rmse: 0.0625)),
        imagesPerSecond: number == 0 ? nil : 3412, seconds: 61)
    }
    return [epoch(0), step(1), step(2), epoch(1), step(3), step(4), epoch(2), .finishing("writing")]
  }

  private func outcome(interrupted: Bool = false, warnings: [String] = []) -> TrainingOutcome {
    TrainingOutcome(
      test: interrupted ? nil : Evaluation(reconstructionLoss: 0.11, rmse: 0.12), lastEpoch: nil, steps: 4,
      seconds: 125,
      imagesPerSecond: 3400, runPath: "runs/a b", checkpointPath: nil, wasInterrupted: interrupted,
      warnings: warnings)
  }

  private func shown(on display: any TrainingDisplay, interrupted: Bool = false) {
    display.begin(start)
    for progress in progress() { display.show(progress) }
    if interrupted { display.stopping() }
    display.end(outcome(interrupted: interrupted))
  }

  @Test("the quality of the latent code, and the classes that it confuses") func code() throws {
    var outcome = outcome()
    let votes = NeighborVotes(confusion: [[970, 30], [0, 1200]])
    outcome.confusion = ClassConfusion(votes, classNames: ["sneaker", "boot\u{1B}"])
    let output = TextStream()
    let display = TextDisplay(output: output, logdir: "runs", clock: { 0 })
    display.begin(start)
    display.end(outcome)
    let lines = output.captured.split(separator: "\n").map(String.init)
    let title = try #require(lines.firstIndex { $0.hasPrefix("  taken for") })
    #expect(lines[title].contains("sneaker") && !output.captured.contains("\u{1B}"))
    #expect(lines[title + 2].split(separator: " ") == ["sneaker", "970", "30"])
    #expect(lines[title + 3].split(separator: " ").suffix(2) == ["·", "1,200"])
    let many = (0..<20).map { row in (0..<20).map { $0 == row ? 9 : row == 3 && $0 == 5 ? 4 : 0 } }
    let pairs = ConfusionText.lines(
      of: ClassConfusion(NeighborVotes(confusion: many), classNames: []), style: TextStream().style)
    #expect(pairs == ["  mixed up  3 and 5: 4"])
  }

  @Test("a code whose measures would mean nothing is told in words") func equalCodes() throws {
    func shown(_ codes: [Float], _ labels: [Int]) throws -> (text: String, json: [String: Any]) {
      var outcome = outcome()
      outcome.testQuality = LatentQuality(
        codes: PointMatrix(count: codes.count, dimensions: 1, values: codes), labels: labels,
        pool: WorkerPool(threads: 1)
      ) { _ in 0.75 }
      let (text, json) = (TextStream(), TextStream())
      TextDisplay(output: text, logdir: "runs", clock: { 0 }).end(outcome)
      JSONDisplay(output: json).end(outcome)
      let line = try #require(text.captured.split(separator: "\n").first { $0.hasPrefix("  code ") })
      let object = try JSONSerialization.jsonObject(with: Foundation.Data(json.captured.utf8))
      return (String(line), try #require(object as? [String: Any]))
    }
    let labels = (0..<1200).map { $0 % 2 }
    let equal = try shown([Float](repeating: 7, count: 1200), labels)
    #expect(equal.text == "  code      all 1,200 codes are equal, so there is nothing to measure")
    #expect(equal.json["trustworthiness"] is NSNull && equal.json["silhouette"] is NSNull)
    #expect(equal.json["distinct_codes"] as? Int == 1 && equal.json["tied_codes"] as? Int == 1200)
    let two = try shown(labels.map { Float($0) }, labels)
    #expect(
      two.text
        == "  code      silhouette 1.0000; only 2 of 1,200 codes are distinct, too few to tell neighbors apart")
    #expect(two.json["neighbour_accuracy"] is NSNull && two.json["silhouette"] as? Double == 1)
    let alone = (0..<1000).map { 1000 + Float($0 * $0) + 0.375 * Float($0) }
    let some = try shown(alone + labels.prefix(200).map { Float($0) }, labels)
    #expect(some.text.hasSuffix("; 1,002 of 1,200 codes are distinct, 200 have ties for the last neighbor"))
    #expect(some.text.contains(" nearest codes; trust 0.7500, silhouette "))
  }

  @Test("dead code units are told with advice and for programs, but not beside the text of equal codes")
  func deadUnits() throws {
    func shown(_ unit: (Int) -> [Float]) throws -> (text: String, json: String) {
      var outcome = outcome()
      let rows = (0..<40).map(unit)
      outcome.testQuality = LatentQuality(
        codes: PointMatrix(count: 40, dimensions: rows[0].count, values: rows.flatMap(\.self)),
        labels: (0..<40).map { $0 % 2 }, pool: WorkerPool(threads: 1)
      ) { _ in 0.75 }
      let (text, json) = (TextStream(), TextStream())
      TextDisplay(output: text, logdir: "runs", clock: { 0 }).end(outcome)
      JSONDisplay(output: json).end(outcome)
      return (text.captured, json.captured)
    }
    let advice = "; try --code-activation linear, another --seed, or a larger code\n"
    let two = try shown { [0, Float($0), 0] }
    #expect(two.text.contains("\n  note      2 of 3 code units are always 0" + advice), "\(two.text)")
    #expect(two.json.contains("\"dead_units\":2,"), "\(two.json)")
    #expect(try shown { [Float($0), 0] }.text.contains("note      1 of 2 code units is always 0" + advice))
    #expect(
      try shown { [0.5, Float($0), 0] }.text.contains("note      2 of 3 code units have the same value for all images;")
    )
    let none = try shown { [Float($0), Float(-$0)] }
    #expect(!none.text.contains("note ") && none.json.contains("\"dead_units\":0,"))
    let equal = try shown { _ in [0, 7] }
    #expect(equal.text.contains("all 40 codes are equal") && !equal.text.contains("note "))
    #expect(equal.json.contains("\"dead_units\":2,"))
  }

  @Test("plain lines where the output is no terminal")
  func plain() throws {
    let output = TextStream()
    shown(on: TextDisplay(output: output, logdir: "my runs", clock: { 0 }))
    #expect(
      output.captured
        == """

          layer            output   weights
          ─────────────────────────────────
          input             2×2×1
          encoder/dense0        3     1,234
          ─────────────────────────────────
          total                       1,234

          images    tiny, 2×2×1
          kernels   avx2, 2 threads
          run       'runs/a b'

          epoch   train  validation    RMSE   images/s         time
          ─────────────────────────────────────────────────────────
            0/2       –      0.1250  0.0625          –   1 min 01 s
            1/2  0.2500      0.1250  0.0625      3,412   1 min 01 s
            2/2  0.2500      0.1250  0.0625      3,412   1 min 01 s

          test      loss 0.1100, RMSE 0.1200
          time      2 min 05 s, 3,400 images/s in training

          Look at it with
            tensorboard --logdir 'my runs'
            http://localhost:6006/#timeseries


        """)
  }

  @Test("a terminal's last line moves, and nothing of it stays")
  func terminal() {
    let output = TextStream(isTerminal: true)
    let clock = ScriptedClock()
    let display = TextDisplay(
      output: output, logdir: "runs",
      clock: {
        clock.now += 1
        return clock.now
      })
    shown(on: display)
    #expect(output.captured.contains("\r\u{1B}[K  epoch 1/2  ━━━━"))
    #expect(output.captured.contains("\r\u{1B}[K  epoch 2/2  ━━━━"))
    #expect(output.captured.contains("3,412 images/s"))
    #expect(output.captured.contains("\r\u{1B}[K  writing …\r"))
    // The text that a terminal shows in the end: a line drawn in place is the text after its last erasure.
    let plain = TextStream()
    shown(on: TextDisplay(output: plain, logdir: "runs", clock: { 0 }))
    let left = output.captured.components(separatedBy: "\n").map { line in
      (line.components(separatedBy: "\u{1B}[K").last ?? "").replacingOccurrences(of: "\r", with: "")
    }
    #expect(left.joined(separator: "\n") == plain.captured)
  }

  @Test("where the terminal becomes narrower, the table of epochs begins again in the columns that fit") func resized()
  {
    let output = TextStream(isTerminal: true, columns: 100)
    let display = TextDisplay(output: output, logdir: "runs", clock: { 0 })
    display.begin(start)
    let epochs = progress().filter { if case .epoch = $0 { true } else { false } }
    display.show(epochs[0])
    output.resize(columns: 90)
    display.show(epochs[1])
    #expect(output.captured.components(separatedBy: "validation loss").count == 2)
    output.resize(columns: 40)
    display.show(epochs[2])
    let last = output.captured.components(separatedBy: "\n").suffix(4)
    #expect(last.allSatisfy { $0.unicodeScalars.count <= 40 }, "\(last)")
    #expect(last.first?.contains("epoch") == true && last.first?.contains("validation") == true)
    #expect(last.dropLast().last?.contains("0.1250") == true)
  }

  @Test("a run that breaks off leaves no half line")
  func failing() {
    let output = TextStream(isTerminal: true)
    let display = TextDisplay(output: output, logdir: "runs", clock: { 0 })
    display.begin(start)
    for progress in progress().prefix(2) { display.show(progress) }
    display.fail()
    #expect(output.captured.hasSuffix("\r\u{1B}[K"))
    let before = output.captured
    display.fail()
    #expect(output.captured == before)
  }

  @Test("a log directory that looks like an option is made a path")
  func hyphen() {
    let output = TextStream()
    shown(on: TextDisplay(output: output, logdir: "-runs", clock: { 0 }))
    #expect(output.captured.contains("    tensorboard --logdir ./-runs\n"))
  }

  @Test("JSON: a line at the start, an epoch, and the end")
  func json() throws {
    let output = TextStream()
    shown(on: JSONDisplay(output: output))
    let lines = try output.captured.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Foundation.Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.map { $0["event"] as? String } == ["start", "epoch", "epoch", "epoch", "end"])
    #expect(lines[0]["weights"] as? Int == 1234 && lines[0]["run"] as? String == "runs/a b")
    #expect(lines[1]["train_loss"] is NSNull && lines[1]["images_per_second"] is NSNull)
    #expect(lines[2]["train_loss"] as? Double == 0.25 && lines[2]["epoch"] as? Int == 1)
    #expect(lines[2]["validation_rmse"] as? Double == 0.0625)
    #expect(lines[4]["test_loss"] as? Double == 0.11 && lines[4]["interrupted"] as? Bool == false)
  }

  @Test("an interrupted run has no test results")
  func interrupted() {
    let (text, json) = (TextStream(), TextStream())
    shown(on: TextDisplay(output: text, logdir: "runs", clock: { 0 }), interrupted: true)
    shown(on: JSONDisplay(output: json), interrupted: true)
    #expect(!text.captured.contains("  test "))
    #expect(json.captured.contains(#""interrupted":true,"test_loss":null"#))
  }
}
