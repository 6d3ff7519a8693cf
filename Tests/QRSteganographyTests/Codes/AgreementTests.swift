import Foundation
import Testing

@testable import QRSteganography

@Suite struct AgreementTests {
  /// The chance of at least `agreeing` heads of `count` fair coins.
  static func tail(_ agreeing: Int, of count: Int) -> Double {
    var sum = 0.0
    for k in agreeing...count {
      let choices =
        lgamma(Double(count + 1)) - lgamma(Double(k + 1)) - lgamma(Double(count - k + 1))
      sum += exp(choices - Double(count) * log(2))
    }
    return sum
  }

  @Test(arguments: [200, 230, 260, 300, 359]) func `bounds the binomial`(agreeing: Int) {
    let expected = (0..<359).map { $0 % 2 == 0 }
    let values = expected.enumerated().map { index, isDark -> Float in
      (isDark ? 1 : -1) * (index < agreeing ? 1 : -1)
    }
    let bound = Agreement(of: values, with: expected).logProbability
    let exact = log(Self.tail(agreeing, of: 359))
    #expect(bound >= exact)
    #expect(bound < exact + 6, "\(bound) for \(exact)")
  }

  @Test func `soft values say more than hard ones`() throws {
    var numbers = SeededNumbers(seed: 1)
    let expected = (0..<359).map { _ in Bool.random(using: &numbers) }
    let soft = expected.map { ($0 ? 1 : -1) + numbers.normal() }
    let hard = soft.map { Float($0 > 0 ? 1 : -1) }
    let (softly, hardly) = (
      Agreement(of: soft, with: expected), Agreement(of: hard, with: expected)
    )
    #expect(softly.logProbability < hardly.logProbability - 10)
    #expect(softly.errorShare == hardly.errorShare)
  }

  @Test func `chance is not surprising`() {
    var numbers = SeededNumbers(seed: 2)
    var surprising = 0
    for _ in 0..<200 {
      let expected = (0..<208).map { _ in Bool.random(using: &numbers) }
      let values = (0..<208).map { _ in numbers.normal() }
      if Agreement(of: values, with: expected).logProbability < log(0.05) { surprising += 1 }
    }
    #expect(surprising <= 10)  // At most one in twenty.
  }

  @Test func `unfair coins are believed less`() {
    // Nearly all dark, and a code that is nearly all dark: no surprise.
    let expected = (0..<200).map { $0 % 10 != 0 }
    let dark = [Float](repeating: 1, count: 200)
    #expect(Agreement(of: dark, with: expected).logProbability > -3)
  }

  @Test func `nothing agrees with nothing`() {
    #expect(Agreement(of: [0, 0, 0], with: [true, false, true]).logProbability == 0)
    #expect(Agreement(of: [.nan, 1, 1], with: [true, false, true]).logProbability == 0)
    #expect(Agreement(of: [1, 1, -1], with: [false, false, true]).logProbability == 0)
  }

  @Test func `all priors together are at most one`() throws {
    // Versions, levels, masks, lengths; then half for printable texts and half for any.
    let code = try QRCode(text: "x")
    let perLength = exp(code.logPrior) * 95
    let lengths = 11.0 + 1
    #expect(perLength * lengths * 6 * 4 * 8 * 2 <= 1 + 1e-9)
  }
}
