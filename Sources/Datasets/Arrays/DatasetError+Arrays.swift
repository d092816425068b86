// DatasetError+Arrays.swift
// The messages about arrays of images and their labels.

import ArrayFiles
import ByteStreams

extension DatasetError {
  /// The message of an error about an array; an empty text for other errors.
  var arrayDescription: String {
    switch self {
    case .array(let error): error.description
    case .arrayShape(let path, let got, let advice):
      "\(shown(path)) holds an array of \(got.isEmpty ? "no dimensions" : product(got)); \(advice)"
    case .noImageArray(let path, let names):
      "\(shown(path)) has the arrays \(Self.list(names)), and none is known to be the images; want \(ArrayRoles.wanted)"
    case .arrayTooLarge(let path, let limit):
      "\(shown(path)) expands to more than \(limit) bytes, the limit; accept more with --max-pixels (\(ReadingOptions.memberBytes) bytes "
        + "a pixel), if you trust the file"
    case .notFinite(let path, let value, let row):
      "\(shown(path)), row \(row): \(value) is no sample of an image; replace such numbers, as with numpy.nan_to_num"
    case .unknownScale(let path, let lowest, let highest):
      "\(shown(path)) has numbers from \(ValueScale.shown(lowest)) to \(ValueScale.shown(highest)), of unknown scale; say which "
        + "numbers are black and white, as in --scale \(Self.suggestion(lowest, highest))"
    case .tooFewRows(let path, let got, let want):
      "\(shown(path)) has \(DisplayName.counted(got, "image")); give \(want) or more: for training, validation and test"
    case .ownLabels(let path): "\(shown(path)) has labels or parts of its own; leave out --labels"
    case .unlabeledPart(let path):
      "\(shown(path)) has no labels, but the other parts have; add an array of labels, or remove the others"
    case .noLabelColumn(let path, let columns):
      "\(shown(path)) has \(Self.list(columns)), and none is known to be the labels; call it label"
    case .emptyLabel(let path, let row): "\(shown(path)), row \(row): the label is empty; give each image a label"
    case .fractionLabel(let path, let row, let got):
      "\(shown(path)), row \(row): got \(DisplayName.quoted(got)), want a whole number or a name as label"
    case .tooManyLabels(let path, let got, let want): "\(shown(path)) has \(got) different labels, want at most \(want)"
    default: ""
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map(DisplayName.quoted).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  /// Returns the extremes as the value of an option.
  private static func suggestion(_ lowest: Float, _ highest: Float) -> String {
    "\(ValueScale.shown(min(lowest, 0)))..\(ValueScale.shown(max(highest, 1)))"
  }
}
