public import Tensors

/// What a discriminator and a generator that learn from one another want.
///
/// Scores are logits of any shape, high for what seems real; each loss is a mean, of shape `[]`.
public enum AdversarialLoss: Sendable {
  /// Source: Goodfellow et al. 2014, arXiv:1406.2661, the generator's loss not saturating.
  case crossEntropy
  /// Source: Mao et al. 2017, arXiv:1611.04076, with targets 0 and 1.
  case leastSquares
  /// Source: Lim & Ye 2017, arXiv:1705.02894.
  case hinge
  /// Source: Arjovsky, Chintala & Bottou 2017, arXiv:1701.07875; wants ``gradientPenalty(real:fake:shares:critic:)``.
  case wasserstein

  /// What a discriminator gets wrong.
  public func discriminator(real: Tensor, fake: Tensor) -> Tensor {
    switch self {
    case .crossEntropy: softplus(-real).mean() + softplus(fake).mean()
    case .leastSquares: ((real - 1) * (real - 1)).mean() + (fake * fake).mean()
    case .hinge: relu(1 - real).mean() + relu(fake + 1).mean()
    case .wasserstein: fake.mean() - real.mean()
    }
  }

  /// How far a generator is from deceiving.
  public func generator(fake: Tensor) -> Tensor {
    switch self {
    case .crossEntropy: softplus(-fake).mean()
    case .leastSquares: ((fake - 1) * (fake - 1)).mean()
    case .hinge, .wasserstein: -fake.mean()
    }
  }
}

/// The distance of a discriminator's inner maps for two inputs: per map the mean absolute error,
/// then the sum over all.
///
/// Source: Kumar et al. 2019, "MelGAN", arXiv:1910.06711, equation 3.
///
/// - Parameters:
///   - real: Maps of what is real, which get no gradient.
///   - fake: The same of what was made.
public func featureMatching(real: [Tensor], fake: [Tensor]) -> Tensor {
  precondition(real.count == fake.count, "\(real.count) maps against \(fake.count)")
  return zip(real, fake).reduce(Tensor([0], shape: [])) { sum, pair in
    sum + absoluteError(pair.0.detached, pair.1).mean()
  }
}
