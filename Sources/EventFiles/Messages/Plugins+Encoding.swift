// Plugins+Encoding.swift
// What dashboards of their own want to know to bytes: audio, precision-recall curves, meshes, layouts of scalars.

import CEventProto
import Protobuf

extension EncodedAudio {
  /// The dashboard, and that the files are WAV.
  static var metadata: SummaryMetadata {
    let arena = MessageArena()
    let content = arena.packed(
      arena.message(tensorboard__audio_plugin_data__init) {
        $0.encoding = TENSORBOARD__AUDIO_PLUGIN_DATA__ENCODING__WAV
      },
      size: tensorboard__audio_plugin_data__get_packed_size, pack: tensorboard__audio_plugin_data__pack)
    return SummaryMetadata(pluginName: "audio", pluginContent: content, dataClass: .blobSequence)
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

extension Mesh {
  /// A tag's suffix, its tensor of rank 3, and what it holds.
  private struct Part {
    let suffix: String
    let type: Tensorboard__MeshPluginData__ContentType
    let tensor: TensorValue
  }

  private var parts: [Part] {
    func flat<Scalar>(_ rows: [SIMD3<Scalar>]) -> [Scalar] { rows.flatMap { [$0.x, $0.y, $0.z] } }
    var parts = [
      Part(
        suffix: "_VERTEX", type: TENSORBOARD__MESH_PLUGIN_DATA__CONTENT_TYPE__VERTEX,
        tensor: TensorValue(.float(flat(vertices)), shape: [1, vertices.count, 3]))
    ]
    if !faces.isEmpty {
      parts.append(
        Part(
          suffix: "_FACE", type: TENSORBOARD__MESH_PLUGIN_DATA__CONTENT_TYPE__FACE,
          tensor: TensorValue(.int32(flat(faces)), shape: [1, faces.count, 3])))
    }
    if !colors.isEmpty {
      parts.append(
        Part(
          suffix: "_COLOR", type: TENSORBOARD__MESH_PLUGIN_DATA__CONTENT_TYPE__COLOR,
          tensor: TensorValue(.uint8(flat(colors)), shape: [1, colors.count, 3])))
    }
    return parts
  }

  /// A value for each part under a tag of its own: NAME_VERTEX, NAME_FACE, NAME_COLOR.
  func values(named name: Tag, description: String, displayName: String) -> [SummaryValue] {
    let parts = parts
    let components = parts.reduce(0) { $0 | 1 << $1.type.rawValue }
    return parts.map { part in
      let arena = MessageArena()
      let content = arena.packed(
        arena.message(tensorboard__mesh_plugin_data__init) {
          $0.name = arena.text(name.name)
          $0.content_type = part.type
          $0.json_config = arena.text(configuration)
          $0.n_shape = part.tensor.shape.count
          $0.shape = arena.list(part.tensor.shape.map { Int32(clamping: $0) })
          $0.components = UInt32(components)
        }, size: tensorboard__mesh_plugin_data__get_packed_size, pack: tensorboard__mesh_plugin_data__pack)
      return SummaryValue(
        Tag(unchecked: name.name + part.suffix),
        .tensor(part.tensor, SummaryMetadata(pluginName: "mesh", pluginContent: content, dataClass: .tensor)),
        description: description, displayName: displayName)
    }
  }
}

extension ScalarLayout {
  /// A packed Layout.
  func encoded() -> [UInt8] {
    let arena = MessageArena()
    let message = arena.message(tensorboard__layout__init) {
      $0.n_category = categories.count
      $0.category = arena.list(
        categories.map { category in
          arena.message(tensorboard__category__init) {
            $0.title = arena.text(category.title)
            $0.n_chart = category.charts.count
            $0.chart = arena.list(category.charts.map { $0.message(in: arena) })
            $0.closed = category.isClosed ? 1 : 0
          }
        })
    }
    return arena.packed(message, size: tensorboard__layout__get_packed_size, pack: tensorboard__layout__pack)
  }
}

extension ScalarLayout.Chart {
  fileprivate func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__Chart> {
    arena.message(tensorboard__chart__init) { message in
      message.title = arena.text(title)
      switch content {
      case .lines(let expressions):
        message.content_case = TENSORBOARD__CHART__CONTENT_MULTILINE
        message.multiline = arena.message(tensorboard__multiline_chart_content__init) {
          $0.n_tag = expressions.count
          $0.tag = arena.list(expressions.map { arena.text($0) })
        }
      case .margins(let margins):
        message.content_case = TENSORBOARD__CHART__CONTENT_MARGIN
        message.margin = arena.message(tensorboard__margin_chart_content__init) {
          $0.n_series = margins.count
          $0.series = arena.list(
            margins.map { margin in
              arena.message(tensorboard__margin_chart_content__series__init) {
                $0.value = arena.text(margin.value.name)
                $0.lower = arena.text(margin.lower.name)
                $0.upper = arena.text(margin.upper.name)
              }
            })
        }
      }
    }
  }
}
