internal import Neural
internal import Tensors
internal import WeightFiles

/// Draws a map of where each of 68 points may be, and corrects it several times.
///
/// Source: Bulat & Tzimiropoulos 2017, "How far are we from solving the 2D & 3D face alignment
/// problem?", arXiv:1703.07332, figures 1 and 2; every number as in face-alignment, whose weights it
/// takes.
struct FaceAlignmentNetwork: Module {
  let stem: Conv2D
  let norm: BatchNorm
  let blocks: [Block]
  let stages: [Stage]

  static let renaming: Renaming = {
    var rules: [(String, String)] = [("conv1.*", "stem.*"), ("bn1.*", "norm.*")]
    for index in 0..<3 { rules += block("conv\(index + 2)", "blocks.\(index)") }
    for level in 1...4 {
      rules += block("m*.b1_\(level)", "stages.*.upper.\(level - 1)")
      rules += block("m*.b2_\(level)", "stages.*.lower.\(level - 1)")
      rules += block("m*.b3_\(level)", "stages.*.joint.\(level - 1)")
    }
    rules += block("m*.b2_plus_1", "stages.*.bottom")
    rules += block("top_m_*", "stages.*.top")
    rules += [
      ("conv_last*.*", "stages.*.last.*"), ("bn_end*.*", "stages.*.norm.*"),
      ("bl*.*", "stages.*.back.*"), ("al*.*", "stages.*.heatBack.*"), ("l*.*", "stages.*.heat.*"),
    ]
    return Renaming(rules, leavingOut: ["**.num_batches_tracked"])
  }()

  private static func block(_ name: String, _ own: String) -> [(String, String)] {
    [
      ("\(name).downsample.0.*", "\(own).shortcut.norm.*"),
      ("\(name).downsample.2.*", "\(own).shortcut.conv.*"),
    ]
      + (1...3).flatMap { index in
        [
          ("\(name).bn\(index).*", "\(own).layers.\(index - 1).norm.*"),
          ("\(name).conv\(index).*", "\(own).layers.\(index - 1).conv.*"),
        ]
      }
  }

  /// - Parameters:
  ///   - count: Hourglasses.
  ///   - width: Channels of the first layer, 64 in the original; the others in proportion.
  init(stages count: Int = 4, width: Int = 64) {
    stem = Conv2D(3, width, kernel: 7, stride: 2)
    norm = BatchNorm(width)
    blocks = [
      Block(width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 4 * width),
    ]
    stages = (0..<count).map { Stage(4 * width, isLast: $0 == count - 1) }
  }

  /// Maps red, green and blue in 0…1, `[batch, 3, size, size]` of a multiple of 64, to the maps of
  /// the last stage, `[batch, 68, size / 4, size / 4]`.
  func callAsFunction(_ picture: Tensor) -> Tensor {
    let start = averagePooled(blocks[0](relu(norm(stem(picture)))), kernel: 2)
    var x = blocks[2](blocks[1](start))
    var heat = x
    for stage in stages {
      let (found, next) = stage(x)
      heat = found
      x = next ?? x
    }
    return heat
  }

  /// A norm, ReLU and a convolution.
  struct Layer: Module {
    let norm: BatchNorm
    let conv: Conv2D

    init(_ input: Int, _ output: Int, kernel: Extent = 3) {
      norm = BatchNorm(input)
      conv = Conv2D(input, output, kernel: kernel, bias: false)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { conv(relu(norm(x))) }
  }

  /// Three layers, each half or a quarter of the channels, side by side and beside a shortcut.
  struct Block: Module {
    let layers: [Layer]
    let shortcut: Layer?

    init(_ input: Int, _ output: Int) {
      layers = [
        Layer(input, output / 2), Layer(output / 2, output / 4), Layer(output / 4, output / 4),
      ]
      shortcut = input == output ? nil : Layer(input, output, kernel: 1)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let first = layers[0](x)
      let second = layers[1](first)
      return concatenated([first, second, layers[2](second)], axis: 1) + (shortcut?(x) ?? x)
    }
  }

  /// An hourglass and what makes maps of its result.
  struct Stage: Module {
    let upper, lower, joint: [Block]  // coarsest level first
    let bottom, top: Block
    let last: Conv2D
    let norm: BatchNorm
    let heat: Conv2D
    let back, heatBack: Conv2D?

    init(_ channels: Int, isLast: Bool) {
      func blocks() -> [Block] { (0..<4).map { _ in Block(channels, channels) } }
      (upper, lower, joint) = (blocks(), blocks(), blocks())
      bottom = Block(channels, channels)
      top = Block(channels, channels)
      last = Conv2D(channels, channels, kernel: 1)
      norm = BatchNorm(channels)
      heat = Conv2D(channels, 68, kernel: 1)
      back = isLast ? nil : Conv2D(channels, channels, kernel: 1)
      heatBack = isLast ? nil : Conv2D(68, channels, kernel: 1)
    }

    func callAsFunction(_ x: Tensor) -> (heat: Tensor, next: Tensor?) {
      let y = relu(norm(last(top(hourglass(x, level: 3)))))
      let found = heat(y)
      guard let back, let heatBack else { return (found, nil) }
      return (found, x + back(y) + heatBack(found))
    }

    private func hourglass(_ x: Tensor, level: Int) -> Tensor {
      let small = lower[level](averagePooled(x, kernel: 2))
      let inner = level > 0 ? hourglass(small, level: level - 1) : bottom(small)
      return upper[level](x) + joint[level](inner).resized(to: x.extent, .nearest)
    }
  }
}
