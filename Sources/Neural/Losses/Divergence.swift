public import Tensors

/// The Kullback–Leibler divergence of one normal distribution from another, element by element.
///
/// Source: Kingma & Welling 2014, arXiv:1312.6114, appendix B, for any second distribution.
///
/// - Parameters:
///   - mean: Of the first distribution.
///   - logVariance: The natural logarithm of its variance.
///   - other: The second distribution; standard normal by default.
public func normalDivergence(
  mean: Tensor, logVariance: Tensor, from other: (mean: Tensor, logVariance: Tensor)? = nil
) -> Tensor {
  guard let other else { return 0.5 * (mean * mean + exp(logVariance) - logVariance - 1) }
  let apart = mean - other.mean
  let gap = logVariance - other.logVariance
  return 0.5 * (exp(gap) + apart * apart * exp(-other.logVariance) - gap - 1)
}
