internal import Neural
internal import Tensors
internal import WeightFiles

/// Looks for faces of six sizes with the convolutions of VGG and more.
///
/// Source: Zhang et al. 2017, "S³FD: Single shot scale-invariant face detector", arXiv:1708.05237,
/// figure 2; every number as in face-alignment, whose weights it takes.
struct S3FDNetwork: Module {
  let stages: [Stage]
  let wide, pointwise: Conv2D  // fc6 and fc7, as convolutions
  let extra: [Conv2D]  // in pairs, of which the second halves the size
  let scales: [ChannelScale]
  let scores, boxes: [Conv2D]  // finest first

  static let renaming: Renaming = {
    var rules: [(String, String)] = []
    for (stage, count) in [2, 2, 3, 3, 3].enumerated() {
      for layer in 0..<count {
        rules.append(("conv\(stage + 1)_\(layer + 1).*", "stages.\(stage).layers.\(layer).*"))
      }
    }
    rules += [("fc6.*", "wide.*"), ("fc7.*", "pointwise.*")]
    for (index, name) in ["conv6_1", "conv6_2", "conv7_1", "conv7_2"].enumerated() {
      rules.append(("\(name).*", "extra.\(index).*"))
    }
    let sources = ["conv3_3_norm", "conv4_3_norm", "conv5_3_norm", "fc7", "conv6_2", "conv7_2"]
    for (index, name) in sources.enumerated() {
      if index < 3 { rules.append(("\(name).weight", "scales.\(index).weight")) }
      rules.append(("\(name)_mbox_conf.*", "scores.\(index).*"))
      rules.append(("\(name)_mbox_loc.*", "boxes.\(index).*"))
    }
    return Renaming(rules)
  }()

  /// Convolutions of one size.
  struct Stage: Module {
    let layers: [Conv2D]

    init(_ input: Int, _ output: Int, count: Int) {
      layers = (0..<count).map { Conv2D($0 == 0 ? input : output, output, kernel: 3) }
    }
  }

  /// - Parameter width: Channels of the first layer, 64 in the original; the others in proportion.
  init(width: Int = 64) {
    let widths = [width, 2 * width, 4 * width, 8 * width, 8 * width]
    stages = zip(zip([3] + widths, widths), [2, 2, 3, 3, 3]).map { channels, count in
      Stage(channels.0, channels.1, count: count)
    }
    wide = Conv2D(8 * width, 16 * width, kernel: 3, padding: 3)
    pointwise = Conv2D(16 * width, 16 * width, kernel: 1)
    extra = [
      Conv2D(16 * width, 4 * width, kernel: 1),
      Conv2D(4 * width, 8 * width, kernel: 3, stride: 2),
      Conv2D(8 * width, 2 * width, kernel: 1),
      Conv2D(2 * width, 4 * width, kernel: 3, stride: 2),
    ]
    scales = zip([4, 8, 8], [10, 8, 5] as [Float]).map { ChannelScale($0 * width, $1) }
    let sources = [4, 8, 8, 16, 8, 4].map { $0 * width }
    // The finest has three kinds of background, of which the likeliest counts.
    scores = sources.enumerated().map { Conv2D($1, $0 == 0 ? 4 : 2, kernel: 3) }
    boxes = sources.map { Conv2D($0, 4, kernel: 3) }
  }

  /// Maps blue, green and red of bytes less their means, `[batch, 3, height, width]`, to what speaks
  /// against and for a face, `[batch, 2, …]`, and to its box, `[batch, 4, …]`, at six sizes.
  func callAsFunction(_ picture: Tensor) -> [(score: Tensor, box: Tensor)] {
    var x = picture
    var maps: [Tensor] = []
    for (index, stage) in stages.enumerated() {
      x = stage.layers.reduce(x) { relu($1($0)) }
      if index >= 2 { maps.append(scales[index - 2](x)) }
      x = maxPooled(x)
    }
    x = relu(pointwise(relu(wide(x))))
    maps.append(x)
    for (index, conv) in extra.enumerated() {
      x = relu(conv(x))
      if index % 2 == 1 { maps.append(x) }
    }
    return maps.enumerated().map { index, map in
      let score = scores[index](map)
      guard index == 0 else { return (score, boxes[index](map)) }
      let parts = score.split([3, 1], axis: 1)
      return (concatenated([parts[0].max(axis: 1), parts[1]], axis: 1), boxes[index](map))
    }
  }
}
