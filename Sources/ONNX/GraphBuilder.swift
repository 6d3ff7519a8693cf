internal import Foundation
internal import Tensors

/// What makes two tensors of a trace the same.
struct TensorKey: Hashable {
  private let buffer: ObjectIdentifier
  private let shape: [Int]

  init(_ tensor: Tensor) {
    buffer = ObjectIdentifier(tensor.buffer)
    shape = tensor.shape
  }
}

/// A graph of ONNX nodes that grows with a trace.
struct GraphBuilder {
  private(set) var graph = Onnx_GraphProto()
  private var names: [TensorKey: String] = [:]
  private let parameters: [TensorKey: String]
  /// What is no constant.
  private var made: Set<TensorKey> = []
  /// What made each tensor.
  private var makers: [TensorKey: TracedOperation] = [:]
  private var count = 0

  init(
    name: String, inputs: [(name: String, tensor: Tensor)],
    parameters: [(name: String, tensor: Tensor)]
  ) {
    self.parameters = Dictionary(parameters.map { (TensorKey($0.tensor), $0.name) }) { first, _ in
      first
    }
    graph.name = name
    for (name, tensor) in inputs {
      graph.input.append(Onnx_ValueInfoProto(name, shape: tensor.shape))
      names[TensorKey(tensor)] = name
      made.insert(TensorKey(tensor))
    }
  }

  /// Adds what was done, unless its result is there already.
  mutating func add(_ operation: TracedOperation) throws(ONNXError) {
    let key = TensorKey(operation.output)
    guard names[key] == nil else { return }
    names[key] = try nodes(for: operation)
    made.insert(key)
    makers[key] = operation
  }

  /// What made a tensor, unless that is a constant or an input.
  func maker(of tensor: Tensor) -> TracedOperation? { makers[TensorKey(tensor)] }

  /// The values of a tensor that does not depend on the inputs, or `nil`.
  func constantValues(of tensor: Tensor) -> [Float]? {
    made.contains(TensorKey(tensor)) ? nil : tensor.array
  }

  /// Leaves out nodes and constants that nothing reads.
  mutating func prune() {
    var wanted = Set(graph.output.map(\.name))
    var kept: [Onnx_NodeProto] = []
    for node in graph.node.reversed() where node.output.contains(where: wanted.contains) {
      wanted.formUnion(node.input)
      kept.append(node)
    }
    graph.node = kept.reversed()
    graph.initializer.removeAll { !wanted.contains($0.name) }
  }

  /// Names a result of the whole.
  mutating func finish(_ result: Tensor, as name: String) {
    graph.output.append(Onnx_ValueInfoProto(name, shape: result.shape))
    var node = Onnx_NodeProto()
    node.opType = "Identity"
    node.input = [self.name(of: result)]
    node.output = [name]
    graph.node.append(node)
  }

  /// What a tensor is called; one that nothing made becomes a constant.
  mutating func name(of tensor: Tensor) -> String {
    let key = TensorKey(tensor)
    if let name = names[key] { return name }
    let name = parameters[key] ?? nextName("constant")
    graph.initializer.append(Onnx_TensorProto(name, tensor.array, shape: tensor.shape))
    names[key] = name
    return name
  }

  /// A node with one output.
  ///
  /// - Returns: What its output is called.
  mutating func node(
    _ type: String, _ inputs: [String], _ attributes: [Onnx_AttributeProto] = []
  ) -> String {
    self.node(type, inputs, attributes, outputs: 1)[0]
  }

  /// A node with several outputs.
  ///
  /// - Returns: What they are called.
  mutating func node(
    _ type: String, _ inputs: [String], _ attributes: [Onnx_AttributeProto], outputs: Int
  ) -> [String] {
    var node = Onnx_NodeProto()
    node.opType = type
    node.input = inputs
    node.output = (0..<outputs).map { _ in nextName("value") }
    node.attribute = attributes
    graph.node.append(node)
    return node.output
  }

  mutating func constant(_ value: Float) -> String { constant([value], shape: []) }

  mutating func constant(_ values: [Int]) -> String { constant(values, shape: [values.count]) }

  /// Whole numbers without axes.
  mutating func constant(_ value: Int) -> String { constant([value], shape: []) }

  mutating func constant(_ values: [Int], shape: [Int]) -> String {
    let name = nextName("constant")
    graph.initializer.append(Onnx_TensorProto(name, values, shape: shape))
    return name
  }

  mutating func constant(_ values: [Float], shape: [Int]) -> String {
    let name = nextName("constant")
    graph.initializer.append(Onnx_TensorProto(name, values, shape: shape))
    return name
  }

  private mutating func nextName(_ kind: String) -> String {
    count += 1
    return "\(kind).\(count)"
  }
}

extension Onnx_ValueInfoProto {
  fileprivate init(_ name: String, shape: [Int]) {
    self.name = name
    type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    type.tensorType.shape.dim = shape.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      dimension.dimValue = Int64(size)
      return dimension
    }
  }
}

extension Onnx_TensorProto {
  fileprivate init(_ name: String, _ values: [Float], shape: [Int]) {
    self.name = name
    dims = shape.map { Int64($0) }
    dataType = Int32(DataType.float.rawValue)
    rawData = values.withUnsafeBytes { Data($0) }
  }

  fileprivate init(_ name: String, _ values: [Int], shape: [Int]) {
    self.name = name
    dims = shape.map { Int64($0) }
    dataType = Int32(DataType.int64.rawValue)
    int64Data = values.map { Int64($0) }
  }
}

extension Onnx_AttributeProto {
  static func integer(_ name: String, _ value: Int) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .int
    attribute.i = Int64(value)
    return attribute
  }

  static func text(_ name: String, _ value: String) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .string
    attribute.s = Data(value.utf8)
    return attribute
  }

  static func integers(_ name: String, _ values: [Int]) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values.map { Int64($0) }
    return attribute
  }

  static func float(_ name: String, _ value: Float) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .float
    attribute.f = value
    return attribute
  }
}
