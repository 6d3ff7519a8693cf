/// Whole numbers of so many bits.
struct WholeNumberType {
  let bits: Int
  let isSigned: Bool

  /// - Parameter type: ONNX's number of the element type.
  init?(type: Int) {
    switch type {
    case 2: (bits, isSigned) = (8, false)
    case 3: (bits, isSigned) = (8, true)
    case 4: (bits, isSigned) = (16, false)
    case 5: (bits, isSigned) = (16, true)
    case 6: (bits, isSigned) = (32, true)
    case 7: (bits, isSigned) = (64, true)
    case 12: (bits, isSigned) = (32, false)
    case 13: (bits, isSigned) = (64, false)
    case 21: (bits, isSigned) = (4, false)
    case 22: (bits, isSigned) = (4, true)
    default: return nil
    }
  }

  /// The smallest and the largest.
  var range: ClosedRange<Int> {
    guard bits < 64 else { return isSigned ? .min ... .max : 0 ... .max }
    return isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  /// What is left of a number in so many bits.
  func wrapped(_ number: Int) -> Int {
    guard bits < 64 else { return number }
    let kept = number & ((1 << bits) - 1)
    return isSigned && kept >> (bits - 1) == 1 ? kept - (1 << bits) : kept
  }
}
