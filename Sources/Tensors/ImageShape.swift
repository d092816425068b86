// ImageShape.swift
// The height, width and channels of one image.

/// The extent of one image stored with channels last: element (y, x, c) lies at (y · width + x) · channels + c.
package struct ImageShape: Hashable, Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Elements of one image: height × width × channels.
  package var count: Int { height * width * channels }
}

extension ImageShape: CustomStringConvertible {
  /// Height × width × channels, such as "28×28×1".
  package var description: String { "\(height)×\(width)×\(channels)" }
}
