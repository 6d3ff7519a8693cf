internal import Tensors

// What a classification is measured by.

extension OperatorCall {
  func loss() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "NegativeLogLikelihoodLoss":
      return [.numbers(try negativeLogLikelihood(try tensor(0, rank: 2...8)))]
    case "SoftmaxCrossEntropyLoss":
      let logarithms = logSoftmax(try tensor(0, rank: 2...8), axis: 1)
      let results = [try negativeLogLikelihood(logarithms), logarithms]
      return results.prefix(outputCount).map(GraphValue.numbers)
    default: return nil
    }
  }

  /// - Parameter x: `[batch, classes, …]`.
  private func negativeLogLikelihood(_ x: Tensor) throws(ONNXError) -> Tensor {
    guard case .integers(let target) = try value(1) else { throw unsupported("no classes") }
    let classes = x.shape[1]
    let ignored = has("ignore_index") ? integer("ignore_index", 0) : nil
    guard target.shape == [x.shape[0]] + x.shape[2...],
      target.values.allSatisfy({ $0 == ignored || 0..<classes ~= $0 })
    else { throw unsupported("classes that do not fit \(x.shape)") }
    let unit = [x.shape[0], 1] + x.shape[2...]
    let places = Indices(target.values.map { $0 == ignored ? 0 : $0 }, shape: unit)
    let counted = Tensor(target.values.map { $0 == ignored ? 0 : 1 }, shape: unit)
    var weights = counted
    if let given = optional(2)?.tensor {
      guard given.shape == [classes] else { throw unsupported("weights of \(given.shape)") }
      weights = counted * given.items(places.values, axis: 0).reshaped(unit)
    }
    let losses = -(x.gathered(places, axis: 1) * weights)
    switch text("reduction", "mean") {
    case "none": return losses.reshaped(target.shape)
    case "sum": return losses.sum()
    default: return losses.sum() / weights.sum()
    }
  }
}
