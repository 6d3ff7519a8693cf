internal import Neural
internal import Tensors
internal import WeightFiles

/// Tells the parts of a face apart.
///
/// Source: Yu et al. 2018, "BiSeNet", arXiv:1808.00897, figure 2, with maps of its context path in
/// place of the spatial path; every number as in face-parsing.PyTorch, whose weights it takes.
struct BiSeNet: Module {
  let context: ContextPath
  let fusion: FeatureFusion
  let output, output16, output32: Output

  static let renaming = Renaming(
    [
      ("cp.resnet.*.*.downsample.0.**", "context.trunk.*.*.shortcut.conv.**"),
      ("cp.resnet.*.*.downsample.1.**", "context.trunk.*.*.shortcut.norm.**"),
      ("cp.resnet.*.*.conv1.**", "context.trunk.*.*.first.conv.**"),
      ("cp.resnet.*.*.bn1.**", "context.trunk.*.*.first.norm.**"),
      ("cp.resnet.*.*.conv2.**", "context.trunk.*.*.second.conv.**"),
      ("cp.resnet.*.*.bn2.**", "context.trunk.*.*.second.norm.**"),
      ("cp.resnet.conv1.**", "context.trunk.stem.conv.**"),
      ("cp.resnet.bn1.**", "context.trunk.stem.norm.**"),
      ("cp.arm*.conv_atten.**", "context.refine*.attention.conv.**"),
      ("cp.arm*.bn_atten.**", "context.refine*.attention.norm.**"),
      ("cp.arm*.conv.bn.**", "context.refine*.conv.norm.**"),
      ("cp.arm*.conv.conv.**", "context.refine*.conv.conv.**"),
      ("cp.conv_head*.bn.**", "context.head*.norm.**"),
      ("cp.conv_head*.conv.**", "context.head*.conv.**"),
      ("cp.conv_avg.bn.**", "context.whole.norm.**"),
      ("cp.conv_avg.conv.**", "context.whole.conv.**"),
      ("ffm.convblk.bn.**", "fusion.conv.norm.**"),
      ("ffm.convblk.conv.**", "fusion.conv.conv.**"),
      ("ffm.conv1.**", "fusion.squeeze.**"),
      ("ffm.conv2.**", "fusion.excite.**"),
      ("conv_out.conv.bn.**", "output.conv.norm.**"),
      ("conv_out.conv.conv.**", "output.conv.conv.**"),
      ("conv_out.conv_out.**", "output.classes.**"),
      ("conv_out16.conv.bn.**", "output16.conv.norm.**"),
      ("conv_out16.conv.conv.**", "output16.conv.conv.**"),
      ("conv_out16.conv_out.**", "output16.classes.**"),
      ("conv_out32.conv.bn.**", "output32.conv.norm.**"),
      ("conv_out32.conv.conv.**", "output32.conv.conv.**"),
      ("conv_out32.conv_out.**", "output32.classes.**"),
    ], leavingOut: ["**.num_batches_tracked", "cp.resnet.fc.**"])

  /// - Parameter width: Channels of the first layer, 64 in the original; the others in proportion.
  init(classes: Int = 19, width: Int = 64) {
    context = ContextPath(width)
    fusion = FeatureFusion(4 * width)
    output = Output(4 * width, 4 * width, classes)
    output16 = Output(2 * width, width, classes)
    output32 = Output(2 * width, width, classes)
  }

  /// Maps pictures, normalized as ImageNet's, `[batch, 3, height, width]` of multiples of 32, to how
  /// much speaks for each class: in the end, and two answers on the way that training looks at;
  /// `[batch, classes, height, width]` each.
  func callAsFunction(_ x: Tensor) -> (final: Tensor, middle: Tensor, coarse: Tensor) {
    let (fine, middle, coarse) = context(x)
    func enlarged(_ y: Tensor) -> Tensor {
      y.resized(to: x.extent, .bilinear(alignCorners: true))
    }
    return (
      enlarged(output(fusion(fine, middle))), enlarged(output16(middle)),
      enlarged(output32(coarse))
    )
  }

  /// A convolution and a norm, and ReLU after them.
  struct ConvNormReLU: Module {
    let conv: Conv2D
    let norm: BatchNorm

    init(_ input: Int, _ output: Int, kernel: Extent = 3, stride: Extent = 1) {
      conv = Conv2D(input, output, kernel: kernel, stride: stride, bias: false)
      norm = BatchNorm(output)
    }

    func linear(_ x: Tensor) -> Tensor { norm(conv(x)) }
    func callAsFunction(_ x: Tensor) -> Tensor { relu(linear(x)) }
  }

  /// ResNet-18 up to its last block.
  struct Trunk: Module {
    let stem: ConvNormReLU
    let layer1, layer2, layer3, layer4: [Block]

    struct Block: Module {
      let first, second: ConvNormReLU
      let shortcut: ConvNormReLU?

      init(_ input: Int, _ output: Int, stride: Extent) {
        first = ConvNormReLU(input, output, stride: stride)
        second = ConvNormReLU(output, output)
        shortcut =
          input == output && stride == 1
          ? nil : ConvNormReLU(input, output, kernel: 1, stride: stride)
      }

      func callAsFunction(_ x: Tensor) -> Tensor {
        relu((shortcut?.linear(x) ?? x) + second.linear(first(x)))
      }
    }

    init(_ width: Int) {
      func layer(_ input: Int, _ output: Int, stride: Extent) -> [Block] {
        [Block(input, output, stride: stride), Block(output, output, stride: 1)]
      }
      stem = ConvNormReLU(3, width, kernel: 7, stride: 2)
      layer1 = layer(width, width, stride: 1)
      layer2 = layer(width, 2 * width, stride: 2)
      layer3 = layer(2 * width, 4 * width, stride: 2)
      layer4 = layer(4 * width, 8 * width, stride: 2)
    }

    /// The maps at an eighth, a sixteenth and a thirty-second of the size.
    func callAsFunction(_ x: Tensor) -> (Tensor, Tensor, Tensor) {
      let start = maxPooled(stem(x), kernel: 3, stride: 2, padding: 1)
      func run(_ x: Tensor, _ blocks: [Block]) -> Tensor { blocks.reduce(x) { $1($0) } }
      let eighth = run(run(start, layer1), layer2)
      let sixteenth = run(eighth, layer3)
      return (eighth, sixteenth, run(sixteenth, layer4))
    }
  }

  /// A convolution whose channels are weighed by what they hold on the whole.
  struct AttentionRefinement: Module {
    let conv: ConvNormReLU
    let attention: ConvNormReLU

    init(_ input: Int, _ output: Int) {
      conv = ConvNormReLU(input, output)
      attention = ConvNormReLU(output, output, kernel: 1)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let maps = conv(x)
      return maps * sigmoid(attention.linear(adaptiveAveragePooled(maps, to: 1)))
    }
  }

  struct ContextPath: Module {
    let trunk: Trunk
    let refine16, refine32: AttentionRefinement
    let head32, head16, whole: ConvNormReLU

    init(_ width: Int) {
      trunk = Trunk(width)
      refine16 = AttentionRefinement(4 * width, 2 * width)
      refine32 = AttentionRefinement(8 * width, 2 * width)
      head32 = ConvNormReLU(2 * width, 2 * width)
      head16 = ConvNormReLU(2 * width, 2 * width)
      whole = ConvNormReLU(8 * width, 2 * width, kernel: 1)
    }

    /// Maps at an eighth of the size from two depths, and at a sixteenth.
    func callAsFunction(_ x: Tensor) -> (Tensor, Tensor, Tensor) {
      let (eighth, sixteenth, last) = trunk(x)
      let mean = whole(adaptiveAveragePooled(last, to: 1))
      let coarse = head32((refine32(last) + mean).resized(to: sixteenth.extent, .nearest))
      let middle = head16((refine16(sixteenth) + coarse).resized(to: eighth.extent, .nearest))
      return (eighth, middle, coarse)
    }
  }

  struct FeatureFusion: Module {
    let conv: ConvNormReLU
    let squeeze, excite: Conv2D

    init(_ channels: Int) {
      conv = ConvNormReLU(channels, channels, kernel: 1)
      squeeze = Conv2D(channels, channels / 4, kernel: 1, bias: false)
      excite = Conv2D(channels / 4, channels, kernel: 1, bias: false)
    }

    func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
      let maps = conv(concatenated([a, b], axis: 1))
      let attention = sigmoid(excite(relu(squeeze(adaptiveAveragePooled(maps, to: 1)))))
      return maps * attention + maps
    }
  }

  struct Output: Module {
    let conv: ConvNormReLU
    let classes: Conv2D

    init(_ input: Int, _ middle: Int, _ classes: Int) {
      conv = ConvNormReLU(input, middle)
      self.classes = Conv2D(middle, classes, kernel: 1, bias: false)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { classes(conv(x)) }
  }
}
