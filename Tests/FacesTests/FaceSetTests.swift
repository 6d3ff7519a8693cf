import Foundation
import Imaging
import TestSupport
import Testing

@testable import Faces

@Suite struct FaceSetTests {
  let faces = [face(200, 50, size: 20), face(60, 80, size: 50), face(110, 60, size: 30)]

  private func chosen(_ selection: FaceSelection) -> [Face] {
    selection.chosen(from: faces, width: 240, height: 120) { face in
      FaceEmbedding([Float(face.box.width), 25])
    }
  }

  @Test func `faces are chosen by size, place, index and likeness`() {
    #expect(chosen(.all) == faces)
    #expect(chosen(.largest) == [faces[1]])
    #expect(chosen(.central) == [faces[2]])
    #expect(chosen(.index(0)) == [faces[1]])
    #expect(chosen(.index(2)) == [faces[0]])
    #expect(chosen(.index(3)).isEmpty)
    #expect(chosen(.at(Point(x: 205, y: 45))) == [faces[0]])
    #expect(chosen(.at(Point(x: 0, y: 0))) == [faces[1]])
    let like = FaceSelection.like(FaceEmbedding([50, 25]), similarity: 0.97)
    #expect(chosen(like) == [faces[1], faces[2]])
    #expect(
      FaceSelection.largest.chosen(from: [], width: 9, height: 9) { _ in FaceEmbedding([1]) }
        .isEmpty)
  }

  @Test func `embeddings of three people fall into three groups`() {
    let noise = hashUniform("people", count: 12 * 4).map { Float(0.15 * $0) }
    let embeddings = (0..<12).map { index -> FaceEmbedding in
      var values = Array(noise[4 * index..<4 * index + 4])
      values[index % 3 == 0 ? 0 : index % 3 == 1 ? 1 : 3] += 1
      return FaceEmbedding(values)
    }
    let groups = (embeddings + [FaceEmbedding([-1, -1, -1, -1])]).clusters(similarity: 0.6)
    #expect(
      groups == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11], [12]])
    #expect([FaceEmbedding]().clusters(similarity: 0.5).isEmpty)
  }

  @Test func `who is like one of a group only does not join it`() {
    let chain = [0.0, 40, 82].map { degrees in
      FaceEmbedding([Float(cos(degrees * .pi / 180)), Float(sin(degrees * .pi / 180))])
    }
    #expect(chain.clusters(similarity: 0.64) == [[0, 1], [2]])
    #expect(chain.clusters(similarity: 0.4) == [[0, 1, 2]])
  }

  @Test func `extracted faces are laid out in any order`() {
    func extracted(_ level: Float, blur: Double, x: Double) -> ExtractedFace {
      let values = hashUniform("crop", count: 3 * 144).map { level + 0.2 * Float($0) }
      let crop = Raster(width: 12, height: 12, channels: 3, values: values)
      var turned = face(50, 50)
      turned.points[2].x += x
      return ExtractedFace(crop: crop.blurred(deviation: blur), face: turned)
    }
    let all = [
      extracted(0.5, blur: 1, x: 5), extracted(0.2, blur: 0, x: -5), extracted(0.8, blur: 2, x: 0),
    ]
    func order(_ order: FaceOrder, _ key: (ExtractedFace) -> Double) -> [Int] {
      let keys = all.map(key)
      return all.ordered(by: order).compactMap { keys.firstIndex(of: key($0)) }
    }
    #expect(order(.brightness) { Double($0.crop.values[0]) } == [2, 0, 1])
    #expect(order(.sharpness) { Double($0.crop.values[0]) } == [1, 0, 2])
    #expect(order(.turn) { $0.face.turn } == [1, 2, 0])
    #expect(
      order(.color) { $0.face.turn } == [0, 1, 2] || order(.color) { $0.face.turn } == [0, 2, 1])
  }

  @Test func `extracted faces are laid out by size, by tilt and by how sure they are`() {
    let all = [(30.0, 0.2, 0.7), (50, -0.1, 0.9), (40, 0.1, 0.8)].map { size, tilt, score in
      var turned = face(100, 100, size: size, score: Float(score))
      turned.points[1].y = turned.points[0].y + tilt * turned.eyeDistance
      return ExtractedFace(crop: Raster(width: 3, height: 3, channels: 3), face: turned)
    }
    func sizes(_ order: FaceOrder) -> [Double] { all.ordered(by: order).map(\.face.box.width) }
    #expect(sizes(.size) == [50, 40, 30])
    #expect(sizes(.tilt) == [50, 40, 30])
    #expect(sizes(.score) == [50, 40, 30])
    #expect(all.map(\.face.tilt).map { $0 > 0 } == [true, false, true])
  }

  @Test func `of boxes that hold a place the smallest is meant`() {
    let nested = [face(100, 60, size: 60), face(104, 62, size: 20), face(96, 60, size: 40)]
    let found = FaceSelection.at(Point(x: 103, y: 61)).chosen(
      from: nested, width: 240, height: 120
    ) { _ in FaceEmbedding([1]) }
    #expect(found == [nested[1]])
  }

  @Test func `a chain goes from each face to the next most like it`() {
    let angles: [Float] = [0, 2, 0.5, 1.4]
    let chain = angles.map { angle in
      ExtractedFace(
        crop: Raster(width: 3, height: 3, channels: 3, repeating: angle / 4), face: face(9, 9),
        embedding: FaceEmbedding([1, angle]))
    }
    let stranger = ExtractedFace(
      crop: Raster(width: 3, height: 3, channels: 3), face: face(9, 9))
    let ordered = ([stranger] + chain).ordered(by: .identity)
    #expect(ordered.map { $0.crop.values[0] * 4 } == [0, 0.5, 1.4, 2, 0])
  }
}
