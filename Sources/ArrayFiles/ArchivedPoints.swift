// ArchivedPoints.swift
// Points from a .npz file: the array that the user names, or the only one with rows and columns.

import ByteStreams

extension PointFormat {
  static let npz = PointFormat(title: "a .npz file", names: ["npz"], options: ["tensor"]) { request in
    guard case .numpyArchive? = BinaryKind(request.front) else { return false }
    return true
  } open: { request in
    try ArrayArchive(request.input.expanded()).points(named: request.tensor)
  }
}

extension ArrayArchive {
  /// - Throws: `ArrayFileError` if the user must name the array.
  fileprivate func points(named name: String?) throws -> ArrayFile {
    let limit = InputFile.expansionLimit
    if let name {
      guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
        throw ArrayFileError.unreadable(path: path, reason: "it has no array \(name)", advice: advice)
      }
      return try array(name, limit: limit).ofPoints
    }
    if names.count == 1 { return try array(names[0], limit: limit).ofPoints }
    let fitting = try names.filter { try shape(of: $0).map { $0.count >= 2 } ?? false }
    guard fitting.count == 1 else {
      throw ArrayFileError.unreadable(
        path: path, reason: fitting.isEmpty ? "it has no array of rows and columns" : "it has several arrays",
        advice: advice)
    }
    return try array(fitting[0], limit: limit)
  }

  private var advice: String {
    "name one with --tensor: \(names.prefix(8).map(DisplayName.quoted).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
  }
}
