import Imaging
import Media
import TestSupport
import Testing

@testable import Faces

@Suite(.enabled(if: Samples.haveDetector, "Corpus/build has not fetched the detector's weights"))
struct FaceFollowerTests {
  @Test func `a face that comes in is seen after a period at the latest`() throws {
    let detector = try MTCNN(
      weightsFolder: Samples.folder, settings: MTCNN.Settings(minimumSize: 60))
    let pair = try MTCNNTests.picture("pair")
    let alone = MTCNNTests.beside(
      MTCNNTests.cut(pair, 0..<512, 0..<300),
      Raster(width: 512, height: 300, channels: 3, repeating: 0.5))
    var follower = FaceFollower(detector: detector, period: 3)
    let counts = [alone, pair, pair, pair].map { follower.faces(in: $0, interval: 0.04).count }
    #expect(counts == [1, 1, 1, 2])
  }

  @Test func `a face that drifts keeps its identity and is followed closely`() throws {
    let picture = try Samples.astronaut()
    let detector = try MTCNN(
      weightsFolder: Samples.folder, settings: MTCNN.Settings(minimumSize: 40))
    let still = try #require(detector.faces(in: picture).first)
    var follower = FaceFollower(detector: detector, period: 4)
    for frame in 0..<9 {
      let way = Point(x: 3 * Double(frame), y: -1.5 * Double(frame))
      let moved = picture.warped(
        by: .translation(x: way.x, y: way.y), width: 400, height: 300)
      let found = follower.faces(in: moved, interval: 0.04)
      #expect(found.map(\.identity) == [0])
      let distance = (found[0].face.box.center - still.box.center - way).length
      #expect(distance < 10, "frame \(frame): \(distance)")
    }
    let empty = Raster(width: 400, height: 300, channels: 3, repeating: 0.5)
    var last = follower.faces(in: empty, interval: 0.04)
    for _ in 0..<15 { last = follower.faces(in: empty, interval: 0.04) }
    #expect(last.isEmpty)
  }
}
