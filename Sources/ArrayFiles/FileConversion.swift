// FileConversion.swift
// Shell commands that convert a file of another format to a supported one, for error messages.

import ByteStreams

/// One command, and the file that it makes.
package struct FileConversion {
  private let command: String
  private let result: String

  /// "convert it with: COMMAND; then give FILE".
  package var advice: String { "convert it with: \(command); then give \(ShellWord.quoted(result))" }

  /// Saves an array with numpy.
  /// - Parameters:
  ///   - module: what `value` needs beside numpy.
  ///   - value: Python that loads the array from `sys.argv[1]`.
  ///   - arguments: further ones, from `sys.argv[3]` on.
  package init(
    array path: String, importing module: String = "", _ value: String, for role: ContentRole, arguments: [String] = []
  ) {
    let array =
      switch role {
      case .numbers: "numpy.asarray(\(value), \"float32\")"
      case .labels: "numpy.array([x.decode() if isinstance(x, bytes) else str(x) for x in \(value)])"
      case .images: "numpy.asarray(\(value))"
      }
    let imports = ["sys", module, "numpy"].filter { !$0.isEmpty }.joined(separator: ", ")
    result = Self.unused(beside: path, ending: ".npy")
    command = Self.python("import \(imports); numpy.save(sys.argv[2], \(array))", [path, result] + arguments)
  }

  /// - Parameter program: expands its standard input.
  init(expanding path: String, with program: String) {
    let isNamed = [".gz", ".zst", ".bz2", ".xz"].contains { path.lowercased().hasSuffix($0) }
    result = Self.unused(beside: path, ending: isNamed ? "" : Self.ending(path))
    command = "\(program) < \(ShellWord.quoted(path)) > \(ShellWord.quoted(result))"
  }

  init(decoding path: String, from encoding: String) {
    result = Self.unused(beside: path, ending: Self.ending(path))
    command = "iconv -f \(encoding) -t utf-8 < \(ShellWord.quoted(path)) > \(ShellWord.quoted(result))"
  }

  /// - Parameter file: the one in the archive to give then.
  init(unpacking path: String, file: String) {
    let directory = Self.unused(beside: path, ending: "-files")
    result = Directory.join(directory, file)
    command = ShellWord.line(["python3", "-m", "zipfile", "-e", Self.argument(path), directory])
  }

  /// Saves a table as CSV. Arrays in its cells become lists, of which NumPy would shorten the text.
  /// - Parameter reader: a function of pandas.
  init(table path: String, reader: String) {
    result = Self.unused(beside: path, ending: ".csv")
    command = Self.python(
      "import sys, pandas; text = lambda c: c.tolist() if hasattr(c, \"tolist\") else c; "
        + "pandas.\(reader)(sys.argv[1]).apply(lambda s: s.map(text) if s.dtype == object else s)"
        + ".to_csv(sys.argv[2], index=False)", [path, result])
  }

  /// Saves a picture as PNG.
  package init(picture path: String) {
    result = Self.unused(beside: path, ending: ".png")
    command = Self.python(
      "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2])", [path, result])
  }

  /// Saves all pictures of a directory and of those in it as PNG, in a new directory.
  /// - Parameter hasOthers: whether some are no PNG files.
  package init(pictures path: String, hasOthers: Bool) {
    result = Self.unused(beside: path, ending: "-png")
    let (module, save) =
      hasOthers
      ? (
        "; from PIL import Image", "Image.open(p).save((t / \"-\".join(p.relative_to(s).parts)).with_suffix(\".png\"))"
      )
      : (", shutil", "shutil.copy(p, t / \"-\".join(p.relative_to(s).parts))")
    let endings = (hasOthers ? Self.pictureEndings : ["png"]).map { "\".\($0)\"" }.joined(separator: ", ")
    command = Self.python(
      "import sys, pathlib\(module); s, t = map(pathlib.Path, sys.argv[1:]); t.mkdir(); "
        + "[\(save) for p in sorted(s.rglob(\"*\")) if p.suffix.lower() in [\(endings)]]", [path, result])
  }

  /// Endings of pictures' names.
  package static let pictureEndings = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm"]

  private static func python(_ code: String, _ arguments: [String]) -> String {
    ShellWord.line(["python3", "-c", code] + arguments)
  }

  /// A path that no program takes for an option.
  private static func argument(_ path: String) -> String { path.hasPrefix("-") ? "./\(path)" : path }

  /// The last ending of a file's name, with its dot; empty if there is none.
  private static func ending(_ path: String) -> String {
    let name = Directory.lastPart(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return String(name[dot...])
  }

  /// A path that nothing has yet, with another ending: codes.pkl becomes codes.npy, or else codes-2.npy.
  private static func unused(beside path: String, ending: String) -> String {
    var whole = path
    while whole.utf8.count > 1, whole.utf8.last == UInt8(ascii: "/") { whole.removeLast() }
    let isDevice = ["/dev/", "/proc/"].contains(where: whole.hasPrefix)
    var stem = isDevice ? "converted" : String(whole.dropLast(Self.ending(whole).count))
    var ending = ending
    if ending.isEmpty {
      ending = Self.ending(stem)
      stem.removeLast(ending.count)
    }
    let names = (1...1000).lazy.map { stem + ($0 == 1 ? "" : "-\($0)") + ending }
    return argument(
      names.first { $0 != path && (try? FileStatus.of($0, followsLinks: false))?.kind == nil } ?? stem + "-converted"
        + ending)
  }
}
