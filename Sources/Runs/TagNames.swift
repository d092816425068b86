// TagNames.swift
// Whether a run logs under the tags of this version, or under those of the version that began it.

import ByteStreams
package import EventFiles

/// The names of a run's tags. A run keeps the names with which it was begun, so that no curve is cut in two.
package enum TagNames: Sendable {
  case current, former

  /// Finds the names in the log of a run; nil if it has no tag that tells.
  package init?(ofRun directory: String) {
    struct Found: Error { let names: TagNames }
    var reader = RunReader(directory)
    do {
      try reader.read { value in
        if LoggedTag.formerName(of: value.tag.name) != nil { throw Found(names: .current) }
        if LoggedTag.name(ofFormer: value.tag.name) != nil { throw Found(names: .former) }
      }
    } catch let found as Found {
      self = found.names
      return
    } catch {}
    return nil
  }

  /// Finds the names for a new trial: those of an earlier trial of its sweep, so that one table compares them all.
  /// - Parameter sweep: the sweep's directory.
  package init(ofTrials sweep: String) {
    let runs = ((try? Directory.list(sweep)) ?? []).map { Directory.join(sweep, $0) }
    self =
      runs.lazy.filter { Directory.exists(Directory.join($0, RunDirectory.evaluationName)) }
      .compactMap { TagNames(ofRun: $0) }.first ?? .current
  }

  /// Returns a tag under these names.
  package func name(_ tag: Tag) -> Tag {
    guard self == .former, let former = LoggedTag.formerName(of: tag.name) else { return tag }
    return (try? Tag(former)) ?? tag
  }

  /// Returns values under these names.
  package func name(_ values: [SummaryValue]) -> [SummaryValue] {
    if self == .current { return values }
    return values.map { value in
      var named = value
      named.tag = name(value.tag)
      return named
    }
  }
}
