// HyperParameters+Coding.swift
// Hyperparameters and outcomes to the bytes that the hparams plugin keeps in its metadata, and back.

import CEventProto
import Protobuf

extension SessionStart {
  /// Returns a packed HParamsPluginData.
  func encoded() -> [UInt8] {
    HParamsPlugin.encoded { arena, message in
      message.data_case = TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_SESSION_START_INFO
      message.session_start_info = arena.message(tensorboard__hparams__session_start_info__init) {
        $0.n_hparams = hyperParameters.count
        $0.hparams = arena.list(hyperParameters.map { $0.message(in: arena) })
        $0.group_name = arena.text(group)
        $0.start_time_secs = time.seconds
      }
    }
  }
}

extension SessionEnd {
  /// Returns a packed HParamsPluginData.
  func encoded() -> [UInt8] {
    HParamsPlugin.encoded { arena, message in
      message.data_case = TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_SESSION_END_INFO
      message.session_end_info = arena.message(tensorboard__hparams__session_end_info__init) {
        $0.status = Tensorboard__Hparams__Status(rawValue: .init(truncatingIfNeeded: status.rawValue))
        $0.end_time_secs = time.seconds
      }
    }
  }
}

extension HyperParameterTable {
  /// Returns a packed HParamsPluginData.
  func encoded() -> [UInt8] {
    HParamsPlugin.encoded { arena, message in
      message.data_case = TENSORBOARD__HPARAMS__HPARAMS_PLUGIN_DATA__DATA_EXPERIMENT
      message.experiment = arena.message(tensorboard__hparams__experiment__init) {
        $0.n_hparam_infos = hyperParameters.count
        $0.hparam_infos = arena.list(hyperParameters.map { $0.message(in: arena) })
        $0.n_metric_infos = metrics.count
        $0.metric_infos = arena.list(metrics.map { $0.message(in: arena) })
      }
    }
  }
}

extension HyperParameterTable.Column {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__Hparams__HParamInfo> {
    arena.message(tensorboard__hparams__hparam_info__init) {
      $0.name = arena.text(name)
      $0.type = Tensorboard__Hparams__DataType(rawValue: .init(truncatingIfNeeded: kind.rawValue))
      $0.differs = differs ? 1 : 0
    }
  }
}

extension HyperParameterTable.Metric {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__Hparams__MetricInfo> {
    arena.message(tensorboard__hparams__metric_info__init) {
      $0.name = arena.message(tensorboard__hparams__metric_name__init) {
        $0.group = arena.text(run)
        $0.tag = arena.text(tag.name)
      }
      $0.display_name = arena.text(title)
    }
  }
}

extension HyperParameter {
  fileprivate func message(in arena: MessageArena)
    -> UnsafeMutablePointer<Tensorboard__Hparams__SessionStartInfo__HParamsEntry>
  {
    arena.message(tensorboard__hparams__session_start_info__hparams_entry__init) { entry in
      entry.key = arena.text(name)
      entry.value = arena.message(tensorboard__hparams__hparam_value__init) { message in
        switch value {
        case .number(let number) where number.isFinite:
          message.kind_case = TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_NUMBER_VALUE
          message.number_value = number
        case .number(let number):
          message.kind_case = TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_STRING_VALUE
          message.string_value = arena.text("\(number)")
        case .flag(let flag):
          message.kind_case = TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_BOOL_VALUE
          message.bool_value = flag ? 1 : 0
        case .text(let text):
          message.kind_case = TENSORBOARD__HPARAMS__HPARAM_VALUE__KIND_STRING_VALUE
          message.string_value = arena.text(text)
        }
      }
    }
  }
}

private enum HParamsPlugin {
  static func encoded(_ fill: (MessageArena, inout Tensorboard__Hparams__HParamsPluginData) -> Void) -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(tensorboard__hparams__hparams_plugin_data__init) { fill(arena, &$0) }
    return arena.packed(
      message, size: tensorboard__hparams__hparams_plugin_data__get_packed_size,
      pack: tensorboard__hparams__hparams_plugin_data__pack)
  }
}

/// Hyperparameters, an outcome or a table of columns, decoded from the bytes in the metadata.
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
