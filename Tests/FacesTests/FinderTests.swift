import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

@testable import Faces

/// What large networks are given and how their answers are read, with small ones of random weights.
@Suite struct FinderTests {
  private func scene(_ width: Int, _ height: Int) -> Raster {
    let values = hashUniform("scene \(width)", count: 3 * width * height)
    return Raster(
      width: width, height: height, channels: 3, values: values.map { Float(0.5 + 0.5 * $0) })
  }

  @Test func `S3FD sees blue first, in bytes less their means, and keeps what is likely`() throws {
    let network = S3FDNetwork(width: 4)
    NetworkTests.fill(network, "s3fd", S3FDNetwork.renaming)
    let picture = scene(96, 64)
    let planes = [(2, 104), (1, 117), (0, 123)].flatMap { channel, mean in
      picture.plane(channel).values.map { 255 * $0 - Float(mean) }
    }
    let answers = network(Tensor(planes, shape: [1, 3, 64, 96]))
    let all = answers.enumerated().flatMap { level, answer in
      S3FD.candidates(answer.score, answer.box, stride: Float([4, 8, 16, 32, 64, 128][level]))
    }.suppressed(limit: 0.3, extra: 1)
    let scores = all.map(\.score).sorted()
    let middle = scores[scores.count / 2]
    let found = S3FD(network: network, threshold: middle).boxes(in: picture)
    let expected = all.filter { $0.score > middle }
    #expect(!found.isEmpty && found.count < all.count)
    #expect(found.map(\.score) == expected.map(\.score))
    for (found, expected) in zip(found, expected) {
      #expect(found.box.left == Double(expected.left) && found.box.top == Double(expected.top))
      #expect(
        found.box.right == Double(expected.right) && found.box.bottom == Double(expected.bottom))
    }
  }

  /// Source of the numbers: face-alignment, `utils.crop` and `get_preds_fromhm`.
  @Test func `FAN looks at the face and a part of what is around it`() throws {
    let network = FaceAlignmentNetwork(stages: 1, width: 8)
    NetworkTests.fill(network, "fan", FaceAlignmentNetwork.renaming)
    let box = FaceBox(left: 70, top: 60, right: 160, bottom: 165)
    let map = FaceAligner.crop(box)
    let center = map(Point(x: 115, y: 112.5 - 0.12 * 105))
    #expect((center - Point(x: 127.5, y: 127.5)).length < 1e-9)
    let side = 200.0  // width and height of 195 together
    #expect(abs((map(Point(x: side, y: 0)) - map(Point(x: 0, y: 0))).x - 256) < 1e-9)

    let picture = scene(240, 230)
    let crop = picture.warped(by: map, width: 256, height: 256, .area, border: .constant(0))
    let heat = network(Tensor(crop.values, shape: [1, 3, 256, 256]))
    let found = FaceAligner(network: network).landmarks(in: picture, box: box)
    for (peak, point) in zip(peaks(of: heat), found.points) {
      // A sample of the map covers four of the crop, whose first has its middle at 0.
      #expect((map(point) - Point(x: 4 * peak.x - 0.5, y: 4 * peak.y - 0.5)).length < 1e-6)
    }
  }

  @Test func `a mask is the share of its parts`() throws {
    let network = BiSeNet(width: 4)
    NetworkTests.fill(network, "bisenet", BiSeNet.renaming)
    let crop = scene(48, 40)
    let large = Tensor(crop.values, shape: [1, 3, 40, 48])
      .resized(to: 512, .bilinear(alignCorners: false))
    let channels = zip([0.485, 0.456, 0.406] as [Float], [0.229, 0.224, 0.225] as [Float])
    let normalized = channels.enumerated().map { channel, numbers in
      (large.sliced(channel..<channel + 1, axis: 1) - numbers.0) / numbers.1
    }
    let classes = network(concatenated(normalized, axis: 1)).final
    let shares = softmax(classes, axis: 1)
      .resized(to: Extent(height: 40, width: 48), .bilinear(alignCorners: false))
    // Skin and hair are 1 and 17 of CelebAMask-HQ.
    let expected = shares.sliced(1..<2, axis: 1) + shares.sliced(17..<18, axis: 1)
    let found = FaceParser(network: network).mask(of: [.skin, .hair], in: crop)
    expectClose(found.values, expected.array, tolerance: 1e-4)
    #expect(Set(found.values).count > 100)
  }
}
