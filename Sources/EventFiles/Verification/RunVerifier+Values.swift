// RunVerifier+Values.swift
// What is found about values: numbers, shapes, images, histograms, hyperparameters, graphs.

import ByteStreams
import PNG

extension RunVerifier {
  mutating func checkContent(of value: VerifiedValue, _ number: Int, _ event: EventFields, _ spot: Spot) {
    if let tensor = value.tensor, !checkStorage(of: tensor, number, spot) { return }
    switch series[number].dashboard {
    case .scalars: checkScalar(value, number, event.step, spot)
    case .images: checkImages(value, number, spot)
    case .histograms: checkHistogram(value, number, spot)
    case .text, .customScalars:
      if let tensor = value.tensor, tensor.kind != .string { noteType(tensor, "strings", number, spot) }
    case .hparams: checkHParams(value, number, spot)
    case .audio:
      if let tensor = value.tensor, tensor.kind != .string { noteType(tensor, "strings", number, spot) }
    case .prCurves: checkShape(value, number, spot, wants: "[6, thresholds]") { $0.count == 2 && $0[0] == 6 }
    case .mesh: checkShape(value, number, spot, wants: "[batch, points, 3]") { $0.count == 3 && $0[2] == 3 }
    case .graphs:
      value.tensor?.forEachString {
        checkGraph($0, number, spot)
        return true
      }
    default: break
    }
  }

  /// Whether there are as many elements as the shape says; one may stand for all.
  private mutating func checkStorage(of tensor: TensorFields, _ number: Int, _ spot: Spot) -> Bool {
    let stored = tensor.storedCount
    if let wanted = tensor.elementCount, !tensor.hasUnknownRank {
      if stored == wanted || (stored == 1 && wanted > 1 && tensor.raw.isEmpty && tensor.kind != .string) { return true }
      if stored == nil { return true }
    }
    add(.wrongShape, number, spot) {
      FindingText(
        "a tensor of shape \(tensor.shape) holds \(stored ?? 0) elements",
        python: "the dashboard's request for the tag fails", rust: "the dashboard's request for the tag fails")
    }
    return false
  }

  private mutating func noteType(_ tensor: TensorFields, _ wanted: String, _ number: Int, _ spot: Spot) {
    let name = tensor.kind.map { "\($0)" } ?? "number \(tensor.typeNumber)"
    add(.wrongType, number, spot) {
      FindingText("elements of the type \(name), where the dashboard wants \(wanted)", both: "it can't show the value")
    }
  }

  private mutating func checkScalar(_ value: VerifiedValue, _ number: Int, _ step: Int64, _ spot: Spot) {
    if value.fields.form == .simpleValue {
      if !value.fields.number.isFinite { noteNotFinite(Double(value.fields.number), number, step, spot) }
      return
    }
    guard let tensor = value.tensor else { return }
    if tensor.kind == .float, tensor.shape.isEmpty {
      if let number_ = tensor.firstNumber, !number_.isFinite { noteNotFinite(number_, number, step, spot) }
      return
    }
    let isOne = tensor.elementCount == 1 && tensor.kind != .string
    let name = tensor.kind.map { "\($0)" } ?? "number \(tensor.typeNumber)"
    add(tensor.kind == .float ? .wrongShape : .wrongType, number, spot) {
      FindingText(
        "a scalar of type \(name) and shape \(tensor.shape); only a float of rank 0 is shown by both loaders",
        python: isOne ? "it shows it" : "the dashboard's request for the tag fails", rust: "it hides the value")
    }
  }

  private mutating func noteNotFinite(_ value: Double, _ number: Int, _ step: Int64, _ spot: Spot) {
    add(.notFinite, number, spot) {
      FindingText("the number at step \(step) is \(value)", both: "it shows a triangle in its place")
    }
  }

  private mutating func checkImages(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    if value.fields.form == .image {
      guard let image = ImageFields(value.fields.body) else { return }
      return checkImage(image.file, claimed: (Int(image.width), Int(image.height)), number, spot)
    }
    guard let tensor = value.tensor else { return }
    guard tensor.kind == .string else { return noteType(tensor, "strings", number, spot) }
    guard tensor.shape.count == 1, tensor.stringCount >= 3 else {
      return add(.wrongShape, number, spot) {
        FindingText(
          "strings of shape \(tensor.shape), where width, height and one or more images belong",
          both: tensor.shape.count == 1 ? "it shows no image" : "it can't show the value")
      }
    }
    var sides: [Int?] = []
    tensor.forEachString { bytes in
      if sides.count < 2 {
        sides.append(Int(String(decoding: bytes, as: UTF8.self)))
      } else {
        checkImage(bytes, claimed: (sides[0], sides[1]), number, spot)
      }
      return true
    }
  }

  private mutating func checkImage(
    _ file: UnsafeRawBufferPointer, claimed: (width: Int?, height: Int?), _ number: Int, _ spot: Spot
  ) {
    guard let header = ImageHeader(file) else {
      return add(.badImage, number, spot) {
        FindingText(
          "\(file.count) bytes that are no PNG, JPEG, GIF or BMP", both: "it sends them; browsers show a broken picture"
        )
      }
    }
    if header.format == .png, !file.endsAsPNG {
      add(.badImage, number, spot) {
        FindingText("a PNG that is cut off", both: "it sends it; browsers show a part of it, or none")
      }
    }
    if header.width != claimed.width || header.height != claimed.height {
      let stated = "\(claimed.width.map(String.init) ?? "?")×\(claimed.height.map(String.init) ?? "?")"
      add(.imageSize, number, spot) {
        FindingText(
          "a \(header.format.rawValue) of \(header.width)×\(header.height) pixels in a value that says \(stated)",
          both: "it shows it stretched to the size that the value says")
      }
    }
  }

  private mutating func checkShape(
    _ value: VerifiedValue, _ number: Int, _ spot: Spot, wants: String, _ fits: ([Int64]) -> Bool
  ) {
    guard let tensor = value.tensor, !fits(tensor.shape) else { return }
    add(.wrongShape, number, spot) {
      FindingText("a tensor of shape \(tensor.shape), where \(wants) belongs", both: "it can't show the value")
    }
  }

  mutating func takeGraph(_ event: EventFields, _ spot: Spot) {
    let tag: StaticString = "__run_graph__"
    let number = tag.withUTF8Buffer { numberOfSeries(tag: UnsafeRawBufferPointer($0), .graphs, event, spot) }
    checkGraph(event.body, number, spot)
  }

  mutating func takeRunMetadata(_ event: EventFields, _ spot: Spot) {
    var tag = UnsafeRawBufferPointer(start: nil, count: 0)
    var reader = WireReader(event.body)
    while let field = reader.next() { if field.number == 1, field.kind == .bytes { tag = field.bytes } }
    _ = numberOfSeries(tag: tag, .taggedRunMetadata, event, spot)
  }

  private mutating func checkGraph(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ spot: Spot) {
    let graph: Graph
    do throws(EventFileError) {
      graph = try Graph(decoding: bytes.bindMemory(to: UInt8.self))
    } catch {
      return add(.badGraph, number, spot) {
        FindingText("\(error)", both: "the Graphs tab answers with an error for this run")
      }
    }
    var names = Set<ExactName>()
    for node in graph.nodes where node.name.isEmpty || !names.insert(ExactName(node.name)).inserted {
      let what = node.name.isEmpty ? "a node has no name" : "two nodes have the name \(node.name)"
      add(.badGraph, number, spot) { FindingText(what, both: "the Graphs tab can't draw it") }
    }
    for node in graph.nodes {
      for input in node.inputs {
        let name = input.utf8.split(separator: UInt8(ascii: ":")).first ?? ""[...].utf8
        let source = name.first == UInt8(ascii: "^") ? name.dropFirst() : name
        if names.contains(ExactName(String(Substring(source)))) { continue }
        add(.missingInput, number, spot) {
          FindingText("the node \(node.name) takes \(input), which is no node", both: "it draws it without that edge")
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes end with a PNG's last chunk: length 0, "IEND", checksum.
  fileprivate var endsAsPNG: Bool {
    count >= 12 && suffix(12).elementsEqual([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
  }
}
