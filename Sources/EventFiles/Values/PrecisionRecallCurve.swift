// PrecisionRecallCurve.swift
// Precision and recall of a binary classifier at rising thresholds, for the PR Curves dashboard.

import CEventProto
import Protobuf

/// Counts of a binary classifier's outcomes at thresholds that rise evenly from 0 to 1.
public struct PrecisionRecallCurve: Equatable, Sendable {
  /// The outcomes at one threshold: scores at or above it are classified as positive.
  public struct Point: Equatable, Sendable {
    /// Positives classified as positive.
    public var truePositives: Float
    /// Negatives classified as positive.
    public var falsePositives: Float
    /// Negatives classified as negative.
    public var trueNegatives: Float
    /// Positives classified as negative.
    public var falseNegatives: Float

    /// The outcomes at one threshold.
    public init(truePositives: Float, falsePositives: Float, trueNegatives: Float, falseNegatives: Float) {
      self.truePositives = truePositives
      self.falsePositives = falsePositives
      self.trueNegatives = trueNegatives
      self.falseNegatives = falseNegatives
    }

    /// The fraction of positives among those classified as positive; 0 if there are none.
    public var precision: Float { ratio(truePositives, truePositives + falsePositives) }
    /// The fraction of positives that are classified as positive; 0 if there are none.
    public var recall: Float { ratio(truePositives, truePositives + falseNegatives) }

    private func ratio(_ part: Float, _ whole: Float) -> Float { whole > 0 ? part / whole : 0 }
  }

  /// The outcomes at each threshold, in rising order.
  public let points: [Point]

  /// A curve from counts made elsewhere.
  /// - Throws: `EventFileError.badValue` for fewer than two points.
  public init(points: [Point]) throws(EventFileError) {
    guard points.count >= 2 else {
      throw .badValue(kind: "precision-recall curve", reason: "\(points.count) thresholds; at least two are needed")
    }
    self.points = points
  }

  /// The curve of scores between 0 and 1.
  /// - Parameters:
  ///   - scores: 0 … 1, one for each label.
  ///   - labels: true for positive.
  ///   - thresholds: number of thresholds; the first is 0, the last 1.
  /// - Throws: `EventFileError.badValue` if a score is outside of 0 … 1 or NaN, the numbers of scores and labels differ, or there
  ///   are fewer than two thresholds.
  /// - Complexity: O(scores + thresholds).
  public init(scores: [Float], labels: [Bool], thresholds: Int = 201) throws(EventFileError) {
    let kind = "precision-recall curve"
    guard scores.count == labels.count else {
      throw .badValue(kind: kind, reason: "\(scores.count) scores and \(labels.count) labels")
    }
    guard thresholds >= 2 else {
      throw .badValue(kind: kind, reason: "\(thresholds) thresholds; at least two are needed")
    }
    // For each threshold, the number of scores that reach it but not the next one.
    var positives = [Int](repeating: 0, count: thresholds)
    var negatives = positives
    for (index, score) in scores.enumerated() {
      guard score >= 0, score <= 1 else {
        throw .badValue(kind: kind, reason: "score \(index) is \(score); scores are 0 … 1")
      }
      let last = Int((Double(score) * Double(thresholds - 1)).rounded(.down))
      if labels[index] { positives[last] += 1 } else { negatives[last] += 1 }
    }
    let (allPositives, allNegatives) = (positives.reduce(0, +), negatives.reduce(0, +))
    var points: [Point] = []
    var (missed, spared) = (0, 0)
    for threshold in 0..<thresholds {
      points.append(
        Point(
          truePositives: Float(allPositives - missed), falsePositives: Float(allNegatives - spared),
          trueNegatives: Float(spared), falseNegatives: Float(missed)))
      missed += positives[threshold]
      spared += negatives[threshold]
    }
    self.points = points
  }

  /// [6, thresholds]: true positives, false positives, true negatives, false negatives, precision, recall.
  var tensor: TensorValue {
    let rows: [(Point) -> Float] = [
      { $0.truePositives }, { $0.falsePositives }, { $0.trueNegatives }, { $0.falseNegatives }, { $0.precision },
      { $0.recall },
    ]
    return TensorValue(.float(rows.flatMap { row in points.map(row) }), shape: [rows.count, points.count])
  }
}

extension PrecisionRecallCurve {
  /// The dashboard, and the number of thresholds.
  var metadata: SummaryMetadata {
    let arena = MessageArena()
    let content = arena.packed(
      arena.message(tensorboard__pr_curve_plugin_data__init) { $0.num_thresholds = UInt32(points.count) },
      size: tensorboard__pr_curve_plugin_data__get_packed_size, pack: tensorboard__pr_curve_plugin_data__pack)
    return SummaryMetadata(pluginName: "pr_curves", pluginContent: content, dataClass: .tensor)
  }
}
