// SizeList.swift
// A comma-separated list of layer sizes on the command line, such as 16,8,8.

import ArgumentParser

/// The sizes of an architecture's layers, as written after `--filters` or `--hidden-units`.
package struct SizeList: Hashable, Sendable, CustomStringConvertible {
  package let sizes: [Int]

  package init(_ sizes: [Int]) { self.sizes = sizes }

  /// Reads whole numbers from 1 to 65536 between commas; blanks around them are fine.
  /// - Throws: `ValidationError` with what was got and what was wanted.
  package static func parse(_ text: String) throws -> SizeList {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks }
    if parts.allSatisfy(\.isEmpty) { throw ValidationError("the list is empty; give at least one size, as in 16,8,8") }
    return SizeList(
      try parts.map { part in
        guard let size = Int(part), (1...65_536).contains(size) else {
          throw ValidationError("got '\(part)', want whole numbers from 1 to 65536 with commas between, as in 16,8,8")
        }
        return size
      })
  }

  package var description: String { sizes.map(String.init).joined(separator: ",") }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var rest = drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
