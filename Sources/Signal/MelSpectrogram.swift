public import Tensors

/// The energy of a sound in bands spaced as the ear hears them, over time.
///
/// What differs between programs is named here: what is mirrored at the ends, whether magnitudes
/// or powers are added up, and what keeps silence finite.
public struct MelSpectrogram: Sendable {
  /// What the bands add up.
  public enum Quantity: Hashable, Sendable {
    /// `√(|X|² + floor)`.
    case magnitude(floor: Float)
    /// `|X|²`.
    case power
  }

  public let transform: ShortTimeFourier
  public let quantity: Quantity
  /// `[bands, bins]`.
  public let filterbank: Matrix

  public init(transform: ShortTimeFourier, quantity: Quantity, filterbank: Matrix) {
    precondition(
      filterbank.columns == transform.bins,
      "bands of \(filterbank.columns) bins over \(transform.bins)")
    self.transform = transform
    self.quantity = quantity
    self.filterbank = filterbank
  }

  /// Maps a sound `[batch, samples]` to `[batch, bands, frames]`.
  public func callAsFunction(_ sound: Tensor) -> Tensor {
    let spectrum = transform(sound)
    let added =
      switch quantity {
      case .magnitude(let floor): spectrum.magnitude(floor: floor)
      case .power: spectrum.power
      }
    return added.alongBands(filterbank)
  }

  /// Natural logarithms of the bands, those below 1e-5 at its own.
  ///
  /// Source: Kong, Kim & Bae 2020, "HiFi-GAN", arXiv:2010.05646, section 3.1; ends, floors and
  /// logarithm as in the authors' program.
  public func logarithmic(_ sound: Tensor) -> Tensor {
    log(clamped(self(sound), 1e-5...Float.greatestFiniteMagnitude))
  }

  /// The bands that HiFi-GAN and its relatives speak: Slaney's, of equal area, of magnitudes, with
  /// `(size − hop) / 2` samples mirrored at either end, so that `samples / hop` frames come out.
  ///
  /// - Parameters:
  ///   - sampleRate: Hertz.
  ///   - range: Hertz.
  ///   - floor: Added to the power before its root: 1e-9 in HiFi-GAN, 1e-6 in FreeVC.
  public static func hifiGAN(
    sampleRate: Double = 22_050, size: Int = 1024, hop: Int = 256, windowLength: Int? = nil,
    bands: Int = 80, range: ClosedRange<Double> = 0...8000, floor: Float = 1e-9
  ) -> MelSpectrogram {
    MelSpectrogram(
      transform: ShortTimeFourier(
        size: size, hop: hop, windowLength: windowLength, edges: .mirrored((size - hop) / 2)),
      quantity: .magnitude(floor: floor),
      filterbank: MelScale.slaney.filterbank(
        bands: bands, bins: size / 2 + 1, sampleRate: sampleRate, range: range))
  }
}

extension Tensor {
  /// Each frame's bands `x` as `matrix · x`: `[batch, columns, frames]` to `[batch, rows, frames]`.
  func alongBands(_ matrix: Matrix) -> Tensor {
    let (batch, bands, frames) = (shape[0], shape[1], shape[2])
    return reshaped([batch, bands, frames, 1]).mixed(by: matrix)
      .reshaped([batch, matrix.rows, frames])
  }
}
