/// Where the bytes of a storage are found.
typealias TorchArrays = (TorchTensor) throws(FormatError) -> StoredArray

extension Pickle {
  /// How deep containers may lie in one another.
  private static let depthLimit = 100

  /// Every array with its name: the path of dictionary keys, indices and attributes to it, joined by
  /// dots.
  ///
  /// Of a pickled module only parameters, buffers and the modules in it count; their names are those
  /// of its `state_dict`.
  ///
  /// - Parameters:
  ///   - value: Where to begin.
  ///   - torch: Finds the elements of a tensor.
  func arrays(
    in value: Value, torch: TorchArrays
  ) throws(FormatError) -> [(name: String, array: StoredArray)] {
    var walk = Walk(pickle: self, visits: max(100_000, 4 * objects.count))
    try walk.visit(value, at: "", depth: 0, torch)
    return walk.found
  }

  private struct Walk {
    let pickle: Pickle
    /// Objects that may still be visited: more than once each, since some share, but not endlessly.
    var visits: Int
    private(set) var found: [(name: String, array: StoredArray)] = []
    private var places: [String: Int] = [:]

    init(pickle: Pickle, visits: Int) {
      self.pickle = pickle
      self.visits = visits
    }

    mutating func visit(
      _ value: Value, at path: String, depth: Int, _ torch: TorchArrays
    ) throws(FormatError) {
      guard let object = pickle.object(value) else { return }
      visits -= 1
      guard visits >= 0, depth <= Pickle.depthLimit else {
        throw FormatError("it is a pickle that nests without end")
      }
      switch object.kind {
      case .tensor(let tensor): add(try torch(tensor), at: path)
      case .numPyArray(let array?): add(array, at: path)
      case .list, .tuple:
        for (index, item) in object.items.enumerated() {
          try visit(item, at: join(path, String(index)), depth: depth + 1, torch)
        }
      case .dictionary:
        for (key, item) in object.pairs {
          guard let key = key.name else { continue }
          try visit(item, at: join(path, key), depth: depth + 1, torch)
        }
      case .record:
        for state in object.items { try visitState(state, at: path, depth: depth + 1, torch) }
      case .symbol, .storage, .numPyType, .numPyArray: break
      }
    }

    /// The attributes of a record; some states are pairs of them.
    private mutating func visitState(
      _ state: Value, at path: String, depth: Int, _ torch: TorchArrays
    ) throws(FormatError) {
      guard let attributes = pickle.entries(of: state) else {
        return try visit(state, at: path, depth: depth, torch)
      }
      let parts = ["_parameters", "_buffers", "_modules"].compactMap { attributes[$0] }
      for part in parts.isEmpty ? [state] : parts {
        try visit(part, at: path, depth: depth, torch)
      }
    }

    private func join(_ path: String, _ name: String) -> String {
      path.isEmpty ? name : "\(path).\(name)"
    }

    /// A key that is set twice keeps its last value.
    private mutating func add(_ array: StoredArray, at name: String) {
      let name = name.isEmpty ? "array" : name
      if let place = places[name] {
        found[place].array = array
      } else {
        places[name] = found.count
        found.append((name, array))
      }
    }
  }
}
