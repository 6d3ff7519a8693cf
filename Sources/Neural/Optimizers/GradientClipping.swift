internal import Kernels
public import Tensors

/// Gradients scaled down so that their common Euclidean norm is at most `limit`, and the norm they
/// had.
public func clipped(_ gradients: [Tensor], norm limit: Float) -> (gradients: [Tensor], norm: Float)
{
  let gradients = gradients.map(\.plain)
  let norm = Float(gradients.reduce(0.0) { $0 + $1.buffer.dot($1.buffer) }.squareRoot())
  guard norm > limit else { return (gradients, norm) }
  return (gradients.map { $0 * (limit / norm) }, norm)
}

/// Gradients whose elements are kept within `−limit…limit`.
public func clipped(_ gradients: [Tensor], value limit: Float) -> [Tensor] {
  gradients.map { clamped($0.plain, -limit...limit) }
}
