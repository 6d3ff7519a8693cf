import Imaging
import TestSupport
import Testing

@Suite struct PoissonBlendingTests {
  @Test func `is OpenCV's seamless clone, but for its bytes`() throws {
    let fixture = try Fixture("seamless", in: .module)
    let blended = WarpTests.raster(fixture["target"]).seamlesslyBlended(
      WarpTests.raster(fixture["inserted"]), mask: WarpTests.raster(fixture["mask"]))
    // OpenCV cuts its result off to whole levels.
    let found = blended.values.map { max(0, min(1, $0)) * 255 }
    let differences = zip(found, fixture["output"].values).map { $0 - 255 * $1 }
    #expect(differences.allSatisfy { $0 > -0.05 && $0 < 1.05 }, "\(differences.max() ?? 0)")
  }

  @Test func `the stronger gradients are SciPy's`() throws {
    let fixture = try Fixture("seamless-stronger", in: .module)
    let blended = WarpTests.raster(fixture["target"]).seamlesslyBlended(
      WarpTests.raster(fixture["inserted"]), mask: WarpTests.raster(fixture["mask"]),
      keeping: .stronger)
    expectClose(blended.values, fixture["output"].values, tolerance: 1e-4)
  }

  @Test func `putting in the same, or brighter by one amount, changes nothing`() {
    let picture = WarpTests.noise(33, 47, 3)
    let mask = Raster(width: 33, height: 47, repeating: 1)
    let blended = picture.seamlesslyBlended(picture.mapped { $0 + 0.3 }, mask: mask)
    expectClose(blended.values, picture.values, tolerance: 1e-4)
  }
}
