import Testing

@testable import QRSteganography

@Suite struct ReedSolomonTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let data: Int
    let checks: Int
    var testDescription: String { "\(data) + \(checks) codewords" }
  }

  static let cases = [(19, 7), (16, 10), (22, 22), (15, 18), (108, 26), (68, 18), (9, 17)]
    .map { Case(data: $0.0, checks: $0.1) }

  /// A random codeword with errors and erasures, all at different places.
  static func damaged(
    _ shape: Case, errors: Int, erasures: Int, _ numbers: inout SeededNumbers
  ) -> (sent: [UInt8], received: [UInt8], erased: [Int]) {
    let message = (0..<shape.data).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    let sent = message + ReedSolomonCode(checkCount: shape.checks).checks(for: message)
    let places = Array(sent.indices.shuffled(using: &numbers).prefix(errors + erasures))
    var received = sent
    for place in places { received[place] ^= UInt8.random(in: 1...255, using: &numbers) }
    return (sent, received, Array(places.prefix(erasures)))
  }

  @Test func `checks are the standard's`() {
    // ISO/IEC 18004:2015, annex I: version 1-M of 01234567.
    let data: [UInt8] = [
      0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC,
      0x11,
    ]
    #expect(
      ReedSolomonCode(checkCount: 10).checks(for: data)
        == [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55])
  }

  @Test(arguments: cases) func `corrects all that it may`(shape: Case) {
    var numbers = SeededNumbers(seed: 3)
    let code = ReedSolomonCode(checkCount: shape.checks)
    for erasures in 0...shape.checks {
      let errors = (shape.checks - erasures) / 2
      let (sent, received, erased) = Self.damaged(
        shape, errors: errors, erasures: erasures, &numbers)
      #expect(code.corrected(received, erasures: erased) == sent, "\(errors) and \(erasures)")
    }
  }

  @Test(arguments: cases) func `what it returns beyond that is a codeword`(shape: Case) {
    var numbers = SeededNumbers(seed: 4)
    let code = ReedSolomonCode(checkCount: shape.checks)
    for _ in 0..<40 {
      let (_, received, _) = Self.damaged(
        shape, errors: shape.checks / 2 + 2, erasures: 0, &numbers)
      guard let found = code.corrected(received) else { continue }
      #expect(code.syndromes(of: found).allSatisfy { $0 == 0 })
      #expect(zip(found, received).count { $0 != $1 } <= shape.checks / 2)
    }
  }

  @Test func `ordered statistics find codewords far beyond`() {
    var numbers = SeededNumbers(seed: 5)
    let shape = Case(data: 22, checks: 22)
    let decoder = OrderedStatisticsDecoder(dataCount: 22, checkCount: 22)
    var (right, algebraic) = (0, 0)
    for _ in 0..<20 {
      let (sent, _, _) = Self.damaged(shape, errors: 0, erasures: 0, &numbers)
      let bits = sent.flatMap { byte in
        (0..<8).map { (byte >> UInt8(7 - $0) & 1 == 1 ? 1 : -1) + 0.62 * numbers.normal() }
      }
      let hard = (0..<44).map { place in
        (0..<8).reduce(UInt8(0)) { $0 << 1 | (bits[place * 8 + $1] > 0 ? 1 : 0) }
      }
      if ReedSolomonCode(checkCount: 22).corrected(hard) == sent { algebraic += 1 }
      let found = decoder.decoded(bits, effort: .init(rounds: 2, pairs: 60, triples: 0))
      if found.codeword == sent { right += 1 }
    }
    // One bit in twenty is wrong, and with it one codeword in three.
    #expect(right >= 18, "\(right)")
    #expect(algebraic <= 6, "\(algebraic)")
  }
}
