internal import Tensors
public import WeightFiles

extension Module {
  /// Fills every parameter from arrays of the same names and shapes: all of them, or nothing and a
  /// list of every mismatch.
  ///
  /// - Parameters:
  ///   - arrays: By name.
  ///   - path: The file they are from, for the error.
  ///   - stored: What a parameter is called among the arrays.
  /// - Throws: ``WeightFiles/WeightError/mismatch(path:details:)``.
  public func load(
    _ arrays: [String: StoredArray], from path: String,
    stored: (String) -> String = { $0 }
  ) throws(WeightError) {
    var details: [String] = []
    var left = Set(arrays.keys)
    let parameters = parameters.map { (name: stored($0.name), parameter: $0.parameter) }
    for (name, parameter) in parameters {
      left.remove(name)
      guard let array = arrays[name] else {
        details.append("\(name) is missing")
        continue
      }
      if array.shape != parameter.shape {
        details.append("\(name) has shape \(array.shape), not \(parameter.shape)")
      }
    }
    details += left.sorted().map { "\($0) is not known" }
    guard details.isEmpty else { throw .mismatch(path: path, details: details) }
    for (name, parameter) in parameters {
      if let array = arrays[name] {
        parameter.value = Tensor(array.floats, shape: array.shape)
      }
    }
  }
}
