internal import Foundation
public import Tensors

/// Frequencies spaced as the ear hears them.
public enum MelScale: Sendable {
  /// Logarithmic above about 700 Hz: Young et al., "The HTK book", section 5.4.
  case htk
  /// Straight to 1000 Hz and logarithmic above: Slaney 1998, "Auditory toolbox", librosa's default.
  case slaney

  /// The mel value of a frequency in hertz.
  public func mel(hertz: Double) -> Double {
    switch self {
    case .htk: 2595 * log10(1 + hertz / 700)
    case .slaney: hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) / Self.logarithmicStep
    }
  }

  /// The frequency in hertz of a mel value.
  public func hertz(mel: Double) -> Double {
    switch self {
    case .htk: 700 * (pow(10, mel / 2595) - 1)
    case .slaney: mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * Self.logarithmicStep)
    }
  }

  /// 27 mel from 1000 to 6400 Hz.
  private static let logarithmicStep = log(6.4) / 27

  /// How the bands of a filterbank are weighted.
  public enum Weighting: Sendable {
    /// Each has its peak at 1: librosa's and torchaudio's `norm=None`.
    case peak
    /// Each has the same area, as `norm="slaney"`.
    case area
  }

  /// Overlapping triangles, evenly spaced on this scale: what turns a spectrum into bands.
  ///
  /// As `librosa.filters.mel` and `torchaudio.functional.melscale_fbanks`.
  ///
  /// - Parameters:
  ///   - bins: Frequencies of the spectrum, from 0 to half the sample rate.
  ///   - sampleRate: Hertz.
  ///   - range: From the foot of the first band to the foot of the last, in hertz.
  /// - Returns: `[bands, bins]`.
  public func filterbank(
    bands: Int, bins: Int, sampleRate: Double, range: ClosedRange<Double>,
    weighting: Weighting = .area
  ) -> Matrix {
    let (low, high) = (mel(hertz: range.lowerBound), mel(hertz: range.upperBound))
    let feet = (0..<bands + 2).map {
      hertz(mel: low + (high - low) * Double($0) / Double(bands + 1))
    }
    let values = (0..<bands).flatMap { band in
      let (left, peak, right) = (feet[band], feet[band + 1], feet[band + 2])
      let scale = weighting == .area ? 2 / (right - left) : 1
      return (0..<bins).map { bin in
        let frequency = Double(bin) * sampleRate / 2 / Double(bins - 1)
        let height = min(
          (frequency - left) / (peak - left), (right - frequency) / (right - peak))
        return Float(scale * max(0, height))
      }
    }
    return Matrix(values, rows: bands, columns: bins)
  }
}
