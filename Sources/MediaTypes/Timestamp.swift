/// A point or a span of time: `value` ticks of `base` seconds.
///
/// The tick is kept as the file has it, so that a time which only passes through stays exact.
/// Two timestamps are equal if they mean the same time, whatever their bases.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var value: Int64
  public var base: Rational

  public init(value: Int64, base: Rational) {
    self.value = value
    self.base = base
  }

  public var seconds: Double {
    Double(value) * Double(base.numerator) / Double(base.denominator)
  }

  public static func == (left: Timestamp, right: Timestamp) -> Bool {
    let (a, b) = crossProducts(left, right)
    return a == b
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    let (a, b) = crossProducts(left, right)
    return a < b
  }

  public func hash(into hasher: inout Hasher) {
    // The reduced fraction: equal times of different bases must hash alike.
    let numerator = Int128(value) * Int128(base.numerator)
    var (a, b) = (numerator.magnitude, UInt128(base.denominator))
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = Int128(max(a, 1))
    hasher.combine(numerator / divisor)
    hasher.combine(Int128(base.denominator) / divisor)
  }

  /// Numerators over the common denominator.
  ///
  /// 128 bits: a time base of a billionth of a second
  /// times another overflows 64 after a few seconds.
  private static func crossProducts(_ left: Timestamp, _ right: Timestamp) -> (Int128, Int128) {
    (
      Int128(left.value) * Int128(left.base.numerator) * Int128(right.base.denominator),
      Int128(right.value) * Int128(right.base.numerator) * Int128(left.base.denominator)
    )
  }
}
