internal import Kernels

/// `eˣ / Σ eˣ` along an axis.
///
/// A line that is −∞ throughout becomes not-a-number, as in PyTorch.
public func softmax(_ x: Tensor, axis: Int) -> Tensor {
  lastwise(x, axis: axis) { x, columns in
    let values = x.plainBuffer.softmax(columns: columns)
    return Tensor.recorded(values, shape: x.shape, from: [x], as: .softmax) { upstream in
      guard Recording.isOn else {
        let back = values.softmaxPullback(upstream.plainBuffer, columns: columns)
        return [Tensor(back, shape: x.shape)]
      }
      let (y, last) = (softmax(x, axis: x.shape.count - 1), x.shape.count - 1)
      return [y * (upstream - (y * upstream).sum(axes: [last]))]
    }
  }
}

/// The logarithm of ``softmax(_:axis:)``.
public func logSoftmax(_ x: Tensor, axis: Int) -> Tensor {
  lastwise(x, axis: axis) { x, columns in
    let values = x.plainBuffer.logSoftmax(columns: columns)
    return Tensor.recorded(values, shape: x.shape, from: [x], as: .logSoftmax) { upstream in
      guard Recording.isOn else {
        let back = values.logSoftmaxPullback(upstream.plainBuffer, columns: columns)
        return [Tensor(back, shape: x.shape)]
      }
      let last = x.shape.count - 1
      return [upstream - softmax(x, axis: last) * upstream.sum(axes: [last])]
    }
  }
}

/// Runs an operation that works along the last axis along another.
private func lastwise(_ x: Tensor, axis: Int, _ operation: (Tensor, Int) -> Tensor) -> Tensor {
  let last = x.shape.count - 1
  guard axis != last else { return operation(x, x.shape[last]) }
  return operation(x.transposed(axis, last), x.shape[axis]).transposed(axis, last)
}
