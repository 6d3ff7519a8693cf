public import Tensors

/// The convolutions of VGG with 16 layers.
///
/// Source: Simonyan & Zisserman 2015, arXiv:1409.1556, configuration D; layers are numbered as in
/// torchvision.
public struct VGG16Trunk: PerceptualTrunk {
  public static let channels = [64, 128, 256, 512, 512]

  public let features: Features

  public struct Features: Module {
    public let `0`, `2`, `5`, `7`, `10`, `12`, `14`, `17`, `19`, `21`, `24`, `26`, `28`: Conv2D

    fileprivate var stages: [[Conv2D]] {
      [[`0`, `2`], [`5`, `7`], [`10`, `12`, `14`], [`17`, `19`, `21`], [`24`, `26`, `28`]]
    }
  }

  public init() {
    func conv(_ input: Int, _ output: Int) -> Conv2D { Conv2D(input, output, kernel: 3) }
    features = Features(
      `0`: conv(3, 64), `2`: conv(64, 64), `5`: conv(64, 128), `7`: conv(128, 128),
      `10`: conv(128, 256), `12`: conv(256, 256), `14`: conv(256, 256), `17`: conv(256, 512),
      `19`: conv(512, 512), `21`: conv(512, 512), `24`: conv(512, 512), `26`: conv(512, 512),
      `28`: conv(512, 512))
  }

  public func maps(of pictures: Tensor) -> [Tensor] {
    var maps: [Tensor] = []
    for stage in features.stages {
      let start = maps.last.map { maxPooled($0) } ?? pictures
      maps.append(stage.reduce(start) { relu($1($0)) })
    }
    return maps
  }
}
