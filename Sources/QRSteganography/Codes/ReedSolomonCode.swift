/// The Reed–Solomon code of one block: corrects `2·errors + erasures ≤ checkCount` codewords.
///
/// The generator's roots are 2⁰ … 2^(checkCount − 1); a block's first codeword is the coefficient
/// of the highest power.
///
/// Source: ISO/IEC 18004:2015, 7.5.2; decoding after Blahut, "Theory and Practice of Error Control
/// Codes", 1983, section 9.2 (Berlekamp–Massey started from the erasure locator).
struct ReedSolomonCode: Sendable {
  let checkCount: Int
  /// Coefficients of the generator below its leading 1, highest power first.
  private let generator: [UInt8]

  init(checkCount: Int) {
    self.checkCount = checkCount
    var product: [UInt8] = [1]
    for i in 0..<checkCount {
      let root = GaloisField.power(i)
      var next = product + [0]
      for j in product.indices { next[j + 1] ^= GaloisField.product(product[j], root) }
      product = next
    }
    generator = Array(product.dropFirst())
  }

  /// The check codewords that follow `message`.
  func checks(for message: [UInt8]) -> [UInt8] {
    var remainder = [UInt8](repeating: 0, count: checkCount)
    for byte in message {
      let factor = byte ^ remainder[0]
      for i in 0..<checkCount - 1 {
        remainder[i] = remainder[i + 1] ^ GaloisField.product(generator[i], factor)
      }
      remainder[checkCount - 1] = GaloisField.product(generator[checkCount - 1], factor)
    }
    return remainder
  }

  /// The values of the received polynomial at the generator's roots: all zero for a codeword.
  func syndromes(of block: [UInt8]) -> [UInt8] {
    (0..<checkCount).map { i in
      let root = GaloisField.power(i)
      var value: UInt8 = 0
      for byte in block { value = GaloisField.product(value, root) ^ byte }
      return value
    }
  }

  /// The one codeword within reach of `block`, or `nil` when there is none.
  ///
  /// - Parameters:
  ///   - block: Data and check codewords as received.
  ///   - erasures: Places in `block` whose values are not to be trusted, each once.
  func corrected(_ block: [UInt8], erasures: [Int] = []) -> [UInt8]? {
    guard erasures.count <= checkCount else { return nil }
    let syndromes = syndromes(of: block)
    if syndromes.allSatisfy({ $0 == 0 }) { return block }
    let locator = errorLocator(syndromes, erasures.map { block.count - 1 - $0 })
    let count = (locator.lastIndex { $0 != 0 } ?? 0)
    guard count > 0, 2 * count - erasures.count <= checkCount else { return nil }

    let exponents = (0..<block.count).filter {
      GaloisField.value(of: locator, at: GaloisField.power(-$0)) == 0
    }
    guard exponents.count == count else { return nil }
    var result = block
    let evaluator = product(syndromes, locator, terms: checkCount)
    for exponent in exponents {
      let inverse = GaloisField.power(-exponent)
      var slope: UInt8 = 0
      for j in stride(from: 1, through: count, by: 2) {
        slope ^= GaloisField.product(locator[j], GaloisField.power(-exponent * (j - 1)))
      }
      guard slope != 0 else { return nil }
      let value = GaloisField.quotient(
        GaloisField.value(of: evaluator, at: inverse), by: slope)
      result[block.count - 1 - exponent] ^= GaloisField.product(
        value, GaloisField.power(exponent))
    }
    return self.syndromes(of: result).allSatisfy { $0 == 0 } ? result : nil
  }

  /// Berlekamp–Massey: the shortest polynomial whose roots tell where errors and erasures are.
  private func errorLocator(_ syndromes: [UInt8], _ erased: [Int]) -> [UInt8] {
    var locator = [UInt8](repeating: 0, count: checkCount + 2)
    locator[0] = 1
    for (i, exponent) in erased.enumerated() {
      let root = GaloisField.power(exponent)
      for j in stride(from: i + 1, to: 0, by: -1) {
        locator[j] ^= GaloisField.product(locator[j - 1], root)
      }
    }
    var previous = locator
    var length = erased.count
    for step in erased.count..<checkCount {
      var discrepancy: UInt8 = 0
      for j in 0...step {
        discrepancy ^= GaloisField.product(locator[j], syndromes[step - j])
      }
      previous.insert(0, at: 0)
      previous.removeLast()
      guard discrepancy != 0 else { continue }
      let before = locator
      for j in locator.indices { locator[j] ^= GaloisField.product(discrepancy, previous[j]) }
      if 2 * length <= step + erased.count {
        length = step + 1 + erased.count - length
        previous = before.map { GaloisField.quotient($0, by: discrepancy) }
      }
    }
    return locator
  }

  /// The lowest `terms` coefficients of the product of two polynomials.
  private func product(_ a: [UInt8], _ b: [UInt8], terms: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: terms)
    for i in 0..<min(terms, a.count) {
      for j in 0..<min(terms - i, b.count) {
        result[i + j] ^= GaloisField.product(a[i], b[j])
      }
    }
    return result
  }
}
