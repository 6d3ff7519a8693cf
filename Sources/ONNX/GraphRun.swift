internal import Tensors

/// Runs a graph and those that its nodes hold.
struct GraphRun {
  /// The version of the operator set.
  let version: Int

  /// - Parameter given: The values that the graph's inputs and constants have, and those of the
  ///   graphs around it.
  /// - Returns: Its outputs, in order.
  func callAsFunction(
    _ graph: Onnx_GraphProto, _ given: [String: GraphValue]
  ) throws(ONNXError) -> [GraphValue] {
    var values = given
    let types = graph.elementTypes
    for node in graph.node {
      var inputs: [GraphValue?] = []
      for name in node.input {
        guard name.isEmpty || values[name] != nil else {
          throw .unreadable("nothing makes \(name)")
        }
        inputs.append(values[name])
      }
      let call = OperatorCall(node, inputs: inputs, version: version, types: types)
      let results =
        switch call.name {
        case "If": try branch(call, values)
        case "Loop": try loop(call, values)
        default: try call.results()
        }
      for (name, result) in zip(node.output, results) where !name.isEmpty {
        values[name] = result
      }
    }
    var results: [GraphValue] = []
    for output in graph.output {
      guard let value = values[output.name] else {
        throw .unreadable("nothing makes \(output.name)")
      }
      results.append(value)
    }
    return results
  }

  /// Runs a graph that a node holds.
  private func inner(
    _ graph: Onnx_GraphProto, _ inputs: [GraphValue], _ outer: [String: GraphValue]
  ) throws(ONNXError) -> [GraphValue] {
    var values = outer
    for tensor in graph.initializer { values[tensor.name] = try GraphValue(tensor) }
    for (input, value) in zip(graph.input, inputs) { values[input.name] = value }
    return try self(graph, values)
  }

  private func branch(
    _ call: OperatorCall, _ values: [String: GraphValue]
  ) throws(ONNXError) -> [GraphValue] {
    let isTaken = try call.tensor(0).array.first ?? 0 != 0
    return try inner(try call.graph(isTaken ? "then_branch" : "else_branch"), [], values)
  }

  /// Runs a graph again and again: it is given the round, whether to go on and its own last results,
  /// and makes whether to go on, results and values that are collected.
  private func loop(
    _ call: OperatorCall, _ values: [String: GraphValue]
  ) throws(ONNXError) -> [GraphValue] {
    let body = try call.graph("body")
    let limit = try call.integers(0)?.first ?? .max
    var goesOn = call.optional(1)?.tensor.array.first ?? 1 != 0
    var state: [GraphValue] = []
    for index in call.inputs.indices.dropFirst(2) { state.append(try call.value(index)) }
    var rounds: [[GraphValue]] = []
    while goesOn, rounds.count < limit {
      let round = GraphValue.integers(Indices([rounds.count], shape: []))
      let flag = GraphValue.booleans(.single(1))
      let results = try inner(body, [round, flag] + state, values)
      guard let next = results.first, results.count > state.count else {
        throw call.unsupported("a body with too few results")
      }
      goesOn = next.tensor.array.first ?? 0 != 0
      rounds.append(Array(results.dropFirst(1 + state.count)))
      state = Array(results[1...state.count])
    }
    guard let first = rounds.first else { return state }
    var collected: [GraphValue] = []
    for index in first.indices {
      let parts = rounds.map { $0[index].reshaped([1] + $0[index].shape) }
      collected.append(try OperatorCall.joined(parts, axis: 0))
    }
    return state + collected
  }
}

extension Onnx_GraphProto {
  /// ONNX's numbers of the element types of what the graph is given and of its constants.
  fileprivate var elementTypes: [String: Int] {
    let told = input.map { ($0.name, Int($0.type.tensorType.elemType)) }
    let constants = initializer.map { ($0.name, Int($0.dataType)) }
    return Dictionary(told + constants) { $1 }
  }
}
