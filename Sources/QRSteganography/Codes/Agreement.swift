import Foundation

/// How surprisingly well soft values agree with a code, if they had nothing to do with it.
///
/// The signs of the values are taken as coins, fair or as unfair as the share of dark modules seen,
/// whichever makes the agreement less surprising; their sizes are taken as given. The chance that
/// the sum of values with the code's signs is as large as it is, is bounded after Chernoff:
/// `P(S ≥ s) ≤ min over λ of exp(−λs) · E exp(λS)`. Finder, timing and format modules do not count,
/// because a decoder may imagine them where there are none.
struct Agreement: Sendable {
  /// The natural logarithm of the bound; 0 when the values do not agree at all.
  let logProbability: Double
  /// The share of data modules whose hard decision differs from the code.
  let errorShare: Double

  /// The agreement of the data modules with a code.
  ///
  /// - Parameter values: Soft values of all modules of the code's version, positive where dark.
  init(of values: [Float], with code: QRCode) {
    let modules = CodeLayout.of(version: code.version).dataModules
    self.init(of: modules.map { values[$0] }, with: modules.map { code.modules[$0] })
  }

  /// - Parameters:
  ///   - values: Soft values, positive where likely true.
  ///   - expected: What they should be.
  init(of values: [Float], with expected: [Bool]) {
    let scale = values.reduce(0) { $0 + abs(Double($1)) } / Double(values.count)
    guard scale > 0, scale.isFinite else {
      logProbability = 0
      errorShare = 0.5
      return
    }
    let terms = zip(values, expected).map { value, isTrue in
      (signed: (isTrue ? 1 : -1) * Double(value) / scale, isDark: isTrue)
    }
    errorShare = Double(terms.count { $0.signed <= 0 }) / Double(terms.count)
    // One module of each kind is added, so that no share is 0 or 1.
    let share = Double(values.count { $0 > 0 } + 1) / Double(values.count + 2)
    logProbability = max(Self.bound(terms, darkShare: 0.5), Self.bound(terms, darkShare: share))
  }

  private static func bound(_ terms: [(signed: Double, isDark: Bool)], darkShare: Double) -> Double
  {
    let sum = terms.reduce(0) { $0 + $1.signed }
    func exponent(_ lambda: Double) -> Double {
      terms.reduce(-lambda * sum) { total, term in
        let agreeing = term.isDark ? darkShare : 1 - darkShare
        let x = lambda * abs(term.signed)
        // log(a eˣ + (1 − a) e⁻ˣ), without overflow.
        return total + x + log(agreeing + (1 - agreeing) * exp(-2 * x))
      }
    }
    // The exponent is convex in λ and 0 at λ = 0: narrow down on its least value.
    let golden = 0.618_033_988_749_895
    var low = 0.0
    var high = 16.0
    for _ in 0..<24 {
      let left = high - golden * (high - low)
      let right = low + golden * (high - low)
      if exponent(left) < exponent(right) { high = right } else { low = left }
    }
    return min(0, exponent((low + high) / 2))
  }
}

extension QRCode {
  /// The natural logarithm of how probable this code is among all that a reader could find.
  ///
  /// Versions, levels, masks and lengths are taken as equally probable; half of all texts as
  /// printable ASCII and half as any bytes. These probabilities sum to at most 1 over all codes, so
  /// an agreement's probability divided by its code's is a valid p-value however the code was
  /// searched for.
  var logPrior: Double {
    let structure = BlockStructure(version: version, level: level)
    return -log(Double(Self.versions.count * 4 * 8 * (structure.textCapacity + 1) * 2))
      - Double(text.utf8.count) * logChoicesPerByte
  }

  /// The natural logarithm of how many values a byte of such a text may have.
  var logChoicesPerByte: Double {
    log(text.utf8.allSatisfy { (32..<127).contains($0) } ? 95 : 256)
  }
}
