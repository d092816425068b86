// Mesh.swift
// A surface or a cloud of points in space, to be turned around in the browser.

/// Points in space, with colors and triangles between them where there are any.
public struct Mesh: Equatable, Sendable {
  /// Where the points are.
  public let vertices: [SIMD3<Float>]
  /// Each three numbers of vertices; none for a cloud of points.
  public let faces: [SIMD3<Int32>]
  /// Red, green and blue of each vertex; empty for the default color.
  public let colors: [SIMD3<UInt8>]
  /// Camera, lights and material as a JSON object that three.js knows; may be empty.
  public let configuration: String

  /// A surface, or a cloud of points.
  /// - Throws: `EventFileError.badValue` where there is no vertex, one is not finite, a face names a vertex that is not there, or
  ///   the numbers of colors and vertices differ.
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
