internal import Neural
public import Tensors

/// Classifier B: three groups of convolutions and two dense branches.
///
/// Properties are numbered as the layers of the table. All activations are leaky ReLUs of slope 0.3
/// and follow their layer, before pooling; normalizations have ε 1e-3 and momentum 0.01, as Keras
/// has by default (it calls that 0.99). Convolutions have no padding, as in the table, up to the
/// second pooling; beyond it only pictures of at least 86 pixels leave room for that, and smaller
/// ones are padded to keep their size.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, table 4. The softmax of
/// its last layer is part of the loss here.
public struct ConvolutionalClassifier: ClassifierNetwork {
  let conv1, conv4, conv5, conv8, conv9, conv10: Conv2D
  let norm3, norm7, norm12, norm14, norm22, norm24, norm26, norm28, norm30: BatchNorm
  let dense15, dense17, dense18, dense19, dense20, dense25, dense27, dense29, dense31: Linear

  public init(_ design: EmotionDesign, emotions: Int) {
    func norm(_ channels: Int) -> BatchNorm {
      BatchNorm(channels, epsilon: 1e-3, momentum: 0.01)
    }
    let pooled = ((design.side - 2) / 2 - 6) / 2
    let isPadded = (pooled - 16) / 2 < 1
    let last = (isPadded ? pooled : pooled - 16) / 2
    func late(_ input: Int, _ output: Int, kernel: Int) -> Conv2D {
      Conv2D(input, output, kernel: Extent(kernel), padding: isPadded ? nil : 0)
    }
    conv1 = Conv2D(design.channels, 32, kernel: 3, padding: 0)
    norm3 = norm(32)
    conv4 = Conv2D(32, 32, kernel: 3, padding: 0)
    conv5 = Conv2D(32, 64, kernel: 5, padding: 0)
    norm7 = norm(64)
    conv8 = late(64, 64, kernel: 5)
    conv9 = late(64, 128, kernel: 7)
    conv10 = late(128, 128, kernel: 7)
    norm12 = norm(128)
    let features = 128 * last * last
    norm14 = norm(features)
    dense15 = Linear(features, 256)
    dense17 = Linear(256, 256)
    dense18 = Linear(256, 256)
    dense19 = Linear(256, 256)
    dense20 = Linear(256, 256)
    norm22 = norm(512)
    norm24 = norm(512)
    dense25 = Linear(512, 512)
    norm26 = norm(512)
    dense27 = Linear(512, 512)
    norm28 = norm(512)
    dense29 = Linear(512, 1024)
    norm30 = norm(1024)
    dense31 = Linear(1024, emotions)
  }

  public func logits(_ pictures: Tensor, dropout seed: UInt64?) -> Tensor {
    let stem = norm3(maxPooled(active(conv1(pictures))))
    let middle = norm7(maxPooled(active(conv5(active(conv4(stem))))))
    let top = active(conv10(active(conv9(active(conv8(middle))))))
    let maps = norm12(maxPooled(top)).plain
    let flat = norm14(maps.reshaped([maps.shape[0], maps.count / maps.shape[0]]))
    let shared = active(dense15(flat))
    let first = active(dense18(active(dense17(dropped(shared, 0.37, seed, layer: 16)))))
    let second = active(dense20(active(dense19(shared))))
    let joined = norm22(concatenated([first, second], axis: 1))
    let wide = norm26(active(dense25(norm24(dropped(joined, 0.31, seed, layer: 23)))))
    return dense31(norm30(active(dense29(norm28(active(dense27(wide)))))))
  }

  private func active(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0.3) }

  /// A share of the values set to 0, the others enlarged to keep the mean.
  private func dropped(_ x: Tensor, _ share: Float, _ seed: UInt64?, layer: UInt64) -> Tensor {
    guard let seed else { return x }
    var generator = SplitMix64(seed: seed ^ (layer << 32))
    let kept = (0..<x.count).map { _ in generator.unit() < share ? 0 : 1 / (1 - share) }
    return x * Tensor(kept, shape: x.shape)
  }
}
