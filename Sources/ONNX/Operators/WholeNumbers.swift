internal import Tensors

// Arithmetic on whole numbers, which is exact.

extension OperatorCall {
  func wholeNumbers() throws(ONNXError) -> GraphValue? {
    guard case .integers(let first)? = optional(0) else { return nil }
    switch name {
    case "Add", "Sum": return try joined { $0 &+ $1 }
    case "Sub": return try joined { $0 &- $1 }
    case "Mul": return try joined { $0 &* $1 }
    case "Div": return try joined { $1 == 0 ? 0 : $0 / $1 }
    case "Mod":
      let isFloored = !flag("fmod")
      return try joined { x, y in
        let rest = y == 0 ? 0 : x % y
        return isFloored && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
      }
    case "Max": return try joined { max($0, $1) }
    case "Min": return try joined { min($0, $1) }
    case "BitwiseAnd": return try joined { $0 & $1 }
    case "BitwiseOr": return try joined { $0 | $1 }
    case "BitwiseXor": return try joined { $0 ^ $1 }
    case "BitShift":
      let isLeft = text("direction", "") == "LEFT"
      return try joined { isLeft ? $0 << $1 : $0 >> $1 }
    case "BitwiseNot":
      let type = elementType(0).flatMap(WholeNumberType.init(type:))
      return .integers(first.mapped { type?.wrapped(~$0) ?? ~$0 })
    case "Neg": return .integers(first.mapped { 0 &- $0 })
    case "Abs": return .integers(first.mapped { $0 == .min ? $0 : abs($0) })
    case "Sign": return .integers(first.mapped { $0.signum() })
    case "Equal": return try compared { $0 == $1 }
    case "Greater": return try compared { $0 > $1 }
    case "GreaterOrEqual": return try compared { $0 >= $1 }
    case "Less": return try compared { $0 < $1 }
    case "LessOrEqual": return try compared { $0 <= $1 }
    default: return nil
    }
  }

  private func joined(_ function: (Int, Int) -> Int) throws(ONNXError) -> GraphValue? {
    var result: Indices?
    for index in inputs.indices {
      guard case .integers(let next) = try value(index) else { return nil }
      if let so = result { _ = try broadcastShape(so.shape, next.shape) }
      result = result?.joined(next, function) ?? next
    }
    return result.map(GraphValue.integers)
  }

  private func compared(_ holds: (Int, Int) -> Bool) throws(ONNXError) -> GraphValue? {
    guard case .integers(let found)? = try joined({ holds($0, $1) ? 1 : 0 }) else { return nil }
    return .booleans(GraphValue.integers(found).tensor)
  }

  /// The shape that two others broadcast to.
  func broadcastShape(_ a: [Int], _ b: [Int]) throws(ONNXError) -> [Int] {
    let rank = max(a.count, b.count)
    let pairs = zip(
      Array(repeating: 1, count: rank - a.count) + a, Array(repeating: 1, count: rank - b.count) + b
    )
    guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw unsupported("shapes \(a) and \(b)")
    }
    return pairs.map { $0 == 1 ? $1 : $0 }
  }
}
