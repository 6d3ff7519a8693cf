internal import Foundation
public import Tensors

/// A sound whose spectrum has given magnitudes, its phases found by going back and forth.
///
/// Source: Perraudin, Balazs & Søndergaard 2013, "A fast Griffin–Lim algorithm", algorithm 2; as
/// `torchaudio.functional.griffinlim`.
///
/// - Parameters:
///   - magnitudes: `[batch, bins, frames]`.
///   - phases: Where to begin, in radians, of the same shape; random ones lead furthest.
///   - momentum: How far each step goes beyond; 0 is Griffin and Lim's own algorithm.
///   - length: Samples to make; by default all that the frames hold.
/// - Returns: `[batch, length]`, a constant.
public func griffinLim(
  _ magnitudes: Tensor, phases: Tensor, transform: ShortTimeFourier, iterations: Int = 32,
  momentum: Float = 0.99, length: Int? = nil
) -> Tensor {
  withoutRecording {
    let angles = phases.array
    var direction = Spectrum(
      real: Tensor(angles.map { cos($0) }, shape: phases.shape),
      imaginary: Tensor(angles.map { sin($0) }, shape: phases.shape))
    func sound() -> Tensor {
      transform.inverse(
        Spectrum(real: magnitudes * direction.real, imaginary: magnitudes * direction.imaginary),
        length: length)
    }
    var last: Spectrum?
    for _ in 0..<iterations {
      let rebuilt = transform(sound())
      let share = momentum / (1 + momentum)
      let (real, imaginary) =
        if let last {
          (rebuilt.real - share * last.real, rebuilt.imaginary - share * last.imaginary)
        } else {
          (rebuilt.real, rebuilt.imaginary)
        }
      let size = Spectrum(real: real, imaginary: imaginary).magnitude() + 1e-16
      direction = Spectrum(real: real / size, imaginary: imaginary / size)
      last = rebuilt
    }
    return sound()
  }
}
