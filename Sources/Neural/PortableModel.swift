public import Tensors
public import WeightFiles

/// A model that other programs can be given, and whose weights can be taken from them.
public struct PortableModel {
  /// What its weight file is called, and says that it is of.
  public let name: String
  /// All of its parameters.
  public let module: any Module
  public let networks: [PortableNetwork]
  /// What its weight file says besides.
  public let metadata: [String: String]
  /// What its parameters are called elsewhere.
  public let foreignNames: Renaming

  public init(
    _ name: String, _ module: any Module, networks: [PortableNetwork],
    metadata: [String: String] = [:], foreignNames: Renaming = Renaming([])
  ) {
    self.name = name
    self.module = module
    self.networks = networks
    self.metadata = ["model": name].merging(metadata) { $1 }
    self.foreignNames = foreignNames
  }

  /// A model of one network, named like it.
  public init(
    _ name: String, _ module: any Module, input: (name: String, shape: [Int]), outputs: [String],
    sides: PortableNetwork.Sides? = nil, foreignNames: Renaming = Renaming([]),
    _ run: @escaping (Tensor) -> [Tensor]
  ) {
    self.init(
      name, module,
      networks: [
        PortableNetwork(name, inputs: [input], outputs: outputs, sides: sides) { run($0[0]) }
      ], foreignNames: foreignNames)
  }
}

/// A network as other programs see it: named tensors in, named tensors out.
public struct PortableNetwork {
  /// The sizes of pictures that a network takes.
  public struct Sides: Sendable {
    public let smallest, multiple: Int

    public init(smallest: Int, multiple: Int) {
      self.smallest = smallest
      self.multiple = multiple
    }

    public func contain(_ size: Extent) -> Bool {
      [size.height, size.width].allSatisfy { $0 >= smallest && $0 % multiple == 0 }
    }
  }

  public let name: String
  /// The shapes are those that it is traced at.
  public let inputs: [(name: String, shape: [Int])]
  public let outputs: [String]
  /// Which other sizes its pictures may have; `nil` if none.
  public let sides: Sides?
  /// Is given the inputs in order, and gives the outputs in order.
  public let run: ([Tensor]) -> [Tensor]

  public init(
    _ name: String, inputs: [(name: String, shape: [Int])], outputs: [String], sides: Sides? = nil,
    _ run: @escaping ([Tensor]) -> [Tensor]
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.sides = sides
    self.run = run
  }

  /// The same for pictures of another size, which ``sides`` must contain.
  public func sized(_ size: Extent) -> PortableNetwork {
    precondition(sides?.contain(size) ?? false, "\(name) takes no pictures of \(size)")
    let resized = inputs.map {
      (name: $0.name, shape: Array($0.shape.dropLast(2)) + [size.height, size.width])
    }
    return PortableNetwork(name, inputs: resized, outputs: outputs, sides: sides, run)
  }
}
