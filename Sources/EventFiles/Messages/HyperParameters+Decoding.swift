// HyperParameters+Decoding.swift
// The bytes that the hparams plugin keeps in its metadata to the start or the end of a session.

import CEventProto

/// The start or the end of a session, or nil where the bytes are neither.
struct HParamsContent {
  let content: SummaryValue.Content

  init?(decoding bytes: [UInt8]) {
    let decoded: SummaryValue.Content?? = bytes.withUnsafeBufferPointer { bytes in
      try? withUnpacked(
        "hparams", bytes, unpack: tensorboard__hparams__hparams_plugin_data__unpack,
        free: tensorboard__hparams__hparams_plugin_data__free_unpacked
      ) { (message) throws(EventFileError) in
        switch message.data_case {
        case TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_SESSION_START_INFO:
          return .sessionStart(try SessionStart(message.session_start_info.pointee))
        case TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_SESSION_END_INFO:
          return .sessionEnd(try SessionEnd(message.session_end_info.pointee))
        case TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_EXPERIMENT:
          return .hyperParameterTable(try HyperParameterTable(message.experiment.pointee))
        default: return nil
        }
      }
    }
    guard let content = decoded ?? nil else { return nil }
    self.content = content
  }
}

extension SessionStart {
  fileprivate init(_ message: Tensorboard__Hparams__SessionStartInfo) throws(EventFileError) {
    self.init(
      messages(message.hparams, message.n_hparams).compactMap { entry in
        entry.value.flatMap { HyperParameter.Value($0.pointee) }.map { HyperParameter(String(entry.key), $0) }
      },
      group: String(message.group_name), time: try WallTime(seconds: message.start_time_secs))
  }
}

extension HyperParameterTable {
  fileprivate init(_ message: Tensorboard__Hparams__Experiment) throws(EventFileError) {
    var metrics: [Metric] = []
    for info in messages(message.metric_infos, message.n_metric_infos) {
      guard let name = info.name?.pointee else { continue }
      metrics.append(
        Metric(try Tag(String(name.tag)), run: String(name.group), title: String(info.display_name)))
    }
    self.init(
      hyperParameters: messages(message.hparam_infos, message.n_hparam_infos).map { info in
        Column(
          String(info.name), Column.Kind(rawValue: Int32(truncatingIfNeeded: info.type.rawValue)) ?? .text,
          differs: info.differs != 0)
      },
      metrics: metrics)
  }
}

extension SessionEnd {
  fileprivate init(_ message: Tensorboard__Hparams__SessionEndInfo) throws(EventFileError) {
    self.init(
      Status(rawValue: Int32(truncatingIfNeeded: message.status.rawValue)) ?? .unknown,
      time: try WallTime(seconds: message.end_time_secs))
  }
}

extension HyperParameter.Value {
  fileprivate init?(_ message: Tensorboard__Hparams__HParamValue) {
    switch message.kind_case {
    case TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_NUMBER_VALUE: self = .number(message.number_value)
    case TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_STRING_VALUE: self = .text(String(message.string_value))
    case TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_BOOL_VALUE: self = .flag(message.bool_value != 0)
    default: return nil
    }
  }
}
