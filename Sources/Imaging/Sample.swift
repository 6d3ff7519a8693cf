/// What a plane keeps its samples in.
protocol Sample: Sendable {
  static var zero: Self { get }
  var number: Float { get }
  /// The nearest sample to `number`, which must be within the type's range.
  init(rounding number: Float)
}

extension UInt8: Sample {
  var number: Float { Float(self) }

  init(rounding number: Float) { self.init(truncatingIfNeeded: roundedBits(number)) }
}

extension UInt16: Sample {
  var number: Float { Float(self) }

  init(rounding number: Float) { self.init(truncatingIfNeeded: roundedBits(number)) }
}

/// A number in 0…65535, rounded to nearest, in the low bits.
///
/// Adding 2²³ leaves no bits for a fraction. Unlike a conversion this cannot trap, so that loops
/// over it are vectorised.
private func roundedBits(_ number: Float) -> UInt32 { (number + 8_388_608).bitPattern }
