public import Tensors

/// Each sample less a share of the one before, which lifts high frequencies.
///
/// Maps `[batch, samples]` to the same shape; the first sample stays as it is, as in
/// `torchaudio.functional.preemphasis`.
public func preEmphasized(_ sound: Tensor, by share: Float = 0.97) -> Tensor {
  let before = sound.sliced(0..<sound.shape[1] - 1, axis: 1).padded(before: 1, after: 0, axis: 1)
  return sound - share * before
}

/// Undoes ``preEmphasized(_:by:)``.
public func deEmphasized(_ samples: [Float], by share: Float = 0.97) -> [Float] {
  var last: Float = 0
  return samples.map { sample in
    last = sample + share * last
    return last
  }
}
