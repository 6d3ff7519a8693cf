/// Fractions of eight and fewer bits: a sign, an exponent and what follows the point.
///
/// Source: Micikevicius et al. 2022, arXiv:2209.05433, table 1; Noune et al. 2022, arXiv:2206.02915,
/// section 3, for those without a negative zero; Rouhani et al. 2023, arXiv:2310.10537, for four bits.
struct NarrowNumbers {
  /// What the patterns beyond the largest number, or that of a negative zero, stand for.
  enum Beyond {
    case infinity
    /// The last pattern alone is no number.
    case nothingButNaN
    /// A negative zero is no number.
    case negativeZeroIsNaN
    case numbers
  }

  let exponentBits, fractionBits, bias: Int
  let beyond: Beyond

  /// - Parameter type: ONNX's number of the element type.
  init?(type: Int) {
    switch type {
    case 17: (exponentBits, fractionBits, bias, beyond) = (4, 3, 7, .nothingButNaN)
    case 18: (exponentBits, fractionBits, bias, beyond) = (4, 3, 8, .negativeZeroIsNaN)
    case 19: (exponentBits, fractionBits, bias, beyond) = (5, 2, 15, .infinity)
    case 20: (exponentBits, fractionBits, bias, beyond) = (5, 2, 16, .negativeZeroIsNaN)
    case 23: (exponentBits, fractionBits, bias, beyond) = (2, 1, 1, .numbers)
    default: return nil
    }
  }

  var bits: Int { 1 + exponentBits + fractionBits }

  private var largest: Float {
    let (top, full) = ((1 << exponentBits) - 1, (1 << fractionBits) - 1)
    switch beyond {
    case .infinity: return number(exponent: top - 1, fraction: full)
    case .nothingButNaN: return number(exponent: top, fraction: full - 1)
    case .negativeZeroIsNaN, .numbers: return number(exponent: top, fraction: full)
    }
  }

  private func number(exponent: Int, fraction: Int) -> Float {
    let isNormal = exponent > 0
    let digits = Float(fraction + (isNormal ? 1 << fractionBits : 0))
    return Float(
      sign: .plus, exponent: (isNormal ? exponent : 1) - bias - fractionBits, significand: digits)
  }

  /// What a pattern of bits stands for.
  func value(_ pattern: Int) -> Float {
    let fraction = pattern & ((1 << fractionBits) - 1)
    let exponent = pattern >> fractionBits & ((1 << exponentBits) - 1)
    let isNegative = pattern >> (bits - 1) & 1 == 1
    let magnitude = number(exponent: exponent, fraction: fraction)
    switch beyond {
    case .infinity where magnitude > largest:
      return fraction != 0 ? .nan : isNegative ? -.infinity : .infinity
    case .nothingButNaN where magnitude > largest: return .nan
    case .negativeZeroIsNaN where isNegative && magnitude == 0: return .nan
    default: return isNegative ? -magnitude : magnitude
    }
  }

  /// The nearest number that can be held, of two the one that ends in 0.
  ///
  /// - Parameter saturating: Whether what is too large becomes the largest; if not, infinity, or no
  ///   number.
  func rounded(_ x: Float, saturating: Bool) -> Float {
    guard !x.isNaN, x != 0 else { return x == 0 || beyond == .numbers ? 0 : x }
    var nearest = x
    if x.isFinite {
      let step = Float(
        sign: .plus, exponent: max(Int(x.exponent), 1 - bias) - fractionBits, significand: 1)
      nearest = (x / step).rounded(.toNearestOrEven) * step
    }
    guard abs(nearest) > largest else { return nearest }
    if saturating || beyond == .numbers { return x < 0 ? -largest : largest }
    return beyond == .infinity ? (x < 0 ? -.infinity : .infinity) : .nan
  }
}
