internal import Foundation
public import Tensors

/// The short-time Fourier transform and its inverse, with gradients of any order.
///
/// As `torch.stft` and `torch.istft` of real signals, one side of the spectrum: a window shorter
/// than the transform stands in its middle. Transforms are products with a matrix, on which the
/// processor is as fast as a fast transform at these sizes, and which need no gradient of their
/// own. Making the matrices takes a while: keep the value.
public struct ShortTimeFourier: Sendable {
  /// What stands before the first sample and after the last.
  public enum Edges: Hashable, Sendable {
    /// Half a transform of the sound mirrored, so that frame t is centred on sample `t · hop`.
    case centred
    /// A number of samples of the sound mirrored; frame t begins at `t · hop` less that number.
    case mirrored(Int)
    /// Nothing: frame t begins at sample `t · hop`.
    case none
  }

  /// Samples per transform, and from each to the next.
  public let size, hop: Int
  public let edges: Edges
  /// The number of frequencies, from 0 to half the sample rate: `size / 2 + 1`.
  public var bins: Int { size / 2 + 1 }

  /// As long as a transform.
  private let window: [Float]
  /// `[2 · bins, size]`: real parts, then imaginary ones, the window included.
  private let analysis: Matrix
  /// `[size, 2 · bins]`, the window included.
  private let synthesis: Matrix

  /// - Parameters:
  ///   - size: Samples per transform: `n_fft`.
  ///   - hop: Samples from one transform to the next: `hop_length`.
  ///   - window: Its shape, of period `windowLength`.
  ///   - windowLength: At most `size`, which is the default: `win_length`.
  ///   - isUnitary: Whether to divide by `√size`: `normalized`.
  public init(
    size: Int, hop: Int, window: Window = .hann, windowLength: Int? = nil,
    edges: Edges = .centred, isUnitary: Bool = false
  ) {
    let length = windowLength ?? size
    precondition(
      size > 0 && hop > 0 && length > 0 && length <= size,
      "transforms of \(size) samples every \(hop), of which a window shows \(length)")
    self.size = size
    self.hop = hop
    self.edges = edges
    let before = (size - length) / 2
    let shown =
      [Float](repeating: 0, count: before) + window.values(length)
      + [Float](repeating: 0, count: size - length - before)
    self.window = shown
    let bins = size / 2 + 1
    let scale = isUnitary ? 1 / Double(size).squareRoot() : 1
    let turn = (0..<size).map { 2 * Double.pi * Double($0) / Double(size) }
    var forth = [Float](repeating: 0, count: 2 * bins * size)
    var back = forth
    for bin in 0..<bins {
      // The other side of the spectrum holds every bin but the first and the middle one again.
      let share = (bin == 0 || 2 * bin == size ? 1 : 2) / (scale * Double(size))
      for sample in 0..<size {
        let angle = turn[bin * sample % size]
        let (real, imaginary) = (cos(angle), -sin(angle))
        let weight = Double(shown[sample])
        forth[bin * size + sample] = Float(scale * weight * real)
        forth[(bins + bin) * size + sample] = Float(scale * weight * imaginary)
        back[sample * 2 * bins + bin] = Float(share * weight * real)
        back[sample * 2 * bins + bins + bin] = Float(share * weight * imaginary)
      }
    }
    analysis = Matrix(forth, rows: 2 * bins, columns: size)
    synthesis = Matrix(back, rows: size, columns: 2 * bins)
  }

  /// Maps `[batch, samples]` to `[batch, bins, frames]`.
  ///
  /// There are `1 + (samples + edges − size) / hop` frames; a sound must be longer than what is
  /// mirrored of it.
  public func callAsFunction(_ sound: Tensor) -> Spectrum {
    let batch = sound.shape[0]
    let frames = mirrored(sound).framed(size: size, hop: hop)
    let count = frames.shape[2]
    let both = frames.reshaped([batch, size, count, 1]).mixed(by: analysis)
      .reshaped([batch, 2 * bins, count])
    return Spectrum(
      real: both.sliced(0..<bins, axis: 1), imaginary: both.sliced(bins..<2 * bins, axis: 1))
  }

  /// The sound of which a spectrum is, or comes nearest to being.
  ///
  /// Maps `[batch, bins, frames]` to `[batch, length]`. Traps where the windows leave a sample
  /// unseen.
  ///
  /// - Parameter length: At most what the frames hold, which is the default.
  ///
  /// Source: Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform",
  /// equation 6.
  public func inverse(_ spectrum: Spectrum, length: Int? = nil) -> Tensor {
    let (batch, frames) = (spectrum.real.shape[0], spectrum.real.shape[2])
    let both = concatenated([spectrum.real, spectrum.imaginary], axis: 1)
    let sound = both.reshaped([batch, 2 * bins, frames, 1]).mixed(by: synthesis)
      .reshaped([batch, size, frames]).overlapAdded(hop: hop)
    let end = sound.shape[1] - (length == nil ? margin : 0)
    let range = margin..<(length.map { margin + $0 } ?? end)
    precondition(range.upperBound <= end, "\(range.count) samples of \(frames) frames")
    return sound.sliced(range, axis: 1) / coverage(frames, range)
  }

  /// The samples mirrored at either end.
  private var margin: Int {
    switch edges {
    case .centred: size / 2
    case .mirrored(let count): count
    case .none: 0
    }
  }

  private func mirrored(_ sound: Tensor) -> Tensor {
    guard margin > 0 else { return sound }
    let (batch, length) = (sound.shape[0], sound.shape[1])
    return sound.reshaped([batch, 1, length])
      .padded(Padding(left: margin, right: margin), .reflect)
      .reshaped([batch, length + 2 * margin])
  }

  /// The sum of the squared windows over each sample of a range: `[1, samples]`.
  private func coverage(_ frames: Int, _ range: Range<Int>) -> Tensor {
    var sums = [Float](repeating: 0, count: (frames - 1) * hop + size)
    for frame in 0..<frames {
      for (index, weight) in window.enumerated() { sums[frame * hop + index] += weight * weight }
    }
    precondition(
      sums[range].allSatisfy { $0 > 1e-11 }, "windows every \(hop) samples leave some unseen")
    return Tensor(Array(sums[range]), shape: [1, range.count])
  }
}

/// The complex amplitudes of the frequencies of a sound over time.
public struct Spectrum {
  /// `[batch, bins, frames]`.
  public let real, imaginary: Tensor

  public init(real: Tensor, imaginary: Tensor) {
    precondition(
      real.shape == imaginary.shape, "real parts of \(real.shape) with \(imaginary.shape)")
    self.real = real
    self.imaginary = imaginary
  }

  /// The squared magnitude.
  public var power: Tensor { real * real + imaginary * imaginary }

  /// The magnitude; `√(power + floor)`, whose gradient is finite where `floor` is not 0.
  public func magnitude(floor: Float = 0) -> Tensor { Tensors.power(power + floor, 0.5) }
}
