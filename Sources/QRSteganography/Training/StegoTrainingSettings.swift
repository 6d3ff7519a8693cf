internal import Neural

/// How a pair of networks is trained.
public struct StegoTrainingSettings: Codable, Hashable, Sendable {
  public var model: String
  /// Pictures per step.
  public var batch = 8
  /// The length of the run, which the fall of the learning rate is laid out over.
  public var steps = 6000
  public var seed: UInt64 = 1
  /// Adam's step width, reached over `warmUp` steps; over the last 30 % it falls to a twentieth.
  public var rate: Float = 0.001
  public var warmUp = 30
  /// The mean PSNR in dB, of errors weighed by how well they are seen, that marked pictures are held
  /// to at first, and at last.
  public var firstTarget: Float = 37
  public var lastTarget: Float = 46
  /// The mean plain PSNR in dB that they are held to once more is asked of the weighed one.
  public var plainTarget: Float = 41
  /// What the target moves by per step: up while fewer than `fewErrors` of the modules are read
  /// wrong, down while more than `manyErrors` are.
  public var targetStep: Float = 0.01
  public var fewErrors: Float = 0.09
  public var manyErrors: Float = 0.14
  /// The share of samples that meet the codec proxy instead of an attack, at first and after
  /// `proxySteps`.
  public var firstProxyShare: Float = 0.8
  public var lastProxyShare: Float = 0.15
  public var proxySteps = 300
  /// Weights of the parts of the loss: cross-entropy of pixels, missing PSNR, missing similarity.
  public var pixelWeight: Float = 0.3
  public var errorWeight: Float = 0.2
  public var similarityWeight: Float = 1
  /// Weight of a module whose value every code shares, against one that carries data.
  public var functionWeight: Float = 0.15
  /// Share that the averaged weights, which ship, keep of themselves at each step.
  public var averaging: Float = 0.99
  /// Whether what the gradient needs is computed again instead of kept: less memory, more time.
  public var recomputes = false

  public init(model: StegoModelName) {
    self.model = model.rawValue
    if model == .dense103 { (batch, plainTarget) = (4, 39.7) }
  }

  /// Up over the warm-up; down to a twentieth over the last 30 %.
  var schedule: Schedule {
    let steps = Double(steps)
    return .warmUp(over: warmUp)
      * Schedule { min(1, max(0.05, (steps - Double($0)) / (0.3 * steps))) }
  }
}
