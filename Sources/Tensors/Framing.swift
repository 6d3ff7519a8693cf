internal import Kernels

extension Tensor {
  /// Overlapping stretches of signals: `Tensor.unfold` of PyTorch, each stretch a column.
  ///
  /// Maps `[batch, samples]` to `[batch, size, frames]` with `1 + (samples − size) / hop` frames;
  /// samples after the last whole one are left out.
  public func framed(size: Int, hop: Int) -> Tensor {
    let (batch, length) = (shape[0], shape[1])
    let result = plainBuffer.framed(items: batch, size: size, hop: hop)
    return Tensor.recorded(
      result, shape: [batch, size, result.count / (batch * size)], from: [self],
      as: .frame(hop: hop)
    ) { [$0.overlapAdded(hop: hop, length: length)] }
  }

  /// Stretches laid over one another, each `hop` after the one before, and added up: `fold`.
  ///
  /// Maps `[batch, size, frames]` to `[batch, length]`.
  ///
  /// - Parameter length: By default, to the end of the last stretch.
  public func overlapAdded(hop: Int, length: Int? = nil) -> Tensor {
    let (batch, size, frames) = (shape[0], shape[1], shape[2])
    let length = length ?? (frames - 1) * hop + size
    let result = plainBuffer.overlapAdded(items: batch, size: size, hop: hop, length: length)
    return Tensor.recorded(
      result, shape: [batch, length], from: [self], as: .overlapAdd(hop: hop)
    ) {
      [$0.sliced(0..<(frames - 1) * hop + size, axis: 1).framed(size: size, hop: hop)]
    }
  }
}
