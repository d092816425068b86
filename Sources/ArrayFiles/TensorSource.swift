// TensorSource.swift
// The file of points as the user names it, and how it is opened.

/// The file that holds the numbers of an embedding.
package enum TensorSource: Hashable, Sendable {
  /// Recognized by its content or its name. `format` is the kind that the user has named, if any.
  case file(String, format: String? = nil)
  /// An array of a safetensors or .npz file.
  case tensor(String, name: String)
  /// Little-endian float32 numbers and nothing else.
  case raw(String, rows: Int, columns: Int)

  package var path: String {
    switch self {
    case .file(let path, _), .tensor(let path, _), .raw(let path, _, _): path
    }
  }

  /// Whether the file may hold text, as far as its name and the user's answers say.
  package var mayBeText: Bool {
    guard case .file(let path, let format) = self else { return false }
    if let format { return PointFormat.text.names.contains(format) || PointFormat.json.names.contains(format) }
    return ![".npy", ".npz", ".safetensors"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Opens the file. Text is read at once; the rows of an array stay in the file.
  /// - Parameter options: the user's answers about a text file.
  /// - Throws: `ArrayFileError`, `SafetensorsError`, `FileError`, `ZlibError`.
  package func open(_ options: PointTable.Options = .init()) throws -> any PointReader {
    switch self {
    case .file(let path, let format): try PointFormat.open(PointRequest(InputFile(path), options), named: format)
    case .tensor(let path, let name): try PointFormat.open(PointRequest(InputFile(path), options, tensor: name))
    case .raw(let path, let rows, let columns): try ArrayFile(raw: path, rows: rows, columns: columns)
    }
  }
}
