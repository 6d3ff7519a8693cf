internal import Tensors

extension Module {
  /// Moves every parameter and statistic towards those of another module of the same kind: what is
  /// kept beside a model in training is the exponential mean of its weights.
  ///
  /// Those whose mean means nothing are copied: shortened singular vectors would make spectrally
  /// normalized weights too large.
  ///
  /// - Parameter share: What each value keeps of itself; at 0 it becomes a copy.
  public func move(towards other: Self, keeping share: Float) {
    for (own, new) in zip(parameters, other.parameters) {
      let now = new.parameter.value.detached
      own.parameter.value =
        share == 0 || !new.parameter.isAveraged
        ? Tensor(now.array, shape: now.shape)
        : own.parameter.value.detached * share + now * (1 - share)
    }
  }
}
