/// A part of a model: a value whose stored properties are parameters and further modules.
///
/// The dotted path of stored properties is a parameter's name in a weight file:
/// `down.0.layers.2.conv.weight`.
public protocol Module {
  /// The parameters under the names that they have in a module of which this one is a property:
  /// `name`, a dot and the module's own name for it, unless the module says otherwise.
  func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)]
}

extension Module {
  /// Every parameter with its name, in the order of declaration.
  public var parameters: [(name: String, parameter: Parameter)] {
    Mirror(reflecting: self).children.enumerated().flatMap { index, child in
      // A property whose name is a number is declared, and reflected, in backticks.
      let name = child.label?.filter { $0 != "`" } ?? String(index)
      switch child.value {
      case let parameter as Parameter: return [(name: name, parameter: parameter)]
      case let module as any Module: return module.parameters(asProperty: name)
      case let list as [any Module]:
        return list.enumerated().flatMap { $1.parameters(asProperty: "\(name).\($0)") }
      default: return []
      }
    }
  }

  public func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)] {
    parameters.map { ("\(name).\($0.name)", $0.parameter) }
  }

  /// The parameters that gradients change.
  public var trained: [Parameter] {
    parameters.map(\.parameter).filter { $0.role == .trained }
  }

  /// Begins anew; a parameter's values depend only on the seed and its own name.
  public func initialize(seed: UInt64) {
    for (name, parameter) in parameters { parameter.initialize(seed: seed, name: name) }
  }
}
