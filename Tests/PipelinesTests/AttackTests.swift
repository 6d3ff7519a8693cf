import Imaging
import MediaTypes
import Testing

@testable import Pipelines

struct AttackTests {
  private let picture: Picture

  init() {
    var bytes: [UInt8] = []
    for row in 0..<UInt8(64) {
      for column in 0..<UInt8(96) { bytes += [60 + column, 80 + row, 120] }
    }
    picture = Picture(rgbWidth: 96, height: 64, bytes: bytes)
  }

  @Test func `noise has the deviation asked for`() throws {
    let noisy = try Attack.noise(0.02)([picture], seed: 5)[0]
    let deviation = meanSquaredDifference(picture, noisy).squareRoot() / 255
    #expect(abs(deviation - 0.02) < 0.001)
    #expect(try Attack.noise(0.02)([picture], seed: 5)[0].planes == noisy.planes)
    #expect(try Attack.noise(0.02)([picture], seed: 6)[0].planes != noisy.planes)
  }

  @Test func `the noise is Gaussian by its moments`() {
    var noise = GaussianNoise(seed: 3)
    let values = (0..<200_000).map { _ in Double(noise.next()) }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, value in
        sum + (0..<power).reduce(1) { product, _ in product * value }
      } / Double(values.count)
    }
    #expect(abs(moment(1)) < 0.01)
    #expect(abs(moment(2) - 1) < 0.015)
    #expect(abs(moment(3)) < 0.03)
    #expect(abs(moment(4) - 3) < 0.1)
  }

  @Test func `brightness multiplies and limits`() throws {
    let darker = try Attack.brightness(0.5)([picture], seed: 0)[0]
    #expect(darker.planes[0][3, 0] == 32)  // (3 + 60) / 2, rounded
    #expect(darker.planes[2][0, 0] == 60)
    let brighter = try Attack.brightness(3)([picture], seed: 0)[0]
    #expect(brighter.planes[2][0, 0] == 255)
  }

  @Test func `half size halves both sides`() throws {
    let half = try Attack.scale(0.5)([picture], seed: 0)[0]
    #expect((half.width, half.height) == (48, 32))
    #expect(Attack.scale(0.5).name == "half size")
  }

  @Test func `a crop keeps the middle`() throws {
    let middle = try Attack.crop(0.5)([picture], seed: 0)[0]
    #expect((middle.width, middle.height) == (48, 32))
    #expect(middle.planes[0][0, 0] == picture.planes[0][24, 16])
    #expect(middle.planes[1][47, 31] == picture.planes[1][71, 47])
  }

  @Test func `a crop of subsampled planes stays on their grid`() {
    let planes = [(8, 6), (4, 3), (4, 3)].map { width, height in
      Plane(
        width: width, height: height, samples: .eight((0..<UInt8(width * height)).map { $0 }))
    }
    let source = Picture(
      width: 8, height: 6, format: .yuv420, planes: planes, color: .unspecifiedVideo)
    let part = source.cropped(x: 3, y: 2, width: 5, height: 3)
    #expect((part.width, part.height) == (4, 2))
    #expect(part.planes[0][0, 0] == 18)
    #expect(part.planes[1][0, 0] == 5)
  }

  @Test func `a blur takes means`() throws {
    var spot = Picture(rgbWidth: 3, height: 3, bytes: [UInt8](repeating: 0, count: 27))
    spot.planes[0].samples = .eight([0, 0, 0, 0, 90, 0, 0, 0, 0])
    let blurred = try Attack.blur([spot], seed: 0)[0]
    #expect(blurred.planes[0].samples == .eight([UInt8](repeating: 10, count: 9)))
  }

  @Test(arguments: [Attack.jpeg(50), .h264(28)])
  func `codecs lose something and keep size and format`(_ attack: Attack) throws {
    let results = try attack([picture, picture], seed: 0)
    #expect(results.count == 2)
    #expect(results[0].format == picture.format)
    let loss = meanSquaredDifference(picture, results[0])
    #expect(loss > 0.01 && loss < 100)
  }
}
