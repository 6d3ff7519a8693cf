public import Tensors

/// How far a critic's slope is from 1 between real and made items: the mean square over the batch.
///
/// The critic must be made of operations that can be differentiated twice.
///
/// Source: Gulrajani et al. 2017, arXiv:1704.00028, equation 3, to be weighted by 10.
///
/// - Parameters:
///   - real: `[batch, …]`.
///   - fake: The same shape.
///   - shares: Of the real item in each mixture, uniform in 0…1; one per item.
///   - critic: Maps a batch to scores that depend on their own item only.
public func gradientPenalty(
  real: Tensor, fake: Tensor, shares: [Float], critic: (Tensor) -> Tensor
) -> Tensor {
  let ones = [Int](repeating: 1, count: real.shape.count - 1)
  let share = Tensor(shares, shape: [shares.count] + ones)
  let mixed = fake.detached + share * (real.detached - fake.detached)
  let lengths = power(squaredSlopes(of: critic, at: mixed), 0.5)
  return ((lengths - 1) * (lengths - 1)).mean()
}

/// How steep a discriminator is where items are real: half the mean squared length of its gradient.
///
/// Source: Mescheder, Geiger & Nowozin 2018, arXiv:1801.04406, equation 9, to be weighted by γ.
public func realGradientPenalty(real: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor {
  squaredSlopes(of: discriminator, at: real.detached).mean() / 2
}

/// The squared length of each item's gradient: `[batch]`.
private func squaredSlopes(of critic: (Tensor) -> Tensor, at items: Tensor) -> Tensor {
  let items = items.variable
  let slope = gradients(of: critic(items).sum(), with: [items], recording: true)[0].plain
  let count = items.shape[0]
  return (slope * slope).reshaped([count, slope.count / count]).summed(to: [count, 1])
    .reshaped([count])
}
