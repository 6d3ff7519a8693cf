internal import Foundation
internal import Tensors

/// A node of a graph that is about to run: what it is given and how it is set.
struct OperatorCall {
  private(set) var name: String
  private(set) var inputs: [GraphValue?]
  let outputCount: Int
  /// The version of the operator set.
  let version: Int
  private let attributes: [String: Onnx_AttributeProto]
  /// ONNX's numbers of the inputs' element types, as far as the graph tells them.
  private let types: [Int?]

  init(
    _ node: Onnx_NodeProto, inputs: [GraphValue?], version: Int, types: [String: Int] = [:]
  ) {
    name = node.opType
    self.inputs = inputs
    self.types = node.input.map { types[$0] }
    outputCount = node.output.count
    self.version = version
    attributes = Dictionary(node.attribute.map { ($0.name, $0) }) { $1 }
  }

  /// Another operator with the same settings.
  func instead(_ name: String, _ inputs: [GraphValue?]) -> OperatorCall {
    var call = self
    (call.name, call.inputs) = (name, inputs)
    return call
  }

  func unsupported(_ reason: String) -> ONNXError {
    .unsupported(operator: name, reason: reason)
  }

  // MARK: Inputs

  func optional(_ index: Int) -> GraphValue? {
    inputs.indices.contains(index) ? inputs[index] : nil
  }

  func value(_ index: Int) throws(ONNXError) -> GraphValue {
    guard let value = optional(index) else { throw unsupported("input \(index) is missing") }
    return value
  }

  func tensor(_ index: Int) throws(ONNXError) -> Tensor { try value(index).tensor }

  /// ONNX's number of an input's element type, if the graph tells it.
  func elementType(_ index: Int) -> Int? { types.indices.contains(index) ? types[index] : nil }

  /// An input of so many axes.
  func tensor(_ index: Int, rank: ClosedRange<Int>) throws(ONNXError) -> Tensor {
    let tensor = try tensor(index)
    guard rank.contains(tensor.shape.count) else {
      throw unsupported("\(tensor.shape.count) axes")
    }
    return tensor
  }

  /// An input that holds shapes, axes or indices.
  func integers(_ index: Int) throws(ONNXError) -> [Int]? {
    guard let value = optional(index) else { return nil }
    guard case .integers(let integers) = value else {
      throw unsupported("input \(index) holds no whole numbers")
    }
    return integers.values
  }

  // MARK: Attributes

  func has(_ attribute: String) -> Bool { attributes[attribute] != nil }

  func integer(_ name: String, _ standard: Int) -> Int {
    attributes[name].map { Int($0.i) } ?? standard
  }

  func flag(_ name: String) -> Bool { integer(name, 0) != 0 }

  func integers(_ name: String) -> [Int]? { attributes[name].map { $0.ints.map { Int($0) } } }

  /// What older versions have as an attribute and newer ones as an input.
  func integers(_ name: String, orInput index: Int) throws(ONNXError) -> [Int]? {
    if let values = integers(name) { return values }
    return try integers(index)
  }

  func float(_ name: String, _ standard: Float) -> Float { attributes[name]?.f ?? standard }

  func floats(_ name: String) -> [Float]? { attributes[name]?.floats }

  func text(_ name: String, _ standard: String) -> String {
    attributes[name].map { String(decoding: $0.s, as: UTF8.self) } ?? standard
  }

  func texts(_ name: String) -> [String]? {
    attributes[name].map { $0.strings.map { String(decoding: $0, as: UTF8.self) } }
  }

  func constant(_ name: String) throws(ONNXError) -> GraphValue? {
    guard let attribute = attributes[name] else { return nil }
    return try GraphValue(attribute.t)
  }

  func graph(_ name: String) throws(ONNXError) -> Onnx_GraphProto {
    guard let attribute = attributes[name], attribute.hasG else { throw unsupported("no \(name)") }
    return attribute.g
  }

  /// The constant that the node `Constant` holds.
  func literal() throws(ONNXError) -> GraphValue {
    for (name, attribute) in attributes {
      switch name {
      case "value": return try GraphValue(attribute.t)
      case "value_float": return .numbers(.single(attribute.f))
      case "value_floats":
        return .numbers(Tensor(attribute.floats, shape: [attribute.floats.count]))
      case "value_int": return .integers(Indices([Int(attribute.i)], shape: []))
      case "value_ints":
        return .integers(
          Indices(attribute.ints.map { Int($0) }, shape: [attribute.ints.count]))
      default: continue
      }
    }
    throw unsupported("a constant that is no number")
  }

  // MARK: Axes

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws(ONNXError) -> Int {
    guard (-rank..<rank).contains(axis) else {
      throw unsupported("axis \(axis) of \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes from the attribute of older versions or the input of newer ones.
  func axes(input: Int, rank: Int) throws(ONNXError) -> [Int]? {
    guard let axes = try integers("axes", orInput: input) else { return nil }
    return try axes.map { axis throws(ONNXError) in try self.axis(axis, rank: rank) }
  }
}

extension OperatorCall {
  /// Runs the operator.
  ///
  /// - Throws: ``ONNXError/unsupported(operator:reason:)`` if it is not known.
  func results() throws(ONNXError) -> [GraphValue] {
    if let result = try wholeNumbers() { return [result] }
    if let results = try conversion() { return results }
    if let result = try elementwise() { return [result] }
    if let result = try joining() { return [result] }
    if let result = try reduction() { return [result] }
    if let result = try product() { return [result] }
    if let result = try shaping() { return [result] }
    if let result = try selection() { return [result] }
    if let result = try scattering() { return [result] }
    if let result = try generation() { return [result] }
    if let result = try resizing() { return [result] }
    if let result = try transform() { return [result] }
    if let results = try normalization() { return results }
    if let results = try window() { return results }
    if let results = try search() { return results }
    if let results = try recurrence() { return results }
    if let results = try attention() { return results }
    if let results = try loss() { return results }
    throw unsupported("it is not known")
  }
}
