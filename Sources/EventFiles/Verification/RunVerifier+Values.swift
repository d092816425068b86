// RunVerifier+Values.swift
// Checks values: shapes, texts, layouts, images and graphs; calls the checks of the other kinds.

import ByteStreams
import PNG

extension RunVerifier {
  mutating func checkContent(of value: VerifiedValue, _ number: Int, _ event: EventFields, _ spot: Spot) {
    if series[number].dashboard == .scalars { return checkScalar(value, number, event.step, spot) }
    if let tensor = value.tensor, !checkStorage(of: tensor, number, spot) { return }
    switch series[number].dashboard {
    case .images: checkImages(value, number, spot)
    case .histograms: checkHistogram(value, number, spot)
    case .text: checkText(value, number, spot)
    case .customScalars: checkLayout(value, number, spot)
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

  /// Returns true if the number of elements matches the shape.
  private mutating func checkStorage(of tensor: TensorFields, _ number: Int, _ spot: Spot) -> Bool {
    if tensor.isFilled { return true }
    if series[number].dashboard == .text { series[number].unserved.both = "a tensor that is not filled" }
    add(.wrongShape, number, spot) {
      FindingText(
        "a tensor of shape \(tensor.shape) holds \(DisplayName.counted(tensor.storedCount ?? 0, "element"))",
        both: "the dashboard's request for the tag fails")
    }
    return false
  }

  private mutating func noteType(_ tensor: TensorFields, _ wanted: String, _ number: Int, _ spot: Spot) {
    let name = tensor.typeName
    add(.wrongType, number, spot) {
      FindingText("elements of the type \(name), but the dashboard needs \(wanted)", both: "it can't show the value")
    }
  }

  private mutating func checkText(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    guard let tensor = value.tensor else { return }
    let fails = "the request for the tag fails: none of the run's texts under this tag is shown"
    guard tensor.kind == .string else {
      series[number].unserved.both = "a value that is no text"
      let name = tensor.typeName
      return add(.wrongType, number, spot) {
        FindingText("elements of the type \(name), but the dashboard needs strings", both: fails)
      }
    }
    tensor.forEachString { bytes in
      if bytes.text != nil { return true }
      series[number].unserved.both = "a text that is not UTF-8"
      add(.textNotUTF8, number, spot) { FindingText("a text that is not UTF-8", both: fails) }
      return false
    }
  }

  private mutating func checkLayout(_ value: VerifiedValue, _ number: Int, _ spot: Spot) {
    guard let tensor = value.tensor else { return }
    guard tensor.kind == .string else { return noteType(tensor, "strings", number, spot) }
    tensor.forEachString { bytes in
      if WireSchema.layout.accepts(bytes) { return true }
      add(.badLayout, number, spot) {
        FindingText(
          "bytes that are not a layout of charts",
          both: "the Custom Scalars tab answers with an error for the whole log directory")
      }
      return false
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
          "\(DisplayName.counted(file.count, "byte that is", "bytes that are")) no \(ImageHeader.formats)",
          both: "it sends them; browsers show a broken picture")
      }
    }
    if header.isTruncated(file) {
      add(.badImage, number, spot) {
        FindingText(
          "a truncated \(header.format.rawValue)",
          both: "it sends it; browsers show the part that is there, or nothing"
        )
      }
    }
    if header.width != claimed.width || header.height != claimed.height {
      let stated = "\(claimed.width.map(String.init) ?? "?")×\(claimed.height.map(String.init) ?? "?")"
      add(.imageSize, number, spot) {
        FindingText(
          "a \(header.format.rawValue) of \(header.width)×\(header.height) pixels in a value that says \(stated)",
          both: "it shows it stretched to the size that the value states")
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
