public import Tensors
public import WeightFiles

/// A network that was trained to name what pictures show, and what it sees on the way.
public protocol PerceptualTrunk: Module {
  /// The channels of each map of ``maps(of:)``.
  static var channels: [Int] { get }

  /// What the trunk sees at five depths, each after its ReLU.
  ///
  /// - Parameter pictures: `[batch, 3, height, width]`, red, green, blue, normalized as the trunk was
  ///   trained.
  func maps(of pictures: Tensor) -> [Tensor]
}

/// How different two pictures seem to people: LPIPS.
///
/// The trunk has torchvision's parameter names (`features.0.weight`), the heads those of the
/// authors' files (`lin0.model.1.weight`), so that each of the two published files loads as it is.
///
/// Source: Zhang et al. 2018, arXiv:1801.03924, equation 1; version 0.1 of the authors' program.
public struct PerceptualDistance<Trunk: PerceptualTrunk>: Module {
  public let trunk: Trunk
  public let heads: PerceptualHeads

  public init(_ trunk: Trunk) {
    self.trunk = trunk
    heads = PerceptualHeads(Trunk.channels)
  }

  /// Takes the weights of the published files, or of any with the same names.
  ///
  /// - Parameters:
  ///   - trunkPath: torchvision's file, whose classifier is left out.
  ///   - headsPath: The authors' file.
  /// - Throws: ``WeightFiles/WeightError``; the heads are unchanged if the trunk does not fit.
  public func load(trunk trunkPath: String, heads headsPath: String) throws(WeightError) {
    let convolutions = try Checkpoint(path: trunkPath).arrays.filter {
      $0.name.hasPrefix("features.")
    }
    let linear = try Checkpoint(path: headsPath).arrays
    try trunk.load(Dictionary(convolutions) { $1 }, from: trunkPath)
    try heads.load(Dictionary(linear) { $1 }, from: headsPath)
  }

  /// The distance of each pair of pictures.
  ///
  /// Maps pictures `[batch, 3, height, width]`, −1…1, to `[batch]`.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    let pairs = zip(trunk.maps(of: scaled(a)), trunk.maps(of: scaled(b)))
    let distances = zip(pairs, heads.all).map { pair, head in
      let apart = normalized(pair.0, axis: 1) - normalized(pair.1, axis: 1)
      return head((apart * apart).mean(axes: [2, 3]))
    }
    return distances.dropFirst().reduce(distances[0], +)
  }

  /// The mean and spread of what torchvision's networks were trained on, for pictures −1…1.
  private func scaled(_ pictures: Tensor) -> Tensor {
    (pictures.plain - Tensor([-0.030, -0.088, -0.188], shape: [1, 3, 1, 1]))
      / Tensor([0.458, 0.448, 0.450], shape: [1, 3, 1, 1])
  }
}

/// The weight of each channel of five maps in a perceptual distance.
public struct PerceptualHeads: Module {
  public let lin0, lin1, lin2, lin3, lin4: Head

  public struct Head: Module {
    public let model: Layers

    public struct Layers: Module {
      // Layer 0 is a dropout, which has no parameters.
      public let `1`: Weight
    }

    public struct Weight: Module {
      /// `[1, channels, 1, 1]`, not negative.
      public let weight: Parameter
    }

    init(_ channels: Int) {
      let weight = Parameter([1, channels, 1, 1], .constant(1 / Float(channels)))
      model = Layers(`1`: Weight(weight: weight))
    }

    /// Maps `[batch, channels, 1, 1]` to `[batch]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
      (x * model.`1`.weight.value).summed(to: [x.shape[0], 1, 1, 1]).reshaped([x.shape[0]])
    }
  }

  init(_ channels: [Int]) {
    precondition(channels.count == 5, "heads for \(channels.count) maps")
    lin0 = Head(channels[0])
    lin1 = Head(channels[1])
    lin2 = Head(channels[2])
    lin3 = Head(channels[3])
    lin4 = Head(channels[4])
  }

  var all: [Head] { [lin0, lin1, lin2, lin3, lin4] }
}
