public import Tensors
public import Testing

/// Expects `⟨A x, y⟩ = ⟨x, Aᵀ y⟩` of a linear operation, `Aᵀ y` being its gradient for the upstream `y`.
public func expectAdjoint(
  _ shape: [Int], seed: Int, tolerance: Double = 1e-5,
  sourceLocation: SourceLocation = #_sourceLocation, _ operation: (Tensor) -> Tensor
) {
  let x = randomTensor("x \(seed)", shape).variable
  let result = operation(x)
  let y = randomTensor("y \(seed)", result.shape)
  let back = gradients(of: result, upstream: y, with: [x])[0]
  let (forth, returned) = (dot(result, y), dot(x, back))
  let scale = (dot(result, result) * dot(y, y)).squareRoot()
  #expect(
    abs(forth - returned) <= tolerance * scale,
    "⟨Ax, y⟩ is \(forth), ⟨x, Aᵀy⟩ is \(returned), seed \(seed)", sourceLocation: sourceLocation)
}
