// ProjectorError.swift
// Why something can not be shown in TensorBoard's projector, in one line for people.

import ByteStreams

/// A refusal to write, or read, projector files. Rows and columns count from 0.
public enum ProjectorError: Error, Equatable, Sendable {
  /// There are not points × dimensions values.
  case valueCount(got: Int, points: Int, dimensions: Int)
  /// TensorBoard does not list embeddings of one point or one dimension.
  case tooSmall(points: Int, dimensions: Int)
  /// A value is NaN or infinite.
  case notFinite(value: String, row: Int, column: Int)
  /// All values are zero, which hangs the projector.
  case allZero(points: Int, dimensions: Int)
  /// All points are equal, which hangs the projector too.
  case allEqual(points: Int, dimensions: Int)
  /// The name of an embedding or a column can not be used.
  case badName(name: String, reason: String)
  /// A path can not stand in a projector's configuration.
  case badPath(path: String, reason: String)
  /// Columns, thumbnails or metadata that do not belong to as many points as there are.
  case rowCount(of: String, got: Int, want: Int)
  /// The thumbnails' samples are not count × height × width × channels, or no format that can be drawn.
  case badThumbnails(reason: String)
  /// Two different contents for one file.
  case twoContents(path: String)
  /// The text of a configuration is none that this module writes.
  case badConfig(line: Int, reason: String)
}

extension ProjectorError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .valueCount(let got, let points, let dimensions):
      return "an embedding of \(points)×\(dimensions) has \(points * dimensions) values, not \(got)"
    case .tooSmall(let points, let dimensions):
      return "an embedding of \(points) × \(dimensions) (points × dimensions) can not be shown: TensorBoard does not "
        + "list one with fewer than 2 points or 2 dimensions; take more"
    case .notFinite(let value, let row, let column):
      return "value \(value) in row \(row), column \(column) of the embedding can not be shown; "
        + "only finite numbers can (did the training diverge?)"
    case .allZero(let points, let dimensions):
      return "all values of the \(points)×\(dimensions) embedding are zero, which hangs TensorBoard's projector; "
        + "choose another layer or train further"
    case .allEqual(let points, let dimensions):
      return
        "all \(points) points of the \(points)×\(dimensions) embedding are equal, which hangs TensorBoard's projector; "
        + "choose another layer or train further"
    case .badName(let name, let reason): return "the name \(DisplayName.quoted(name)) can not be used: \(reason)"
    case .badPath(let path, let reason): return "the path \(DisplayName.quoted(path)) can not be used: \(reason)"
    case .rowCount(let what, let got, let want):
      return "\(DisplayName.escaped(what)) has \(DisplayName.counted(got, "row")) where \(want) belong"
    case .badThumbnails(let reason): return "the thumbnails can not be drawn: \(reason)"
    case .twoContents(let path):
      return "two embeddings give different contents for the file \(DisplayName.quoted(path))"
    case .badConfig(let line, let reason):
      return "the projector configuration is not understood: line \(line): \(DisplayName.safe(reason))"
    }
  }
}
