// ProjectorVerifier.swift
// Checks a run's projector configuration, and every file that it names, as TensorBoard uses them.

import ByteStreams

/// Checks the projector files of one directory. Nothing is changed.
public struct ProjectorVerifier {
  /// Where a run may have its configuration instead; it wins.
  static let pluginFolder = "plugins/org_tensorflow_tensorboard_projector"
  package static let pluginConfig = "\(pluginFolder)/\(ProjectorConfig.fileName)"
  private static let embeddingLimit = 1000
  private static let isDead = "the Projector tab answers with an error for the whole log directory"

  private let directory: String
  private let isFound: Bool
  private var tally = ProjectorTally()

  /// The findings for the directory at `path`.
  /// - Parameters:
  ///   - isRun: whether it has an event file.
  ///   - isRoot: whether it is the log directory itself, which needs none.
  public static func verify(_ path: String, isRun: Bool, isRoot: Bool) -> [ProjectorFinding] {
    let plugin = Directory.join(path, pluginFolder)
    var findings: [ProjectorFinding] = []
    for (folder, isFound) in [(path, isRun || isRoot), (plugin, isRun)] {
      let config = Directory.join(folder, ProjectorConfig.fileName)
      guard let status = try? FileStatus.of(config) else { continue }
      var verifier = ProjectorVerifier(folder, isFound: isFound)
      verifier.verify(config, changed: status.modified)
      findings += verifier.tally.all
    }
    return findings + leftovers(in: path, hasConfig: isConfigured(path))
  }

  private static func isConfigured(_ path: String) -> Bool {
    [path, Directory.join(path, pluginFolder)].contains { folder in
      (try? FileStatus.of(Directory.join(folder, ProjectorConfig.fileName))) != .some(nil)
    }
  }

  /// Finds files that a writer that was killed, or that is at work, has in a directory and in its folder of embeddings.
  private static func leftovers(in path: String, hasConfig: Bool) -> [ProjectorFinding] {
    var tally = ProjectorTally()
    let temporary = AtomicFile.leftovers(in: path)
    let embeddings = ProjectorBundle.Paths()
    let unnamed = BundlePlacement.leftovers(in: path, folder: Directory.parent(of: embeddings.tensor)) { _ in true }
      .filter(BundlePlacement.isFirstName).map { Directory.join(path, $0) }
    for file in temporary + unnamed {
      tally.add(
        .leftOver, file: file, "a file of a write that is under way or was killed",
        "it does not open it; an export or aelog verify --repair removes it")
    }
    let tensors = TensorFormat.allCases.map { Directory.join(path, ProjectorBundle.Paths(format: $0).tensor) }
    if !hasConfig, let file = tensors.first(where: { (try? FileStatus.of($0))??.kind == .regular }) {
      tally.add(
        .noConfig, file: file, "an embedding without a \(ProjectorConfig.fileName)",
        "it shows no embedding of the run; write it again with aelog export")
    }
    return tally.all
  }

  /// Whether TensorBoard lists an embedding of the directory at `path` itself, if it looks there.
  public static func hasEmbedding(_ path: String) -> Bool {
    let config = Directory.join(path, ProjectorConfig.fileName)
    guard let status = try? FileStatus.of(config), status.kind == .regular,
      let bytes = try? FileContents.read(config, limit: StoredConfig.sizeLimit),
      let text = String(validating: bytes, as: UTF8.self), let stored = try? StoredConfig(parsing: text)
    else { return false }
    return stored.embeddings.contains { !($0.tensorPath ?? "").isEmpty }
  }

  private init(_ directory: String, isFound: Bool) {
    self.directory = directory
    self.isFound = isFound
  }

  private mutating func verify(_ file: String, changed: Double) {
    if !isFound {
      tally.add(
        .configOutsideRun, file: file, "its directory has no event file",
        "it does not look there: the embeddings are not shown")
    }
    let config: StoredConfig
    do {
      config = try StoredConfig(bytes: FileContents.read(file, limit: StoredConfig.sizeLimit))
    } catch ProjectorError.badConfig(let line, let reason) {
      return tally.add(.badConfig, file: file, line: line, DisplayName.safe(reason), Self.isDead)
    } catch {
      return tally.add(.unreadable, file: file, "\(error)", Self.isDead)
    }
    if !config.embeddings.contains(where: { !($0.tensorPath ?? "").isEmpty }) {
      tally.add(
        .noTensorPath, file: file, "no embedding names a file of points",
        "the run is left out, unless it has a TensorFlow checkpoint")
    }
    checkNames(config, file)
    for embedding in config.embeddings.prefix(Self.embeddingLimit) { check(embedding, file, changed: changed) }
    if config.embeddings.count > Self.embeddingLimit {
      tally.add(
        .tooManyEmbeddings, file: file,
        "\(config.embeddings.count) embeddings; the files of the first \(Self.embeddingLimit) were checked",
        "the server reads every file of points before the Projector tab opens")
    }
  }

  private mutating func checkNames(_ config: StoredConfig, _ file: String) {
    var names: Set<ExactName> = []
    for (index, embedding) in config.embeddings.enumerated() {
      // The first one without a name is called after its file.
      let isNamed = !(embedding.name ?? "").isEmpty || index == 0
      let name = Self.name(of: embedding)
      if !isNamed {
        tally.add(.badName, file: file, line: embedding.line, "an embedding has no name", "the page can't ask for it")
      } else if !names.insert(ExactName(name)).inserted {
        tally.add(
          .badName, file: file, line: embedding.line, embedding: name, "two embeddings have this name",
          "the page shows the first one's files for both")
      } else if name.unicodeScalars.contains(where: {
        "&#+%?".unicodeScalars.contains($0) || $0.properties.isWhitespace
      }) {
        tally.add(
          .badName, file: file, line: embedding.line, embedding: name, "blanks and & # + % ? break the page's requests",
          "the page can't fetch its files")
      }
    }
  }

  /// As the server makes it: ":0" at the end is dropped, and a missing name is that of the file.
  private static func name(of embedding: StoredConfig.Embedding) -> String {
    let stored = embedding.name ?? ""
    let name = stored.isEmpty ? Directory.lastPart(of: embedding.tensorPath ?? "") : stored
    return name.endsWithBytes(of: ":0") ? String(Substring(name.utf8.dropLast(2))) : name
  }

  private mutating func check(_ embedding: StoredConfig.Embedding, _ file: String, changed: Double) {
    let name = Self.name(of: embedding)
    var points: Int?
    var newer: String?
    /// Runs `check` on the file at `path`, where TensorBoard opens it.
    func attempt(_ path: String?, _ effect: String, _ check: (String, inout ProjectorTally) throws -> Void) {
      guard let path, !path.isEmpty, let place = find(path, name, file, effect) else { return }
      if let status = try? FileStatus.of(place), status.modified > changed + 1 { newer = newer ?? path }
      do {
        try check(place, &tally)
      } catch {
        tally.add(.unreadable, file: place, embedding: name, "\(error)", effect)
      }
    }
    attempt(embedding.tensorPath, Self.isDead) { tensor, tally in
      var check = TensorCheck(file: tensor, embedding: name, shape: embedding.shape)
      try check.run(&tally)
      points = check.points
    }
    attempt(embedding.metadataPath, "the page shows no points") { labels, tally in
      try MetadataCheck(file: labels, embedding: name, points: points).run(&tally)
    }
    attempt(embedding.sprite?.path, "the page waits for it and shows no points") { sheet, tally in
      try SpriteCheck(file: sheet, embedding: name, sides: embedding.sprite?.sides ?? [], points: points).run(&tally)
    }
    attempt(embedding.bookmarksPath, "the page's list of views stays empty") { views, tally in
      try BookmarksCheck(file: views, embedding: name).run(&tally)
    }
    if let newer {
      tally.add(
        .configOlder, file: file, embedding: name, "\(DisplayName.quoted(newer)) has changed since it was written",
        "a TensorBoard that runs already keeps showing what was there before, until the set of runs changes")
    }
  }

  /// Where a path of the configuration leads, if TensorBoard opens it: a file inside of the configuration's directory.
  private mutating func find(_ path: String, _ name: String, _ config: String, _ effect: String) -> String? {
    let shown = DisplayName.quoted(path)
    // A missing file has no real path, but the one of its directory; as far as that is there.
    let joined = Directory.join(directory, path)
    let place = Directory.resolved(joined)
    guard let home = Directory.resolved(directory) else { return nil }
    let target = place ?? PlainPath.of(Directory.join(home, path))
    if path.utf8.first == UInt8(ascii: "~") || !target.beginsWithBytes(of: home == "/" ? "/" : home + "/") {
      tally.add(
        .pathOutside, file: config, embedding: name, "\(shown) leads out of the directory",
        "TensorBoard refuses the path: the embedding, or that file of it, is not shown")
      return nil
    }
    guard let place, let status = try? FileStatus.of(place) else {
      tally.add(.missingFile, file: config, embedding: name, "there is no \(shown)", effect)
      return nil
    }
    if status.kind != .regular {
      tally.add(.missingFile, file: config, embedding: name, "\(shown) is no file", effect)
      return nil
    }
    return place
  }
}

/// Paths without "." and "..", by their text alone.
enum PlainPath {
  static func of(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
