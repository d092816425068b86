// SummaryValue+Encoding.swift
// Values under tags to messages: scalars in the short old form, everything else as tensors with metadata.

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

  /// What the first value of the tag says about it.
  var metadata: SummaryMetadata {
    var metadata = content.metadata
    if !description.isEmpty { metadata.description = description }
    if !displayName.isEmpty { metadata.displayName = displayName }
    return metadata
  }
}

extension SummaryValue.Content {
  /// The dashboard, and the form of the values.
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

  /// The value as a tensor, in the form that the dashboard wants.
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
    // The dashboard reads the metadata alone, but fails on a value without a tensor.
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
