// Mesh.swift
// A surface or a point cloud in space, for the Mesh dashboard.

import CEventProto
import Protobuf

/// Points in space, optionally with colors and with triangles between them.
public struct Mesh: Equatable, Sendable {
  /// The positions of the points.
  public let vertices: [SIMD3<Float>]
  /// Triangles, as the indices of three vertices each; empty for a point cloud.
  public let faces: [SIMD3<Int32>]
  /// The red, green and blue of each vertex; empty for the default color.
  public let colors: [SIMD3<UInt8>]
  /// Camera, lights and material as a JSON object that three.js knows; may be empty.
  public let configuration: String

  /// A surface, or a point cloud.
  /// - Throws: `EventFileError.badValue` if there is no vertex, a vertex is not finite, a face names a missing vertex, or the
  ///   numbers of colors and vertices differ.
  public init(
    vertices: [SIMD3<Float>], faces: [SIMD3<Int32>] = [], colors: [SIMD3<UInt8>] = [], configuration: String = ""
  ) throws(EventFileError) {
    if vertices.isEmpty { throw .badValue(kind: "mesh", reason: "there is no vertex") }
    for (index, vertex) in vertices.enumerated() where !(vertex.x.isFinite && vertex.y.isFinite && vertex.z.isFinite) {
      throw .badValue(kind: "mesh", reason: "vertex \(index) is at (\(vertex.x), \(vertex.y), \(vertex.z))")
    }
    for (index, face) in faces.enumerated() where face.min() < 0 || Int(face.max()) >= vertices.count {
      throw .badValue(
        kind: "mesh",
        reason: "face \(index) joins vertices \(face.x), \(face.y) and \(face.z) of \(vertices.count), counted from 0")
    }
    guard colors.isEmpty || colors.count == vertices.count else {
      throw .badValue(kind: "mesh", reason: "\(colors.count) colors for \(vertices.count) vertices")
    }
    self.vertices = vertices
    self.faces = faces
    self.colors = colors
    self.configuration = configuration
  }
}

extension Mesh {
  /// One tensor of the mesh, its type, and the suffix of its tag.
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

  /// Returns one value for each part: NAME_VERTEX, and where present NAME_FACE and NAME_COLOR.
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
