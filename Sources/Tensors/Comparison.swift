internal import Kernels

// Masks: 1 where something holds, else 0. They have no gradient.

infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .== : ComparisonPrecedence

extension Tensor {
  public static func .> (a: Tensor, b: Tensor) -> Tensor { mask(a, b, .greater) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { mask(a, b, .greaterOrEqual) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { mask(b, a, .greater) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { mask(b, a, .greaterOrEqual) }
  public static func .== (a: Tensor, b: Tensor) -> Tensor { mask(a, b, .equal) }

  public static func .> (a: Tensor, b: Float) -> Tensor { a .> Tensor([b], shape: []) }
  public static func .>= (a: Tensor, b: Float) -> Tensor { a .>= Tensor([b], shape: []) }
  public static func .< (a: Tensor, b: Float) -> Tensor { a .< Tensor([b], shape: []) }
  public static func .<= (a: Tensor, b: Float) -> Tensor { a .<= Tensor([b], shape: []) }
  public static func .== (a: Tensor, b: Float) -> Tensor { a .== Tensor([b], shape: []) }

  private static func mask(_ a: Tensor, _ b: Tensor, _ comparison: Buffer.Joining) -> Tensor {
    joined(a.detached, b.detached, by: comparison) { _ in [nil, nil] }
  }
}

/// `a` where the mask is not 0, else `b`; the three broadcast.
///
/// What is not taken has gradient 0, even
/// where it is not a number.
public func selected(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let shape = broadcast(mask.shape, broadcast(a.shape, b.shape))
  let (mask, a, b) = (
    mask.detached.expanded(to: shape), a.expanded(to: shape), b.expanded(to: shape)
  )
  let result = mask.plainBuffer.selecting(a.plainBuffer, b.plainBuffer)
  return Tensor.recorded(
    result, shape: shape, from: [a, b], as: .selection, of: [mask, a, b]
  ) { upstream in
    let zero = Tensor(repeating: 0, shape: [])
    return [selected(mask, upstream, zero), selected(mask, zero, upstream)]
  }
}
