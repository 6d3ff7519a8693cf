import Neural
import Tensors

/// What is timed, under a name that `peers` uses too.
struct Workload: Sendable {
  let name: String
  /// Sets everything up; what it returns is one run.
  let prepared: @Sendable () -> () -> Void
}

let workloads = denseNetworks + simSwap + iResNet50 + uNet + hiFiGAN + sequences

extension Workload {
  /// A network under two names: `NAME-forward` answers one item, keeping nothing for gradients;
  /// `NAME-training` is a step of Adam on the mean square of its answers to a batch.
  ///
  /// - Parameters:
  ///   - shapes: Of one item of each input.
  ///   - trainingShapes: Likewise in training; by default the same.
  static func both<Network: Module & SendableMetatype>(
    _ name: String, shapes: [[Int]], trainingShapes: [[Int]]? = nil, trainingBatch: Int,
    _ make: @escaping @Sendable () -> Network,
    run: @escaping @Sendable (Network, [Tensor]) -> Tensor
  ) -> [Workload] {
    let forward = Workload(name: "\(name)-forward") {
      let network = initialized(make())
      let inputs = shapes.map { random([1] + $0) }
      return { _ = withoutRecording { run(network, inputs).array } }
    }
    let training = Workload(name: "\(name)-training") {
      let network = initialized(make())
      let inputs = (trainingShapes ?? shapes).map { random([trainingBatch] + $0) }
      let adam = Optimizer(Adam(), network.parameters, rate: 0.0001)
      return {
        BatchNorm.Mode.$current.withValue(.batch) {
          let answer = run(network, inputs)
          let loss = (answer * answer).mean()
          adam.step(gradients(of: loss, with: network.trained.map(\.value)))
        }
      }
    }
    return [forward, training]
  }

  private static func initialized<Network: Module>(_ network: Network) -> Network {
    network.initialize(seed: 1)
    return network
  }
}

/// Numbers from 0 up to 1.
func random(_ shape: [Int]) -> Tensor {
  var generator = SplitMix64(seed: 1)
  let values = (0..<shape.reduce(1, *)).map { _ in generator.unit() }
  return Tensor(values, shape: shape)
}
