/// Arithmetic in the field of 256 elements in which the codewords of a code live.
///
/// Sums are exclusive ors. The field polynomial is x⁸ + x⁴ + x³ + x² + 1, and 2 generates it.
///
/// Source: ISO/IEC 18004:2015, 7.5.2.
enum GaloisField {
  /// Powers of 2, written twice so that sums of two logarithms need no reduction.
  static let powers: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 512)
    var value = 1
    for i in 0..<255 {
      table[i] = UInt8(value)
      table[i + 255] = UInt8(value)
      value <<= 1
      if value > 255 { value ^= 0x11D }
    }
    return table
  }()

  /// Logarithms to the base 2; that of 0 is never read.
  static let logarithms: [Int] = {
    var table = [Int](repeating: 0, count: 256)
    for i in 0..<255 { table[Int(powers[i])] = i }
    return table
  }()

  static func power(_ exponent: Int) -> UInt8 { powers[((exponent % 255) + 255) % 255] }

  static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    a == 0 || b == 0 ? 0 : powers[logarithms[Int(a)] + logarithms[Int(b)]]
  }

  static func quotient(_ a: UInt8, by b: UInt8) -> UInt8 {
    precondition(b != 0, "division by zero")
    return a == 0 ? 0 : powers[logarithms[Int(a)] + 255 - logarithms[Int(b)]]
  }

  /// The value at `x` of a polynomial whose coefficients begin with the constant.
  static func value(of polynomial: [UInt8], at x: UInt8) -> UInt8 {
    var result: UInt8 = 0
    for coefficient in polynomial.reversed() { result = product(result, x) ^ coefficient }
    return result
  }
}
