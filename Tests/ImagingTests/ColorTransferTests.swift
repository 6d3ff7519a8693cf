import Imaging
import TestSupport
import Testing

@Suite struct ColorTransferTests {
  static let all: [ColorTransfer] = [
    .reinhard, .linear(.cholesky), .linear(.principalComponents), .mongeKantorovich,
    .iterativeDistribution(), .slicedOptimalTransport(),
  ]

  static func transferred(_ given: Raster, _ wanted: Raster, _ transfer: ColorTransfer) -> Raster {
    var randomness = Randomness(seed: 7)
    return given.recolored(like: wanted, by: transfer, using: &randomness)
  }

  @Test(arguments: [
    ("cholesky", ColorTransfer.linear(.cholesky)),
    ("principal-components", .linear(.principalComponents)), ("symmetric", .mongeKantorovich),
    ("reinhard", .reinhard),
  ]) func `colours are those of the oracle`(name: String, transfer: ColorTransfer) throws {
    let fixture = try Fixture("colors", in: .module)
    let found = Self.transferred(
      WarpTests.raster(fixture["given"]), WarpTests.raster(fixture["wanted"]), transfer)
    let kept = name == "reinhard" ? found.mapped { max(0, min(1, $0)) } : found
    // OpenCV's L*a*b* comes from tables.
    expectClose(
      kept.values, fixture[name].values, tolerance: name == "reinhard" ? 5e-3 : 1e-4, name)
  }

  @Test(arguments: all) func `statistics come close to the wanted ones`(transfer: ColorTransfer) {
    let given = WarpTests.noise(24, 20, 3).mapped { $0 * $0 * 0.6 }
    let wanted = WarpTests.noise(19, 23, 3).mapped { 0.3 + 0.4 * $0 }
    let found = Self.transferred(given, wanted, transfer)
    for channel in 0..<3 {
      let (a, b) = (moments(found.plane(channel)), moments(wanted.plane(channel)))
      #expect(abs(a.mean - b.mean) < 0.02, "\(transfer)")
      #expect(abs(a.deviation - b.deviation) < 0.02, "\(transfer)")
    }
  }

  @Test(arguments: all) func `one seed gives one result, and a mask keeps the rest`(
    transfer: ColorTransfer
  ) {
    let (given, wanted) = (WarpTests.noise(9, 8, 3), WarpTests.noise(7, 6, 3).mapped { 1 - $0 / 2 })
    #expect(
      Self.transferred(given, wanted, transfer) == Self.transferred(given, wanted, transfer))
    var mask = Raster(width: 9, height: 8, repeating: 1)
    for y in 0..<8 { mask[4, y] = 0 }
    var randomness = Randomness(seed: 7)
    let found = given.recolored(like: wanted, by: transfer, mask: mask, using: &randomness)
    for channel in 0..<3 {
      for y in 0..<8 { #expect(found[4, y, channel] == given[4, y, channel]) }
    }
    #expect(found != given)
  }

  @Test(arguments: [ColorTransfer.iterativeDistribution(), .slicedOptimalTransport()])
  func `whole distributions come close, not moments alone`(transfer: ColorTransfer) {
    let given = WarpTests.noise(30, 30, 3)
    // Two clusters, which no linear map of even noise makes.
    let wanted = WarpTests.noise(31, 29, 3).mapped { $0 < 0.5 ? 0.2 * $0 : 0.8 + 0.2 * $0 }
    let found = Self.transferred(given, wanted, transfer).plane(0).values.sorted()
    let target = wanted.plane(0).values.sorted()
    let distance =
      found.indices.reduce(Float(0)) { sum, index in
        sum + abs(found[index] - target[min(target.count - 1, index * target.count / found.count)])
      } / Float(found.count)
    #expect(distance < 0.1, "\(distance)")
  }

  private func moments(_ plane: Raster) -> (mean: Float, deviation: Float) {
    let count = Float(plane.area)
    let mean = plane.values.reduce(0, +) / count
    let variance = plane.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return (mean, variance.squareRoot())
  }
}
