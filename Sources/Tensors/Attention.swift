internal import Kernels

/// What each query takes from the values: `softmax(scale · query · keyᵀ + bias) · value` of each head.
///
/// Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
///
/// - Parameters:
///   - query: `[batch, queries, heads · size]`.
///   - key: `[batch, keys, heads · size]`.
///   - value: Likewise.
///   - scale: 1 / √size by default.
///   - bias: Broadcasts to `[batch, heads, queries, keys]`; −∞ hides a key from a query.
/// - Returns: `[batch, queries, heads · size]`.
public func attention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, scale: Float? = nil,
  bias: Tensor? = nil
) -> Tensor {
  let shape = query.shape
  precondition(
    shape.count == 3 && key.shape == [shape[0], key.shape[1], shape[2]]
      && value.shape == key.shape && shape[2] % heads == 0,
    "\(heads) heads of \(shape) over \(key.shape) and \(value.shape)")
  if Trace.current != nil {
    return composedAttention(query, key, value, heads: heads, scale: scale, bias: bias)
  }
  let geometry = AttentionHeads(query, keys: key.shape[1], heads: heads, scale: scale)
  let sides = [query, key, value].map { AttentionHeads.Side($0.plainBuffer, pitch: shape[2]) }
  let added = bias.map { geometry.bias($0) }
  let (result, shares) = geometry.attend(sides[0], sides[1], sides[2], bias: added)
  let sources = [query, key, value] + [bias].compactMap { $0 }
  return Tensor.recorded(result, shape: shape, from: sources) { upstream in
    guard !Recording.isOn else {
      return pulledBack(
        upstream,
        through: {
          composedAttention(
            $0[0], $0[1], $0[2], heads: heads, scale: scale, bias: $0.dropFirst(3).first)
        }, to: sources)
    }
    let found = sides.map { AttentionHeads.Side(Buffer(count: $0.buffer.count), pitch: $0.pitch) }
    let slopes = geometry.pullback(
      upstream.plainBuffer, shares: shares, sides[0], sides[1], sides[2],
      into: (found[0], found[1], found[2]))
    return zip(found, [query, key, value]).map { Tensor($0.buffer, shape: $1.shape) }
      + (bias.map { [geometry.biasGradient(slopes, of: $0)] } ?? [])
  }
}

/// ``attention(_:_:_:heads:scale:bias:)`` of a sequence to itself, whose queries, keys and values stand side by side.
///
/// - Parameter joint: `[batch, places, 3 · heads · size]`.
public func selfAttention(
  _ joint: Tensor, heads: Int, scale: Float? = nil, bias: Tensor? = nil
) -> Tensor {
  let (batch, places, width) = (joint.shape[0], joint.shape[1], joint.shape[2] / 3)
  precondition(
    joint.shape == [batch, places, 3 * width] && width % heads == 0,
    "\(heads) heads in \(joint.shape)")
  if Trace.current != nil {
    return composedSelfAttention(joint, heads: heads, scale: scale, bias: bias)
  }
  let shape = [batch, places, width]
  let geometry = AttentionHeads(shape, keys: places, heads: heads, scale: scale)
  let source = joint.plainBuffer
  func side(_ buffer: Buffer, _ index: Int) -> AttentionHeads.Side {
    AttentionHeads.Side(buffer, offset: index * width, pitch: 3 * width)
  }
  let (result, shares) = geometry.attend(
    side(source, 0), side(source, 1), side(source, 2), bias: bias.map { geometry.bias($0) })
  let sources = [joint] + [bias].compactMap { $0 }
  return Tensor.recorded(result, shape: shape, from: sources) { upstream in
    guard !Recording.isOn else {
      return pulledBack(
        upstream,
        through: {
          composedSelfAttention($0[0], heads: heads, scale: scale, bias: $0.dropFirst().first)
        }, to: sources)
    }
    let found = Buffer(count: source.count)
    let slopes = geometry.pullback(
      upstream.plainBuffer, shares: shares, side(source, 0), side(source, 1), side(source, 2),
      into: (side(found, 0), side(found, 1), side(found, 2)))
    return [Tensor(found, shape: joint.shape)]
      + (bias.map { [geometry.biasGradient(slopes, of: $0)] } ?? [])
  }
}

/// The same in operations that a trace can name and that can be differentiated again.
private func composedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, scale: Float?, bias: Tensor?
) -> Tensor {
  let size = query.shape[2] / heads
  func split(_ x: Tensor) -> Tensor {
    x.reshaped([x.shape[0], x.shape[1], heads, size]).permuted([0, 2, 1, 3])
  }
  let products = matmul(split(query), split(key), transposingRight: true)
  let scaled = products * (scale ?? 1 / Float(size).squareRoot())
  let shares = softmax(bias.map { scaled + $0 } ?? scaled, axis: 3)
  return matmul(shares, split(value)).permuted([0, 2, 1, 3]).reshaped(query.shape)
}

private func composedSelfAttention(
  _ joint: Tensor, heads: Int, scale: Float?, bias: Tensor?
) -> Tensor {
  let parts = joint.chunked(3, axis: 2)
  return composedAttention(parts[0], parts[1], parts[2], heads: heads, scale: scale, bias: bias)
}

extension AttentionHeads {
  fileprivate init(_ query: Tensor, keys: Int, heads: Int, scale: Float?) {
    self.init(query.shape, keys: keys, heads: heads, scale: scale)
  }

  fileprivate init(_ shape: [Int], keys: Int, heads: Int, scale: Float?) {
    let size = shape[2] / heads
    self.init(
      batch: shape[0], heads: heads, queries: shape[1], keys: keys, size: size,
      scale: scale ?? 1 / Float(size).squareRoot())
  }

  private var shape: [Int] { [batch, heads, queries, keys] }

  fileprivate func bias(_ bias: Tensor) -> Bias {
    let own = Array(repeating: 1, count: 4 - bias.shape.count) + bias.shape
    precondition(
      zip(own, shape).allSatisfy { $0 == $1 || $0 == 1 }, "a bias of \(bias.shape) for \(shape)")
    return Bias(
      bias.plainBuffer, strides: zip(own, rowMajorStrides(own)).map { $0 == 1 ? 0 : $1 })
  }

  fileprivate func biasGradient(_ slopes: Buffer, of bias: Tensor) -> Tensor? {
    bias.isTracked ? Tensor(slopes, shape: shape).summed(to: bias.shape) : nil
  }
}
