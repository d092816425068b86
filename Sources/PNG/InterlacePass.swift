// InterlacePass.swift
// The order in which a PNG stores its pixels: row by row, or in the seven passes of Adam7.

/// A pass: pixels at regular distances, stored as a picture of their own (section 8.1 of the format).
struct InterlacePass {
  /// The column and the row of its first pixel.
  let left: Int
  let top: Int
  /// The steps to its next column and row.
  let across: Int
  let down: Int
  /// Its pixels in a row, and its rows.
  let width: Int
  let height: Int

  /// True where the pass is the whole picture.
  var isWhole: Bool { across == 1 && down == 1 }

  fileprivate init(of header: PNGHeader, left: Int, top: Int, across: Int, down: Int) {
    (self.left, self.top, self.across, self.down) = (left, top, across, down)
    width = (header.width - left + across - 1) / across
    height = (header.height - top + down - 1) / down
  }

  fileprivate static let adam7: [(left: Int, top: Int, across: Int, down: Int)] = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
  ]
}

extension PNGHeader {
  /// The passes that have pixels, in the order of the file.
  var passes: [InterlacePass] {
    let steps = isInterlaced ? InterlacePass.adam7 : [(0, 0, 1, 1)]
    return steps.map { InterlacePass(of: self, left: $0.left, top: $0.top, across: $0.across, down: $0.down) }
      .filter { $0.width > 0 && $0.height > 0 }
  }

  /// Bytes of a row of `width` pixels without the number of its filter.
  func rowBytes(of width: Int) -> Int { (width * color.channels * depth + 7) / 8 }

  /// Bytes of all rows with the numbers of their filters; nil where there is no such number.
  var filteredCount: Int? {
    passes.reduce(0) { sum, pass in
      let rows = (1 + rowBytes(of: pass.width)).multipliedReportingOverflow(by: pass.height)
      let total = sum?.addingReportingOverflow(rows.partialValue)
      return rows.overflow || total?.overflow ?? true ? nil : total?.partialValue
    }
  }
}
