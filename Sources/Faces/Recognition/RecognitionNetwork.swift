internal import Neural
internal import Tensors
internal import WeightFiles

/// Makes 128 numbers of a face, near one another for one person: the residual network with 29
/// convolutions that dlib's example trains, whose weights it takes.
///
/// Source: dlib 19.24, `examples/dnn_face_recognition_ex.cpp`; after He et al. 2015,
/// arXiv:1512.03385, with half of the layers and half of the channels of ResNet-34.
struct RecognitionNetwork: Module {
  /// The side of a crop, in samples.
  static let side = 150

  let stem: ScaledConvolution
  let blocks: [Block]
  let embedding: Linear

  private static let widths = [
    32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 256, 256, 256, 256,
  ]
  /// The blocks that halve the size.
  private static let halvings: Set<Int> = [3, 7, 10, 13]

  static let renaming: Renaming = {
    func rules(_ place: Int, _ name: String) -> [(String, String)] {
      [("con.\(place).*", "\(name).conv.*"), ("affine.\(place).*", "\(name).*")]
    }
    let layers = widths.indices.flatMap { block in
      rules(1 + 2 * block, "blocks.\(block).first")
        + rules(2 + 2 * block, "blocks.\(block).second")
    }
    return Renaming(rules(0, "stem") + layers + [("fc.0.*", "embedding.*")])
  }()

  init() {
    stem = ScaledConvolution(3, Self.widths[0], kernel: 7, stride: 2)
    blocks = Self.widths.indices.map { index in
      Block(
        Self.widths[max(0, index - 1)], Self.widths[index],
        isHalving: Self.halvings.contains(index))
    }
    embedding = Linear(Self.widths[Self.widths.count - 1], 128, bias: false)
  }

  /// Maps red, green and blue in 0…1, `[batch, 3, 150, 150]`, to `[batch, 128]`.
  func callAsFunction(_ pictures: Tensor) -> Tensor {
    let mean = Tensor([122.782, 117.001, 104.298], shape: [1, 3, 1, 1])
    var x = relu(stem((pictures * 255 - mean) / 256))
    x = maxPooled(x, kernel: 3, stride: 2)
    for block in blocks { x = block(x) }
    return embedding(x.mean(axes: [2, 3]).reshaped([x.shape[0], x.shape[1]]))
  }

  /// A convolution, then a factor and a summand for each channel.
  ///
  /// There is no padding where the size is halved.
  struct ScaledConvolution: Module {
    let conv: Conv2D
    let gamma, beta: Parameter

    init(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1) {
      conv = Conv2D(
        input, output, kernel: Extent(kernel), stride: Extent(stride),
        padding: stride == 1 ? nil : 0)
      gamma = Parameter([output], .constant(1))
      beta = Parameter([output], .constant(0))
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let channels = [1, gamma.shape[0], 1, 1]
      return conv(x) * gamma.value.reshaped(channels) + beta.value.reshaped(channels)
    }
  }

  /// Two convolutions beside a shortcut, which takes means of 2 × 2 where the size is halved.
  struct Block: Module {
    let first, second: ScaledConvolution
    private let isHalving: Bool

    init(_ input: Int, _ output: Int, isHalving: Bool) {
      first = ScaledConvolution(input, output, kernel: 3, stride: isHalving ? 2 : 1)
      second = ScaledConvolution(output, output, kernel: 3)
      self.isHalving = isHalving
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let made = second(relu(first(x)))
      guard isHalving else { return relu(made + x) }
      return relu(sum(made, averagePooled(x, kernel: 2)))
    }

    /// The sum of two maps, the smaller of which goes on with zeros to the right, below and in
    /// further channels.
    private func sum(_ a: Tensor, _ b: Tensor) -> Tensor {
      let (channels, height, width) = (
        max(a.shape[1], b.shape[1]), max(a.shape[2], b.shape[2]), max(a.shape[3], b.shape[3])
      )
      func filled(_ x: Tensor) -> Tensor {
        var x = x
        if x.shape[2] < height || x.shape[3] < width {
          x = x.padded(
            Padding(bottom: height - x.shape[2], right: width - x.shape[3]), .zeros)
        }
        guard x.shape[1] < channels else { return x }
        let rest = Tensor(
          repeating: 0, shape: [x.shape[0], channels - x.shape[1], height, width])
        return concatenated([x, rest], axis: 1)
      }
      return filled(a) + filled(b)
    }
  }
}
