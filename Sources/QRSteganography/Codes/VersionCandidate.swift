/// One version the code might have, and how well the modules known for it agree.
struct VersionCandidate {
  let layout: CodeLayout
  /// Log-likelihood ratio of dark to light for every module, in natural units as far as known.
  let ratios: [Float]
  /// The share of function modules whose hard decision is wrong.
  let functionErrorShare: Float
  /// The correlation of the soft values with the function modules, −1…1.
  let functionAgreement: Float

  init(version: Int, in soft: SoftCode) {
    layout = CodeLayout.of(version: version)
    let values = soft.values(version: version)
    var sum: Float = 0
    var power: Float = 0
    var wrong = 0
    for module in layout.functionModules {
      let value = module.isDark ? values[module.index] : -values[module.index]
      sum += value
      power += value * value
      if value <= 0 { wrong += 1 }
    }
    let count = Float(layout.functionModules.count)
    functionErrorShare = power > 0 ? Float(wrong) / count : 1
    functionAgreement = power > 0 ? sum / (power * count).squareRoot() : -1
    let scale = Self.scale(of: layout.dataModules.map { values[$0] })
    ratios = values.map { max(-25, min(25, $0 * scale)) }
  }

  /// The factor that makes log-likelihood ratios of values that are ±m with normal noise added.
  ///
  /// m and the noise follow from the second and fourth moments, without knowing any sign: E x² =
  /// m² + s² and E x⁴ = m⁴ + 6 m² s² + 3 s⁴; the factor is 2 m / s².
  private static func scale(of values: [Float]) -> Float {
    var second: Float = 0
    var fourth: Float = 0
    for value in values {
      second += value * value
      fourth += value * value * value * value
    }
    second /= Float(values.count)
    fourth /= Float(values.count)
    guard second > 0, fourth.isFinite else { return 1 }
    let mean = max(0, (3 * second * second - fourth) / 2).squareRoot().squareRoot()
    let noise = second - mean * mean
    // Where the moments say nothing sensible, as if one module in ten were wrong.
    guard mean * mean > 0.2 * second, noise > 0.01 * second else {
      return noise > 0.01 * second ? 2 / second.squareRoot() : 20 / second.squareRoot()
    }
    return 2 * mean / noise
  }
}
