// RunVerifier+Scalars.swift
// What is found about scalars: which types each loader serves.

import ByteStreams

extension RunVerifier {
  mutating func checkScalar(_ value: VerifiedValue, _ number: Int, _ step: Int64, _ spot: Spot) {
    if value.fields.form == .simpleValue {
      if !value.fields.number.isFinite { noteNotFinite(Double(value.fields.number), number, step, spot) }
      return
    }
    guard let tensor = value.tensor else { return }
    let answer = PythonScalar(tensor)
    if tensor.kind == .float, tensor.shape.isEmpty, answer == .number {
      if let number_ = tensor.firstNumber, !number_.isFinite { noteNotFinite(number_, number, step, spot) }
      return
    }
    if answer == .failure { series[number].unserved.python = "a value that can't be sent" }
    let rule: EventRule = answer == .failure ? .unservedScalar : tensor.kind == .float ? .wrongShape : .wrongType
    add(rule, number, spot) {
      let what =
        tensor.isFilled
        ? "a scalar of type \(tensor.typeName) and shape \(tensor.shape)"
        : "a tensor of type \(tensor.typeName) and shape \(tensor.shape) that holds \(DisplayName.counted(tensor.storedCount ?? 0, "element"))"
      return FindingText(
        "\(what); only a float of rank 0 is shown by both loaders", python: answer.effect, rust: "it hides the value",
        breaksHParams: answer != .number)
    }
  }

  private mutating func noteNotFinite(_ value: Double, _ number: Int, _ step: Int64, _ spot: Spot) {
    add(.notFinite, number, spot) {
      FindingText("the number at step \(step) is \(value)", both: "it shows a triangle in its place")
    }
  }
}

/// What the Python loader makes of a scalar (util/tensor_util.py, make_ndarray; backend/json_util.py).
private enum PythonScalar {
  case number
  /// A string is sent as it is.
  case text
  /// An element of a quantized type is sent as a list.
  case list
  case failure

  init(_ tensor: TensorFields) {
    let isRaw = !tensor.raw.isEmpty
    guard tensor.isFilled, tensor.elementCount == 1 else {
      self = .failure
      return
    }
    switch tensor.kind {
    case .float, .double, .int32, .uint8, .int16, .int8, .int64, .bool, .uint16, .half:
      self = isRaw && tensor.kind?.size != tensor.raw.count ? .failure : .number
    // Their lists are not read, but raw bytes are.
    case .uint32, .uint64: self = isRaw && tensor.kind?.size == tensor.raw.count ? .number : .failure
    // Python's JSON has neither.
    case .complex64, .complex128, .bfloat16: self = .failure
    case .string:
      var isText = !isRaw
      tensor.forEachString { bytes in
        isText = isText && bytes.text != nil
        return isText
      }
      self = isText ? .text : .failure
    case nil: self = (11...13).contains(tensor.typeNumber) || (15...16).contains(tensor.typeNumber) ? .list : .failure
    }
  }

  var effect: String {
    switch self {
    case .number: "it shows it"
    case .text: "it sends the text: a chart draws it if it is a number"
    case .list: "it sends a list in place of a number"
    case .failure: "the request for the tag fails, in every run that has it"
    }
  }
}
