import Neural
import Tensors

/// A network that makes sound of mel bands; see `peers/hifigan.py`.
///
/// Weights are normalized in training only.
let hiFiGAN =
  Workload.both("hifigan", shapes: [[80, 86]], trainingBatch: 1) {
    HiFiGAN(normalized: false)
  } run: {
    $0($1[0])
  }.filter { $0.name.hasSuffix("forward") }
  + Workload.both("hifigan", shapes: [[80, 86]], trainingBatch: 1) {
    HiFiGAN(normalized: true)
  } run: {
    $0($1[0])
  }.filter { $0.name.hasSuffix("training") }

/// The generator of HiFi-GAN V1: 80 mel bands to sound, 256 samples a frame.
///
/// Source: Kong, Kim & Bae 2020, arXiv:2010.05646, section 2.2 and appendix A.1.
private struct HiFiGAN: Module {
  /// Three pairs of convolutions, the first of each dilated, with a sum around each pair.
  struct ResidualBlock: Module {
    let convs1, convs2: [Conv1D]

    init(_ channels: Int, kernel: Int, _ form: Reparametrization) {
      func conv(_ dilation: Int) -> Conv1D {
        Conv1D(channels, channels, kernel: kernel, dilation: dilation, reparametrization: form)
      }
      convs1 = [1, 3, 5].map(conv)
      convs2 = [1, 1, 1].map(conv)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      zip(convs1, convs2).reduce(x) { x, pair in
        x + pair.1(leakyReLU(pair.0(leakyReLU(x, slope: 0.1)), slope: 0.1))
      }
    }
  }

  let conv_pre, conv_post: Conv1D
  let ups: [ConvTranspose1D]
  let resblocks: [ResidualBlock]

  init(normalized: Bool) {
    let form: Reparametrization = normalized ? .weightNorm() : .none
    conv_pre = Conv1D(80, 512, kernel: 7, reparametrization: form)
    var ups: [ConvTranspose1D] = []
    var resblocks: [ResidualBlock] = []
    var channels = 512
    for (rate, kernel) in [(8, 16), (8, 16), (2, 4), (2, 4)] {
      ups.append(
        ConvTranspose1D(
          channels, channels / 2, kernel: kernel, stride: rate, padding: .init((kernel - rate) / 2),
          reparametrization: form))
      channels /= 2
      for kernel in [3, 7, 11] {
        resblocks.append(ResidualBlock(channels, kernel: kernel, form))
      }
    }
    (self.ups, self.resblocks) = (ups, resblocks)
    conv_post = Conv1D(channels, 1, kernel: 7, reparametrization: form)
  }

  /// Maps `[batch, 80, frames]` to `[batch, 1, 256 · frames]`.
  func callAsFunction(_ mel: Tensor) -> Tensor {
    var x = conv_pre(mel)
    for (index, up) in ups.enumerated() {
      let enlarged = up(leakyReLU(x, slope: 0.1))
      let blocks = resblocks[3 * index..<3 * index + 3].map { $0(enlarged) }
      x = (blocks[0] + blocks[1] + blocks[2]) / 3
    }
    return tanh(conv_post(leakyReLU(x)))
  }
}
