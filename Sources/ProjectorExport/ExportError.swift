// ExportError.swift
// Errors of exports: one line each, for people.

import ByteStreams

/// An embedding or a picture that cannot be exported. Names and paths are as given, not escaped.
package enum ExportError: Error, Equatable {
  case imageCount(got: Int, want: ClosedRange<Int>)
  case noLayer(name: String, layers: [String])
  /// A run of this program stands where an embedding should be written.
  case runInTheWay(directory: String)
  /// An embedding of another program stands where one should be written.
  case embeddingInTheWay(directory: String)
  /// A number of a foreign embedding, or of an image, that the projector cannot show.
  case notFinite(path: String, value: String, row: Int, column: Int)
  /// A cell of a text file that is not a finite number, as written.
  case missingNumber(path: String, text: String, line: Int, column: Int)
  /// The points of a foreign embedding are all equal, or too few or many.
  case noPoints(path: String, reason: String)
  /// The metadata have no column of this name.
  case noColumn(path: String, name: String, columns: [String])
  /// Images from elsewhere that cannot be thumbnails.
  case badImages(path: String, reason: String)
  /// Images whose channels may be the first or the last dimension.
  case unclearChannels(path: String, extents: [Int])
}

extension ExportError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .imageCount(let got, let want):
      "got \(DisplayName.counted(got, "image")); ask for \(want.lowerBound) to \(want.upperBound)"
    case .noLayer(let name, let layers):
      "the model has no layer \(DisplayName.quoted(name)); choose one of \(layers.joined(separator: ", "))"
    case .runInTheWay(let directory):
      "\(DisplayName.quoted(directory)) is a run that aelog train has made; choose another --name"
    case .embeddingInTheWay(let directory):
      "\(DisplayName.quoted(directory)) has projector files of another program, or of an older aelog; choose another --name"
    case .notFinite(let path, let value, let row, let column):
      "\(DisplayName.quoted(path)), row \(row), column \(column): \(value) cannot be shown; leave such rows out with "
        + "--drop-nonfinite"
    case .missingNumber(let path, let text, let line, let column):
      "\(DisplayName.quoted(path)), line \(line), column \(column): "
        + "got \(text.allSatisfy(\.isWhitespace) ? "an empty cell" : DisplayName.quoted(String(text.prefix(40)))), want a finite "
        + "number; leave such rows out with --drop-nonfinite"
    case .noColumn(let path, let name, []):
      "--label \(DisplayName.quoted(name)): \(DisplayName.quoted(path)) has no columns of labels; omit it or give --metadata"
    case .noColumn(let path, let name, let columns):
      "\(DisplayName.quoted(path)) has no column \(DisplayName.quoted(name)); choose one of "
        + columns.prefix(20).map(DisplayName.quoted).joined(separator: ", ")
    case .noPoints(let path, let reason), .badImages(let path, let reason):
      "\(DisplayName.quoted(path)): \(DisplayName.safe(reason))"
    case .unclearChannels(let path, let extents):
      "\(DisplayName.quoted(path)) holds images of \(extents.map(String.init).joined(separator: "×")), with channels first or last; "
        + "store them the other way: in numpy, images.transpose(0, 2, 3, 1) if they are first, (0, 3, 1, 2) if last"
    }
  }
}
