internal import Kernels

/// Matrix products along the last two axes; the axes before them broadcast.
///
/// Transposed sides are read as they stand in memory.
///
/// - Parameters:
///   - a: `[…, rows, inner]`, or `[…, inner, rows]` if transposed.
///   - b: `[…, inner, columns]`, or `[…, columns, inner]` if transposed.
/// - Returns: `[…, rows, columns]`.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
) -> Tensor {
  let (left, right) = (a.shape.suffix(2), b.shape.suffix(2))
  precondition(left.count == 2 && right.count == 2, "a matrix product of \(a.shape) and \(b.shape)")
  let (rows, inner) = transposingLeft ? (left.last, left.first) : (left.first, left.last)
  let (shared, columns) = transposingRight ? (right.last, right.first) : (right.first, right.last)
  guard let rows, let inner, let columns, shared == inner else {
    preconditionFailure("a matrix product of \(a.shape) and \(b.shape)")
  }
  let batch = broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  if a.shape.count > 2, b.shape.count == 2, !transposingLeft {  // one long matrix
    let long = a.reshaped([a.count / inner, inner])
    return matmul(long, b, transposingRight: transposingRight).reshaped(batch + [rows, columns])
  }
  let product = MatrixProduct(
    rows: rows, inner: inner, columns: columns, leftIsTransposed: transposingLeft,
    rightIsTransposed: transposingRight)
  let items = zip(a.matrices(in: batch), b.matrices(in: batch)).map { (left: $0, right: $1) }
  let result = product(a.plainBuffer, b.plainBuffer, items: items)
  return Tensor.recorded(
    result, shape: batch + [rows, columns], from: [a, b],
    as: .matrixProduct(transposingLeft: transposingLeft, transposingRight: transposingRight)
  ) { upstream in
    var (leftGradient, rightGradient): (Tensor?, Tensor?)
    if a.isTracked {
      leftGradient =
        transposingLeft
        ? matmul(b, upstream, transposingLeft: transposingRight, transposingRight: true)
        : matmul(upstream, b, transposingRight: !transposingRight)
    }
    if b.isTracked {
      rightGradient =
        transposingRight
        ? matmul(upstream, a, transposingLeft: true, transposingRight: transposingLeft)
        : matmul(a, upstream, transposingLeft: !transposingLeft)
    }
    return [leftGradient?.summed(to: a.shape), rightGradient?.summed(to: b.shape)]
  }
}

/// `x · weightᵀ + bias` along the last axis.
///
/// - Parameters:
///   - x: `[…, input]`.
///   - weight: `[output, input]`.
///   - bias: `[output]`.
/// - Returns: `[…, output]`.
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
  let (input, output) = (weight.shape[1], weight.shape[0])
  precondition(x.shape.last == input, "a linear map of \(weight.shape) over \(x.shape)")
  let long = x.reshaped([x.count / input, input])
  guard let bias else {
    return matmul(long, weight, transposingRight: true).reshaped(x.shape.dropLast() + [output])
  }
  let product = MatrixProduct(
    rows: long.shape[0], inner: input, columns: output, rightIsTransposed: true)
  let result = product(
    long.buffer, weight.plainBuffer, items: [(0, 0)], initial: bias.plainBuffer)
  return Tensor.recorded(
    result, shape: [long.shape[0], output], from: [long, weight, bias], as: .linear
  ) {
    [
      long.isTracked ? matmul($0, weight) : nil,
      weight.isTracked ? matmul($0, long, transposingLeft: true) : nil, $0.summed(to: bias.shape),
    ]
  }.reshaped(x.shape.dropLast() + [output])
}

extension Tensor {
  /// Which of the tensor's matrices each item of a batch takes.
  fileprivate func matrices(in batch: [Int]) -> [Int] {
    let own = Array(repeating: 1, count: batch.count - (shape.count - 2)) + shape.dropLast(2)
    precondition(
      zip(own, batch).allSatisfy { $0 == $1 || $0 == 1 }, "matrices of \(shape) in batch \(batch)")
    let strides = zip(own, rowMajorStrides(own)).map { $0 == 1 ? 0 : $1 }
    return (0..<batch.reduce(1, *)).map { item in
      var (rest, index) = (item, 0)
      for axis in batch.indices.reversed() {
        index += rest % batch[axis] * strides[axis]
        rest /= batch[axis]
      }
      return index
    }
  }
}
