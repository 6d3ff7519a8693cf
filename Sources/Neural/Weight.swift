public import Tensors

/// How the weight of a layer comes about.
public enum Reparametrization: Hashable, Sendable {
  /// A parameter as it is.
  case none
  /// A length and a direction for each index of one axis.
  ///
  /// Source: Salimans & Kingma 2016, arXiv:1602.07868, equation 2. Lengths begin at what the
  /// initial weight has on average, while PyTorch takes the lengths of the directions drawn.
  case weightNorm(axis: Int = 0, names: Names = .parametrizations)
  /// Divided by its largest singular value, so that the layer is no steeper than 1.
  ///
  /// Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
  case spectralNorm(names: Names = .parametrizations)

  /// What the parameters are called in a weight file, after PyTorch.
  public enum Names: Hashable, Sendable {
    /// Of `torch.nn.utils.parametrizations`: `parametrizations.weight.original0`.
    case parametrizations
    /// Of the older `torch.nn.utils.weight_norm` and `spectral_norm`: `weight_g`.
    case suffixes
  }
}

/// The weight of a layer: a parameter, or what a reparametrization makes of several.
public struct Weight: Module {
  public let shape: [Int]
  private let source: Source

  private enum Source {
    case parameter(Parameter)
    case normalized(WeightNorm)
    case spectral(SpectralNorm)
  }

  /// - Parameters:
  ///   - initial: How the weight begins, before any reparametrization.
  ///   - outputAxis: The axis of the output's channels.
  public init(
    _ shape: [Int], _ initial: Parameter.Initial, outputAxis: Int = 0,
    _ reparametrization: Reparametrization = .none
  ) {
    self.shape = shape
    let parameter = Parameter(shape, initial)
    source =
      switch reparametrization {
      case .none: .parameter(parameter)
      case .weightNorm(let axis, let names):
        .normalized(WeightNorm(parameter, axis: axis, names))
      case .spectralNorm(let names):
        .spectral(SpectralNorm(parameter, axis: outputAxis, names))
      }
  }

  /// The values for one run of the layer.
  public func callAsFunction() -> Tensor {
    switch source {
    case .parameter(let parameter): parameter.value
    case .normalized(let norm): norm()
    case .spectral(let norm): norm()
    }
  }

  public func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)] {
    switch source {
    case .parameter(let parameter): [(name, parameter)]
    case .normalized(let norm): norm.parameters(asProperty: name)
    case .spectral(let norm): norm.parameters(asProperty: name)
    }
  }
}
