public import Neural
public import Tensors
public import Testing

/// Expects backward gradients to agree with central differences along one unit direction.
///
/// The direction is half random and half along the gradient, so that the slope is never small beside the gradient: where
/// it is, the kinks of ReLUs and the rounding of `Float` outweigh it. The scalar differentiated is the scalar product of the result with fixed random numbers.
///
/// - Parameters:
///   - start: Where to differentiate; all of them are varied together.
///   - step: Length of the step. Too long a step meets the kinks of ReLUs, too short a one the rounding of `Float`.
///   - tolerance: Relative to the larger of the slope found and a tenth of the gradient's length.
public func expectGradientsMatch(
  at start: [Tensor], step: Float = 3e-3, tolerance: Double = 0.02, seed: Int = 1,
  sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Tensor]) -> Tensor
) {
  let variables = start.map(\.variable)
  let output = function(variables)
  let weights = randomTensor("weights \(seed)", output.shape)
  let found = gradients(of: output, upstream: weights, with: variables)
  let slopes = Slopes(weights: weights, step: step, tolerance: tolerance, seed: seed)
  slopes.expect(found, at: start, "inputs", sourceLocation, function)
}

/// Expects the gradients of a module's inputs, and of each trained parameter, to agree with central differences.
///
/// Each is checked by itself, so that no small gradient hides behind a large one. The parameters are made from the seed.
///
/// - Parameters:
///   - inputs: The shapes of what the module is given.
///   - operation: Runs the module.
public func expectGradientsMatch(
  of module: some Module, inputs: [[Int]], step: Float = 3e-3, tolerance: Double = 0.02, seed: Int,
  sourceLocation: SourceLocation = #_sourceLocation, _ operation: ([Tensor]) -> Tensor
) {
  module.initialize(seed: UInt64(seed))
  let parameters = module.parameters.filter { $0.parameter.role == .trained }
  // Constant beginnings hide mistakes: a bias of 0, a scale of 1.
  for (name, parameter) in parameters {
    let noise = randomTensor("\(name) \(seed)", parameter.shape)
    parameter.value = parameter.value + 0.2 * noise
  }
  let given = inputs.enumerated().map {
    randomTensor("input \(seed) \($0.offset)", $0.element).variable
  }
  let output = operation(given)
  let weights = randomTensor("weights \(seed)", output.shape)
  let found = gradients(
    of: output, upstream: weights, with: given + parameters.map(\.parameter.value))
  let slopes = Slopes(weights: weights, step: step, tolerance: tolerance, seed: seed)
  slopes.expect(
    Array(found.prefix(given.count)), at: given, "inputs", sourceLocation, operation)
  for ((name, parameter), gradient) in zip(parameters, found.dropFirst(given.count)) {
    let value = parameter.value
    slopes.expect([gradient], at: [value], name, sourceLocation) { moved in
      parameter.value = moved[0]
      return operation(given)
    }
    parameter.value = value
  }
}

/// Central differences of the scalar product of a result with `weights`.
private struct Slopes {
  let weights: Tensor
  let step: Float
  let tolerance: Double
  let seed: Int

  func expect(
    _ found: [Tensor], at start: [Tensor], _ what: String, _ sourceLocation: SourceLocation,
    _ function: ([Tensor]) -> Tensor
  ) {
    let random = start.indices.map { randomTensor("\(what) \(seed) \($0)", start[$0].shape) }
    let steepest = length(of: found)
    let along = steepest == 0 ? 0 : Float(length(of: random) / steepest)
    let directions = zip(random, found).map { $0 + along * $1 }
    let length = Float(length(of: directions))

    func moved(by distance: Float) -> Double {
      let there = zip(start, directions).map { x, d in
        Tensor(zip(x.array, d.array).map { $0 + distance / length * $1 }, shape: x.shape).variable
      }
      return dot(function(there), weights)
    }

    let slope = zip(found, directions).reduce(0) { $0 + dot($1.0, $1.1) } / Double(length)
    let measured = (moved(by: step) - moved(by: -step)) / Double(2 * step)
    #expect(
      abs(slope - measured) <= tolerance * max(abs(measured), steepest / 10),
      "\(what): backward says \(slope), differences say \(measured), seed \(seed)",
      sourceLocation: sourceLocation)
  }

  private func length(of tensors: [Tensor]) -> Double {
    tensors.reduce(0) { $0 + dot($1, $1) }.squareRoot()
  }
}
