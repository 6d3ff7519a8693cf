internal import Foundation
public import Tensors

/// The first cosine coefficients of logarithmic bands: MFCC, where the bands are mel bands.
///
/// Maps `[batch, bands, frames]` to `[batch, count, frames]`.
///
/// Source: Davis & Mermelstein 1980, "Comparison of parametric representations for monosyllabic
/// word recognition", table I; the transform is orthonormal, as in torchaudio and librosa.
public func cepstrum(ofLogarithmic bands: Tensor, count: Int) -> Tensor {
  let size = bands.shape[1]
  let values = (0..<count).flatMap { row in
    (0..<size).map { column in
      let scale = ((row == 0 ? 1 : 2) / Double(size)).squareRoot()
      return Float(scale * cos(.pi * Double(row) * (Double(column) + 0.5) / Double(size)))
    }
  }
  return bands.alongBands(Matrix(values, rows: count, columns: size))
}

/// Powers in decibels, none further than `range` below the loudest of its item.
///
/// As `torchaudio.functional.amplitude_to_DB` of items with one channel each and librosa's
/// `power_to_db` with a reference of 1.
///
/// - Parameter powers: `[batch, bands, frames]`; those below 1e-10 count as that.
public func decibels(ofPower powers: Tensor, range: Float = 80) -> Tensor {
  let level =
    (10 / Float(M_LN10)) * log(clamped(powers, 1e-10...Float.greatestFiniteMagnitude))
  let items = level.shape[0]
  let values = level.array
  let size = values.count / max(1, items)
  var loudest = [Float](repeating: 0, count: values.count)
  for item in 0..<items {
    let own = item * size..<(item + 1) * size
    if let place = own.max(by: { values[$0] < values[$1] }) { loudest[place] = 1 }
  }
  let floor = (level * Tensor(loudest, shape: level.shape)).summed(to: [items, 1, 1]) - range
  return relu(level - floor) + floor
}
