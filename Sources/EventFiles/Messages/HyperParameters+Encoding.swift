// HyperParameters+Encoding.swift
// The start and the end of a session to the bytes that the hparams plugin keeps in its metadata.

import CEventProto
import Protobuf

extension SessionStart {
  /// A packed HParamsPluginData.
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
  /// A packed HParamsPluginData.
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
  /// A packed HParamsPluginData.
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
