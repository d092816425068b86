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
    guard let kind = HParamsContent.Kind(ofContent: content), WireSchema.hparams.accepts(content) else {
      return add(.badHParams, number, spot) {
        FindingText(
          "the metadata's content is no start, no end and no table of hyperparameters",
          both: "the HParams tab may answer with an error for the whole log directory")
      }
    }
    // The first metadata of a tag count.
    if series[number].values == 1 { hparams.take(kind, content, tag: series[number].tag, spot) }
    if kind == .start, place.name == "." {
      add(.hparamsOfRoot, number, spot) {
        FindingText(
          "the log directory itself has hyperparameters", both: "it shows them, with one more group of metrics")
      }
    }
  }
}

/// What a run says about the HParams dashboard.
struct HParamsFacts {
  /// Columns that are fixed for all runs, and where they stand.
  struct Table {
    let file: String
    let offset: Int
    let tag: String
    let names: Set<String>
    let metrics: Set<String>
  }

  private(set) var isSession = false
  /// The hyperparameters' names.
  private(set) var names: Set<String> = []
  private(set) var tables: [Table] = []

  /// Takes metadata's content, which is sound.
  mutating func take(_ kind: HParamsContent.Kind, _ content: [UInt8], tag: String, _ spot: RunVerifier.Spot) {
    content.withUnsafeBytes { bytes in
      switch kind {
      case .start:
        isSession = true
        for start in Self.messages(3, in: bytes) {
          for entry in Self.messages(1, in: start) { names.formUnion(Self.messages(1, in: entry).compactMap(\.text)) }
        }
      case .table:
        var (columns, metrics): (Set<String>, Set<String>) = ([], [])
        for table in Self.messages(2, in: bytes) {
          for column in Self.messages(4, in: table) {
            columns.formUnion(Self.messages(1, in: column).compactMap(\.text))
          }
          for metric in Self.messages(5, in: table) {
            for name in Self.messages(1, in: metric) {
              metrics.formUnion(Self.messages(2, in: name).compactMap(\.text))
            }
          }
        }
        tables.append(Table(file: spot.file, offset: spot.offset, tag: tag, names: columns, metrics: metrics))
      case .end: break
      }
    }
  }

  /// The bytes of each field of a number.
  private static func messages(_ number: UInt32, in message: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var (reader, found) = (WireReader(message), [UnsafeRawBufferPointer]())
    while let field = reader.next() { if field.number == number, field.kind == .bytes { found.append(field.bytes) } }
    return found
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
        // A version that TensorBoard does not know.
        case (1, .varint) where field.bits != 0: return nil
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
