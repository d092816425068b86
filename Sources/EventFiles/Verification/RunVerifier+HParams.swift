// RunVerifier+HParams.swift
// What is found about hyperparameters.

extension RunVerifier {
  mutating func checkHParams(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    if value.fields.form == .none, value.metadata?.dataClass ?? .unknown != .unknown {
      add(.hparamsWithoutTensor, number, spot) {
        FindingText(
          "the metadata name a data class, and there is no tensor",
          python: "the HParams tab answers with an error for the whole log directory", rust: "it makes up the tensor")
      }
    }
    guard let content = value.metadata?.pluginContent else { return }
    guard let kind = HParamsContent.Kind(ofContent: content) else {
      return add(.badHParams, number, spot) {
        FindingText(
          "the metadata's content is no start, no end and no table of hyperparameters",
          both: "the HParams tab may answer with an error for the whole log directory")
      }
    }
    if kind == .table {
      add(.fixedColumns, number, spot) {
        FindingText(
          "the columns of the HParams tab are fixed here", both: "it shows these columns, and no others, for all runs")
      }
    }
    if kind == .start, place.name == "." {
      add(.hparamsOfRoot, number, spot) {
        FindingText(
          "the log directory itself has hyperparameters", both: "it shows them, with one more group of metrics")
      }
    }
  }
}

extension HParamsContent {
  /// What the hparams dashboard finds in metadata.
  enum Kind { case table, start, end }
}

extension HParamsContent.Kind {
  /// The kind of a metadata's content, or nil where it is none.
  init?(ofContent bytes: [UInt8]) {
    let found: Self? = bytes.withUnsafeBytes { bytes in
      var reader = WireReader(bytes)
      var kind: Self?
      while let field = reader.next() {
        switch (field.number, field.kind) {
        case (2, .bytes): kind = .table
        case (3, .bytes): kind = .start
        case (4, .bytes): kind = .end
        default: break
        }
      }
      return reader.isSound ? kind : nil
    }
    guard let found else { return nil }
    self = found
  }
}
