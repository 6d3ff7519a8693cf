/// A part of a model: a value whose stored properties are parameters and further modules.
///
/// The dotted path of stored properties is a parameter's name in a weight file:
/// `down.0.layers.2.conv.weight`.
public protocol Module {}

extension Module {
  /// Every parameter with its name, in the order of declaration.
  public var parameters: [(name: String, parameter: Parameter)] { named(in: self, at: "") }

  /// The parameters that gradients change.
  public var trained: [Parameter] {
    parameters.map(\.parameter).filter { $0.role == .trained }
  }

  /// Begins anew; a parameter's values depend only on the seed and its own name.
  public func initialize(seed: UInt64) {
    for (name, parameter) in parameters { parameter.initialize(seed: seed, name: name) }
  }
}

private func named(in value: Any, at path: String) -> [(name: String, parameter: Parameter)] {
  Mirror(reflecting: value).children.enumerated().flatMap { index, child in
    // A property whose name is a number is declared, and reflected, in backticks.
    let label = child.label?.filter { $0 != "`" } ?? String(index)
    let path = path.isEmpty ? label : "\(path).\(label)"
    switch child.value {
    case let parameter as Parameter: return [(name: path, parameter: parameter)]
    case let module as any Module: return named(in: module, at: path)
    case let list as [any Module]:
      return list.enumerated().flatMap { named(in: $1, at: "\(path).\($0)") }
    default: return []
    }
  }
}
