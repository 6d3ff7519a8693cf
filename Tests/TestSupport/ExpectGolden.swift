public import Neural
public import Tensors
public import Testing

/// Expects the output of an operation, and the gradient of each of its inputs, to be those of a fixture; so too the
/// second derivatives, where it has some.
///
/// - Parameters:
///   - layout: How inputs that are pictures or signals stand in memory.
///   - operation: Is given the fixture's inputs in order.
public func expectGolden(
  _ fixture: Fixture, tolerance: Float, layout: Tensor.Layout = .plain,
  sourceLocation: SourceLocation = #_sourceLocation, operation: ([Tensor]) -> Tensor
) {
  let inputs = fixture.inputs.map(\.tensor.variable)
  let given = inputs.map { layout == .blocked && $0.shape.count >= 3 ? $0.blocked : $0 }
  let output = operation(given)
  let label = "\(fixture.name), \(layout)"
  expectShape(output, fixture["output"], label, sourceLocation)
  expectClose(
    output.array, fixture["output"].values, tolerance: tolerance, "output of \(label)",
    sourceLocation: sourceLocation)
  let found = gradients(of: output, upstream: fixture["upstream"].tensor, with: inputs)
  for (index, gradient) in found.enumerated() {
    guard let expected = fixture.inputEntry("gradient", index) else { continue }
    expectClose(
      gradient.array, expected.values, tolerance: tolerance, "gradient of input \(index), \(label)",
      sourceLocation: sourceLocation)
  }
  guard fixture.entries["second.upstream"] != nil else { return }
  expectSecondGradients(
    fixture, of: output, with: inputs, tolerance: tolerance, label, sourceLocation)
}

/// Expects the derivatives of a scalar product of an operation's gradients to be those of a fixture.
private func expectSecondGradients(
  _ fixture: Fixture, of output: Tensor, with inputs: [Tensor], tolerance: Float, _ label: String,
  _ sourceLocation: SourceLocation
) {
  let upstream = fixture["upstream"].tensor.variable
  let first = gradients(of: output, upstream: upstream, with: inputs, recording: true)
  let products = first.indices.compactMap { index in
    fixture.inputEntry("direction", index).map { (first[index] * $0.tensor).sum() }
  }
  let total = products.dropFirst().reduce(products[0], +)
  let second = gradients(of: total, with: inputs + [upstream])
  for (index, gradient) in second.dropLast().enumerated() {
    guard let expected = fixture.inputEntry("second", index) else { continue }
    expectClose(
      gradient.array, expected.values, tolerance: tolerance,
      "second derivative by input \(index), \(label)", sourceLocation: sourceLocation)
  }
  expectClose(
    second[inputs.count].array, fixture["second.upstream"].values, tolerance: tolerance,
    "second derivative by the upstream gradient, \(label)", sourceLocation: sourceLocation)
}

/// Expects a module with a fixture's parameters to have the fixture's output and gradients, and to leave its statistics.
///
/// The fixture must name all parameters of the module and no others.
///
/// - Parameter operation: Is given the fixture's inputs in order.
public func expectGolden(
  _ fixture: Fixture, of module: some Module, tolerance: Float,
  sourceLocation: SourceLocation = #_sourceLocation, operation: ([Tensor]) -> Tensor
) {
  let given = fixture.entries(under: "parameter.")
  let parameters = module.parameters
  #expect(parameters.map(\.name).sorted() == given.keys.sorted(), sourceLocation: sourceLocation)
  for (name, parameter) in parameters { parameter.value = fixture["parameter." + name].tensor }
  let trained = parameters.filter { $0.parameter.role == .trained }
  let values = trained.map(\.parameter.value)

  let inputs = fixture.inputs.map(\.tensor.variable)
  let output = operation(inputs)
  let label = fixture.name
  expectShape(output, fixture["output"], label, sourceLocation)
  expectClose(
    output.array, fixture["output"].values, tolerance: tolerance, "output of \(label)",
    sourceLocation: sourceLocation)
  let found = gradients(of: output, upstream: fixture["upstream"].tensor, with: inputs + values)
  for (index, gradient) in found.prefix(inputs.count).enumerated() {
    guard let expected = fixture.inputEntry("gradient", index) else { continue }
    expectClose(
      gradient.array, expected.values, tolerance: tolerance, "gradient of input \(index), \(label)",
      sourceLocation: sourceLocation)
  }
  for ((name, _), gradient) in zip(trained, found.dropFirst(inputs.count)) {
    expectClose(
      gradient.array, fixture["gradient." + name].values, tolerance: tolerance,
      "gradient of \(name), \(label)", sourceLocation: sourceLocation)
  }
  for (name, parameter) in parameters where parameter.role == .tracked {
    let left = fixture.entries["after." + name] ?? fixture["parameter." + name]
    expectClose(
      parameter.value.array, left.values, tolerance: tolerance, "\(name) after \(label)",
      sourceLocation: sourceLocation)
  }
}

private func expectShape(
  _ output: Tensor, _ expected: Fixture.Entry, _ label: String, _ sourceLocation: SourceLocation
) {
  #expect(
    output.shape == expected.shape, "shape of the output of \(label)",
    sourceLocation: sourceLocation)
}
