// SpriteConfig.swift
// What a projector's configuration near a sprite says about it.

import ByteStreams

/// The size of a sprite's thumbnails.
package enum SpriteConfig {
  /// A run's sprite lies beside its configuration, or one or two folders below.
  private static let levels = 3
  private static let sizeLimit = 1 << 24

  /// Looks for a configuration that names the sprite.
  /// - Returns: width and height of a thumbnail, and the configuration's path; nil where there is none, or where its
  ///   embeddings disagree.
  package static func thumbnail(ofSprite path: String) -> (width: Int, height: Int, config: String)? {
    guard let sprite = Directory.resolved(path) else { return nil }
    var folder = Directory.parent(of: sprite)
    for _ in 0..<levels {
      let config = Directory.join(folder, ProjectorConfig.fileName)
      if let sides = sides(of: sprite, config: config, folder: folder) { return (sides[0], sides[1], config) }
      folder = Directory.parent(of: folder)
    }
    return nil
  }

  private static func sides(of sprite: String, config: String, folder: String) -> [Int]? {
    guard (try? FileStatus.of(config))??.kind == .regular,
      let bytes = try? FileContents.read(config, limit: sizeLimit), let text = String(validating: bytes, as: UTF8.self),
      let stored = try? StoredConfig(parsing: text)
    else { return nil }
    let found = stored.embeddings.compactMap(\.sprite).filter {
      Directory.resolved(Directory.join(folder, $0.path ?? "")) == sprite
    }
    guard let sides = found.first?.sides, sides.count == 2, sides.allSatisfy({ $0 > 0 }),
      found.allSatisfy({ $0.sides == sides })
    else { return nil }
    return sides
  }
}
