// SummaryValue+Coding.swift
// Values to protobuf messages and back: scalars in the short old form, all others as tensors with metadata.

import CEventProto
import Protobuf

extension SummaryValue {
  func message(in arena: MessageArena, withMetadata: Bool) -> UnsafeMutablePointer<Tensorboard__Summary__Value> {
    arena.message(tensorboard__summary__value__init) { message in
      message.tag = arena.text(tag.name)
      if withMetadata { message.metadata = metadata.message(in: arena) }
      if case .scalar(let value) = content {
        message.value_case = TENSORBOARD__SUMMARY__VALUE__VALUE_SIMPLE_VALUE
        message.simple_value = value
      } else {
        message.value_case = TENSORBOARD__SUMMARY__VALUE__VALUE_TENSOR
        message.tensor = content.tensor.message(in: arena)
      }
    }
  }

  /// The metadata that the first value of the tag carries.
  var metadata: SummaryMetadata {
    var metadata = content.metadata
    if !description.isEmpty { metadata.description = description }
    if !displayName.isEmpty { metadata.displayName = displayName }
    return metadata
  }
}

extension SummaryValue.Content {
  /// The dashboard that shows such values, and their form.
  var metadata: SummaryMetadata {
    switch self {
    case .scalar: SummaryMetadata(pluginName: "scalars", dataClass: .scalar)
    case .images: SummaryMetadata(pluginName: "images", dataClass: .blobSequence)
    case .histogram: SummaryMetadata(pluginName: "histograms", dataClass: .tensor)
    case .text: SummaryMetadata(pluginName: "text", dataClass: .tensor)
    case .sessionStart(let start):
      SummaryMetadata(pluginName: "hparams", pluginContent: start.encoded(), dataClass: .tensor)
    case .sessionEnd(let end):
      SummaryMetadata(pluginName: "hparams", pluginContent: end.encoded(), dataClass: .tensor)
    case .hyperParameterTable(let table):
      SummaryMetadata(pluginName: "hparams", pluginContent: table.encoded(), dataClass: .tensor)
    case .tensor(_, let metadata): metadata
    }
  }

  /// The value as a tensor, in the form that its dashboard reads.
  var tensor: TensorValue {
    switch self {
    case .scalar(let value): TensorValue(.float([value]), shape: [])
    case .images(let images):
      // Width and height in decimal, then the files.
      TensorValue(
        .strings([Array(String(images.width).utf8), Array(String(images.height).utf8)] + images.files),
        shape: [2 + images.files.count])
    case .histogram(let histogram):
      TensorValue(
        .double(histogram.buckets.flatMap { [$0.left, $0.right, $0.count] }), shape: [histogram.buckets.count, 3])
    case .text(.markdown(let text)): TensorValue(.strings([Array(text.utf8)]), shape: [])
    case .text(.table(let rows)): TensorValue(table: rows)
    // The dashboard reads only the metadata, but fails on a value without a tensor.
    case .sessionStart, .sessionEnd, .hyperParameterTable: TensorValue(.float([]), shape: [0])
    case .tensor(let value, _): value
    }
  }
}

extension SummaryMetadata {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__SummaryMetadata> {
    arena.message(tensorboard__summary_metadata__init) { message in
      message.plugin_data = arena.message(tensorboard__summary_metadata__plugin_data__init) {
        $0.plugin_name = arena.text(pluginName)
        $0.content = arena.bytes(pluginContent)
      }
      message.display_name = arena.text(displayName)
      message.summary_description = arena.text(description)
      message.data_class = Tensorboard__DataClass(rawValue: .init(truncatingIfNeeded: dataClass.rawValue))
    }
  }
}

extension SummaryValue {
  /// The value, interpreted by its own metadata or by those of the tag's first value; nil for an unsupported kind.
  init?(_ message: Tensorboard__Summary__Value, metadata known: inout [Tag: SummaryMetadata]) throws(EventFileError) {
    let tag = Tag(unchecked: String(message.tag))
    let own = message.metadata.map { SummaryMetadata($0.pointee) }
    if let own, known[tag] == nil { known[tag] = own }
    let metadata = own ?? known[tag]
    let described = metadata ?? SummaryMetadata(pluginName: "", dataClass: .unknown)
    guard let content = try Content(message, described) else { return nil }
    self.init(
      tag, content,
      description: metadata?.description ?? "", displayName: metadata?.displayName ?? "")
    // A tensor keeps its metadata, which contain both texts.
    if case .tensor = content { (description, displayName) = ("", "") }
  }
}

extension SummaryValue.Content {
  fileprivate init?(_ message: Tensorboard__Summary__Value, _ metadata: SummaryMetadata) throws(EventFileError) {
    switch message.value_case {
    case TENSORBOARD__SUMMARY__VALUE__VALUE_SIMPLE_VALUE: self = .scalar(message.simple_value)
    case TENSORBOARD__SUMMARY__VALUE__VALUE_IMAGE:
      let image = message.image.pointee
      self = .images(
        EncodedImages(width: Int(image.width), height: Int(image.height), files: [[UInt8](image.encoded_image_string)]))
    case TENSORBOARD__SUMMARY__VALUE__VALUE_HISTO: self = .histogram(try Histogram(oldStyle: message.histo.pointee))
    case TENSORBOARD__SUMMARY__VALUE__VALUE_TENSOR:
      self = .init(try TensorValue(message.tensor.pointee), metadata)
    default:
      // Hyperparameters are in the metadata alone; some writers omit the empty tensor.
      guard metadata.pluginName == "hparams",
        let seen = HParamsContent(decoding: metadata.pluginContent)?.content
      else { return nil }
      self = seen
    }
  }

  /// The value that the dashboard reads from a tensor; the tensor itself if the dashboard cannot read it.
  private init(_ tensor: TensorValue, _ metadata: SummaryMetadata) {
    let seen: Self? =
      switch (metadata.pluginName, tensor.elements) {
      case ("scalars", .float(let values)) where tensor.shape.isEmpty: .scalar(values[0])
      case ("images", .strings(let strings)): EncodedImages(strings, shape: tensor.shape).map { .images($0) }
      case ("histograms", .double(let edges)): Histogram(edges, shape: tensor.shape).map { .histogram($0) }
      case ("histograms", .float(let edges)):
        Histogram(edges.map { Double($0) }, shape: tensor.shape).map { .histogram($0) }
      case ("text", .strings(let strings)): TextContent(strings, shape: tensor.shape).map { .text($0) }
      case ("hparams", _): HParamsContent(decoding: metadata.pluginContent)?.content
      default: nil
      }
    self = seen ?? .tensor(tensor, metadata)
  }
}

extension SummaryMetadata {
  fileprivate init(_ message: Tensorboard__SummaryMetadata) {
    let plugin = message.plugin_data?.pointee
    self.init(
      pluginName: plugin.map { String($0.plugin_name) } ?? "", pluginContent: plugin.map { [UInt8]($0.content) } ?? [],
      dataClass: DataClass(rawValue: Int32(truncatingIfNeeded: message.data_class.rawValue)) ?? .unknown,
      displayName: String(message.display_name), description: String(message.summary_description))
  }
}

extension EncodedImages {
  /// Width and height in decimal, then the files.
  fileprivate init?(_ strings: [[UInt8]], shape: [Int]) {
    guard shape.count == 1, strings.count >= 2 else { return nil }
    guard let width = Int(String(decoding: strings[0], as: UTF8.self)), width >= 0 else { return nil }
    guard let height = Int(String(decoding: strings[1], as: UTF8.self)), height >= 0 else { return nil }
    self.init(width: width, height: height, files: Array(strings[2...]))
  }
}

extension Histogram {
  /// Rows of left edge, right edge, count.
  fileprivate init?(_ numbers: [Double], shape: [Int]) {
    guard shape.count == 2, shape[1] == 3 else { return nil }
    self.init(
      buckets: stride(from: 0, to: numbers.count, by: 3).map {
        Bucket(left: numbers[$0], right: numbers[$0 + 1], count: numbers[$0 + 2])
      })
  }

  /// Converts the old form, which has only right edges; the outermost edges are the smallest and the largest number.
  fileprivate init(oldStyle message: Tensorboard__HistogramProto) throws(EventFileError) {
    guard message.n_bucket == message.n_bucket_limit else {
      throw .malformedEvent(reason: "a histogram has \(message.n_bucket) counts and \(message.n_bucket_limit) limits")
    }
    let counts = Array(UnsafeBufferPointer(start: message.bucket, count: message.n_bucket))
    let limits = Array(UnsafeBufferPointer(start: message.bucket_limit, count: message.n_bucket_limit))
    self.init(
      buckets: counts.indices.map {
        Bucket(
          left: $0 == 0 ? message.min : limits[$0 - 1], right: $0 == counts.count - 1 ? message.max : limits[$0],
          count: counts[$0])
      })
  }
}

extension TextContent {
  fileprivate init?(_ strings: [[UInt8]], shape: [Int]) {
    let texts = strings.map { String(decoding: $0, as: UTF8.self) }
    switch shape.count {
    case 0: self = .markdown(texts[0])
    case 1: self = .table(texts.map { [$0] })
    case 2 where shape[1] > 0:
      self = .table(
        (0..<shape[0]).map { Array(texts[$0 * shape[1]..<($0 + 1) * shape[1]]) })
    default: return nil
    }
  }
}
