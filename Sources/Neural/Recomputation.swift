public import Tensors

/// Runs a part of a model and keeps only its result for the gradient; the rest is computed again
/// when the gradient comes.
///
/// Costs another forward pass of the part, and saves what it would keep. Running means and the like
/// move once, and the second run finds them as the first did.
///
/// - Parameters:
///   - modules: All that `body` runs.
///   - body: Is given the inputs, which are all that it reads besides the modules' parameters.
public func recomputed(
  _ inputs: [Tensor], through modules: [any Module], _ body: @escaping ([Tensor]) -> Tensor
) -> Tensor {
  let parameters = modules.flatMap { $0.parameters.map(\.parameter) }
  let tracked = parameters.filter { $0.role == .tracked }
  let before = tracked.map(\.value)
  let mode = BatchNorm.Mode.current
  var isFirst = true
  let trained = parameters.filter { $0.role == .trained }.map(\.value)
  return recomputed(inputs, parameters: trained) { inputs in
    if isFirst {
      isFirst = false
      return body(inputs)
    }
    let now = tracked.map(\.value)
    for (parameter, value) in zip(tracked, before) { parameter.value = value }
    defer { for (parameter, value) in zip(tracked, now) { parameter.value = value } }
    return BatchNorm.Mode.$current.withValue(mode) { body(inputs) }
  }
}
