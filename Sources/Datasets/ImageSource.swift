// ImageSource.swift
// The kinds of image collections: each recognizes its own files at a path, and reads them.

import ByteStreams
import Foundation

/// A collection of images of one kind.
package protocol ImageSource: Sendable {
  /// The options that apply to this kind; others are refused.
  static var options: Set<ReadingOptions.Option> { get }
  /// The kind's name in the plural, for messages.
  static var title: String { get }

  /// Returns the collection at a place; nil if the place holds another kind.
  /// - Throws: `DatasetError` if the place is of this kind but incomplete or unclear; `FileError`.
  static func recognize(_ place: ImagePlace, _ options: ReadingOptions) throws -> Self?

  /// Reads all images.
  /// - Parameter threads: the most threads at work; the result does not depend on it.
  /// - Throws: `DatasetError`, `FileError`, `ZlibError`.
  func load(threads: Int) throws -> DatasetSplits

  /// Reads all images as one dataset, in the order of the collection.
  /// - Returns: the images, and remarks on the files, one line each.
  /// - Throws: as `load`.
  func loadWhole(threads: Int) throws -> (images: ImageDataset, notes: [String])

  /// Returns a text that changes with any file of the collection and any option; nil if reading takes no decoding.
  /// - Throws: `FileError`.
  func stamp() throws -> String?

  /// Reads only the validation and test images.
  /// - Throws: as `load`.
  func loadEvaluation(threads: Int) throws -> EvaluationImages
}

extension ImageSource {
  package func stamp() throws -> String? { nil }

  /// Validation images come first in a collection's training files.
  package func loadWhole(threads: Int) throws -> (images: ImageDataset, notes: [String]) {
    let splits = try load(threads: threads)
    return (.joined([splits.validation, splits.training, splits.test]), splits.evaluation.notes)
  }
}

/// A path that may hold images, and a first look at it.
package struct ImagePlace: Sendable {
  package let path: String
  package let isDirectory: Bool
  /// The names in a directory, without those that are not UTF-8; empty for a file.
  package let names: Set<String>

  /// - Throws: `DatasetError.missingDirectory`, `FileError`.
  package init(_ path: String) throws {
    guard let status = try FileStatus.of(path) else { throw DatasetError.missingDirectory(path: path) }
    self.path = path
    isDirectory = status.kind == .directory
    names = isDirectory ? Set(try Directory.list(path)) : []
  }
}

/// All kinds of collections.
package enum ImageSources {
  /// The kinds in the order in which they look at a place. The last one takes any directory of pictures.
  static let kinds: [any ImageSource.Type] = [
    IDXDirectory.self, CIFARDirectory.self, ArrayCollection.self, PictureFolder.self,
  ]

  /// Returns the directory of a published collection if the path is its name and leads nowhere.
  /// - Throws: `FetchError.notFetched`, which says how to fetch it.
  package static func published(_ path: String) throws -> String? {
    if try FileStatus.of(path) != nil { return nil }
    return try PublishedCollection.directory(named: path, environment: ProcessInfo.processInfo.environment)
  }

  /// Returns the options that apply to the collection at a path; all of them if nothing there is recognized.
  package static func applicable(_ options: ReadingOptions, at path: String) -> ReadingOptions {
    guard let place = try? ImagePlace(published(path) ?? path),
      let kind = kinds.first(where: { (try? $0.recognize(place, options)) != nil })
    else { return options }
    return options.only(kind.options)
  }

  /// Returns the collection in a directory if its files are of a kind other than pictures.
  /// - Throws: as `open`.
  package static func collection(in path: String) throws -> (any ImageSource)? {
    let place = try ImagePlace(path)
    for kind in kinds where kind != PictureFolder.self {
      if let source = try kind.recognize(place, ReadingOptions()) { return source }
    }
    return nil
  }

  /// Finds out which kind of collection a path holds.
  /// - Throws: `DatasetError`, `FileError`.
  package static func open(_ path: String, _ options: ReadingOptions = ReadingOptions()) throws -> any ImageSource {
    let place = try ImagePlace(published(path) ?? path)
    for kind in kinds {
      guard let source = try kind.recognize(place, options) else { continue }
      if let option = options.first(notIn: kind.options) {
        throw DatasetError.otherKind(path: path, option: option, kind: kind.title)
      }
      return source
    }
    guard place.isDirectory else { throw DatasetError.notADirectory(path: path) }
    let found = IDXDirectory.collections(below: path)
    throw found.isEmpty ? DatasetError.noImages(directory: path) : .elsewhere(directory: path, found: found)
  }
}
