internal import Neural
internal import Tensors
internal import WeightFiles

/// Looks for faces of six sizes with ten convolutions in residual blocks and more.
///
/// Source: Liu et al. 2016, "SSD: Single shot multibox detector", arXiv:1512.02325, figure 2, on the
/// blocks of He et al. 2016, arXiv:1603.05027, figure 4e, in place of VGG's; every number as in OpenCV
/// 4, `samples/dnn/face_detector/deploy.prototxt` since July 2019, whose weights it takes.
struct SSDNetwork: Module {
  /// The side of a picture, in samples; below 259, nothing is left for the last map.
  static let side = 300

  let input: Normalization  // of bytes
  let stem: Conv2D
  let stemNorm: Normalization
  let first: FirstBlock
  let blocks: [Block]
  let last: Normalization
  let extra: [Conv2D]  // in pairs, of which the second makes the next map
  let scale: ChannelScale  // of the finest map
  let scores, boxes: [Conv2D]  // finest first

  static let renaming: Renaming = {
    func norm(_ statistics: String, _ scale: String, _ own: String) -> [(String, String)] {
      [
        ("\(statistics).0", "\(own).mean"), ("\(statistics).1", "\(own).variance"),
        ("\(statistics).2", "\(own).weight"), ("\(scale).0", "\(own).scale"),
        ("\(scale).1", "\(own).shift"),
      ]
    }
    func conv(_ name: String, _ own: String) -> [(String, String)] {
      [("\(name).0", "\(own).weight"), ("\(name).1", "\(own).bias")]
    }
    var rules = norm("data_bn", "data_scale", "input")
    rules += conv("conv1_h", "stem") + norm("conv1_bn_h", "conv1_scale_h", "stemNorm")
    rules += conv("layer_64_1_conv1_h", "first.conv1") + conv("layer_64_1_conv2_h", "first.conv2")
    rules += norm("layer_64_1_bn2_h", "layer_64_1_scale2_h", "first.norm")
    // The original's names end in "_h" here and there.
    for (index, (name, endings)) in [
      ("layer_128_1", ["_h", "_h", "", "", "_h"]), ("layer_256_1", ["", "", "", "", ""]),
      ("layer_512_1", ["", "_h", "_h", "_h", "_h"]),
    ].enumerated() {
      let own = "blocks.\(index)"
      rules += norm("\(name)_bn1\(endings[0])", "\(name)_scale1\(endings[0])", "\(own).norm1")
      rules += conv("\(name)_conv1\(endings[1])", "\(own).conv1")
      rules += norm("\(name)_bn2\(endings[2])", "\(name)_scale2\(endings[2])", "\(own).norm2")
      rules += conv("\(name)_conv2\(endings[3])", "\(own).conv2")
      rules += conv("\(name)_conv_expand\(endings[4])", "\(own).expand")
    }
    rules += norm("last_bn_h", "last_scale_h", "last")
    for index in 0..<8 {
      rules += conv("conv\(6 + index / 2)_\(1 + index % 2)_h", "extra.\(index)")
    }
    rules.append(("conv4_3_norm.0", "scale.weight"))
    let sources = ["conv4_3_norm", "fc7", "conv6_2", "conv7_2", "conv8_2", "conv9_2"]
    for (index, name) in sources.enumerated() {
      rules += conv("\(name)_mbox_conf", "scores.\(index)")
      rules += conv("\(name)_mbox_loc", "boxes.\(index)")
    }
    return Renaming(rules)
  }()

  /// - Parameter width: Channels of the first layer, 32 in the original; the others in proportion.
  init(width: Int = 32) {
    input = Normalization(3)
    stem = Conv2D(3, width, kernel: 7, stride: 2)
    stemNorm = Normalization(width)
    first = FirstBlock(width)
    blocks = [
      Block(width, 4 * width, 4 * width, stride: 2),
      Block(4 * width, 8 * width, 8 * width, stride: 2),
      Block(8 * width, 4 * width, 8 * width, dilation: 2),
    ]
    last = Normalization(8 * width)
    extra = [
      Conv2D(8 * width, 4 * width, kernel: 1),
      Conv2D(4 * width, 8 * width, kernel: 3, stride: 2),
      Conv2D(8 * width, 2 * width, kernel: 1),
      Conv2D(2 * width, 4 * width, kernel: 3, stride: 2),
      Conv2D(4 * width, 2 * width, kernel: 1),
      Conv2D(2 * width, 4 * width, kernel: 3, padding: 0),
      Conv2D(4 * width, 2 * width, kernel: 1),
      Conv2D(2 * width, 4 * width, kernel: 3, padding: 0),
    ]
    scale = ChannelScale(4 * width, 20)
    let sources = zip([4, 8, 8, 4, 4, 4], PriorBoxes.all)
    scores = sources.map { Conv2D($0 * width, 2 * $1.sizes.count, kernel: 3) }
    boxes = sources.map { Conv2D($0 * width, 4 * $1.sizes.count, kernel: 3) }
  }

  /// Maps blue, green and red of bytes less their means, `[batch, 3, height, width]`, to what speaks
  /// against and for a face in each prior box of a place, `[batch, 2 · boxes, …]`, and to how the
  /// face's box differs, `[batch, 4 · boxes, …]`, at six sizes.
  func callAsFunction(_ picture: Tensor) -> [(score: Tensor, box: Tensor)] {
    var x = relu(stemNorm(stem(input(picture))))
    x = first(maxPooled(x, kernel: 3, stride: 2, ceilMode: true))
    var maps: [Tensor] = []
    for (index, block) in blocks.enumerated() {
      let prepared = relu(block.norm1(x))
      if index == 1 { maps.append(scale(prepared)) }
      x = block(prepared)
    }
    x = relu(last(x))
    maps.append(x)
    for (index, conv) in extra.enumerated() {
      x = relu(conv(x))
      if index % 2 == 1 { maps.append(x) }
    }
    return maps.enumerated().map { (scores[$0]($1), boxes[$0]($1)) }
  }

  /// Batch normalization as Caffe keeps it, in two layers: running sums with the weight of all that was
  /// summed, then a factor and a summand for each channel.
  struct Normalization: Module {
    let mean, variance, weight: Parameter
    let scale, shift: Parameter

    init(_ channels: Int) {
      mean = Parameter([channels], .constant(0), role: .tracked)
      variance = Parameter([channels], .constant(1), role: .tracked)
      weight = Parameter([1], .constant(1), role: .tracked)
      scale = Parameter([channels], .constant(1))
      shift = Parameter([channels], .constant(0))
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      batchNormalized(
        x, .fixed(mean: mean.value / weight.value, variance: variance.value / weight.value),
        scale: scale.value, shift: shift.value)
    }
  }

  /// The block without a normalization before it, where neither size nor channels change.
  struct FirstBlock: Module {
    let conv1, conv2: Conv2D
    let norm: Normalization

    init(_ channels: Int) {
      conv1 = Conv2D(channels, channels, kernel: 3, bias: false)
      norm = Normalization(channels)
      conv2 = Conv2D(channels, channels, kernel: 3, bias: false)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { x + conv2(relu(norm(conv1(x)))) }
  }

  /// Two convolutions beside a pointwise one.
  struct Block: Module {
    let norm1, norm2: Normalization
    let conv1, conv2, expand: Conv2D

    init(_ input: Int, _ middle: Int, _ output: Int, stride: Int = 1, dilation: Int = 1) {
      norm1 = Normalization(input)
      conv1 = Conv2D(input, middle, kernel: 3, stride: Extent(stride), bias: false)
      norm2 = Normalization(middle)
      conv2 = Conv2D(middle, output, kernel: 3, dilation: Extent(dilation), bias: false)
      expand = Conv2D(input, output, kernel: 1, stride: Extent(stride), bias: false)
    }

    /// Maps what is normalized and rectified.
    func callAsFunction(_ x: Tensor) -> Tensor { conv2(relu(norm2(conv1(x)))) + expand(x) }
  }
}
