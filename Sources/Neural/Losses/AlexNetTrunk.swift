public import Tensors

/// The convolutions of AlexNet, in the form that fits on one processor.
///
/// Source: Krizhevsky 2014, arXiv:1404.5997; layers are numbered as in torchvision.
public struct AlexNetTrunk: PerceptualTrunk {
  public static let channels = [64, 192, 384, 256, 256]

  public let features: Features

  public struct Features: Module {
    public let `0`, `3`, `6`, `8`, `10`: Conv2D
  }

  public init() {
    features = Features(
      `0`: Conv2D(3, 64, kernel: 11, stride: 4, padding: 2), `3`: Conv2D(64, 192, kernel: 5),
      `6`: Conv2D(192, 384, kernel: 3), `8`: Conv2D(384, 256, kernel: 3),
      `10`: Conv2D(256, 256, kernel: 3))
  }

  public func maps(of pictures: Tensor) -> [Tensor] {
    let first = relu(features.`0`(pictures))
    let second = relu(features.`3`(maxPooled(first, kernel: 3, stride: 2)))
    let third = relu(features.`6`(maxPooled(second, kernel: 3, stride: 2)))
    let fourth = relu(features.`8`(third))
    return [first, second, third, fourth, relu(features.`10`(fourth))]
  }
}
