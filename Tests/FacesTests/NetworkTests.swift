import Imaging
import Neural
import Tensors
import TestSupport
import Testing
import WeightFiles

@testable import Faces

@Suite struct NetworkTests {
  /// Weights as the oracle makes them, by the original's names.
  static func fill(_ module: some Module, _ name: String, _ renaming: Renaming) {
    let original = renaming.inverse
    for (key, parameter) in module.parameters {
      let foreign = original.renamed(key) ?? key
      let shape = parameter.shape
      let values = hashUniform("\(name) \(foreign)", count: shape.reduce(1, *))
      let isScale =
        shape.count == 1 && (key.hasSuffix("weight") || key.hasSuffix("running_var"))
      let bound = (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      parameter.value = Tensor(
        values.map { Float(isScale ? 1 + $0 / 2 : shape.count == 1 ? $0 / 2 : $0 * bound) },
        shape: shape)
    }
  }

  /// Every so many rows and columns.
  static func thinned(_ x: Tensor, _ step: Int) -> [Float] {
    let values = x.array
    let (height, width) = (x.shape[2], x.shape[3])
    return (0..<values.count).compactMap { index in
      index % width % step == 0 && index / width % height % step == 0 ? values[index] : nil
    }
  }

  @Test func `S3FD is the original`() throws {
    let (network, fixture) = (S3FDNetwork(width: 8), try Fixture("s3fd", in: .module))
    Self.fill(network, "s3fd", S3FDNetwork.renaming)
    let found = network(randomTensor("s3fd input", [1, 3, 72, 40]))
    #expect(found.count == 6)
    for (level, answer) in found.enumerated() {
      let (score, box) = (fixture["score.\(level)"], fixture["box.\(level)"])
      #expect(answer.score.shape == score.shape && answer.box.shape == box.shape)
      expectClose(answer.score.array, score.values, tolerance: 1e-5, "score \(level)")
      expectClose(answer.box.array, box.values, tolerance: 1e-5, "box \(level)")
    }
  }

  @Test func `S3FD's boxes stand about their places`() {
    var score = [Float](repeating: 0, count: 2 * 6)
    score[6 + 4] = 5  // row 1, column 1 of two rows and three columns
    for place in 0..<6 where place != 4 { score[place] = 5 }
    var box = [Float](repeating: 0, count: 4 * 6)
    box[4] = 1
    box[12 + 4] = Float(5 * 0.6931472)
    let found = S3FD.candidates(
      Tensor(score, shape: [1, 2, 2, 3]), Tensor(box, shape: [1, 4, 2, 3]), stride: 8)
    #expect(found.count == 1)
    expectClose(
      [found[0].left, found[0].top, found[0].right, found[0].bottom],
      [12 + 3.2 - 32, 12 - 16, 12 + 3.2 + 32, 12 + 16], tolerance: 1e-5)
  }

  @Test func `BiSeNet is the original`() throws {
    let (network, fixture) = (BiSeNet(width: 8), try Fixture("bisenet", in: .module))
    Self.fill(network, "bisenet", BiSeNet.renaming)
    let found = network(randomTensor("bisenet input", [1, 3, 32, 64]))
    #expect(found.final.shape == [1, 19, 32, 64])
    expectClose(Self.thinned(found.final, 5), fixture["final"].values, tolerance: 1e-5)
    expectClose(Self.thinned(found.middle, 5), fixture["middle"].values, tolerance: 1e-5)
    expectClose(Self.thinned(found.coarse, 5), fixture["coarse"].values, tolerance: 1e-5)
  }

  @Test func `FAN is the original`() throws {
    let network = FaceAlignmentNetwork(stages: 2, width: 8)
    let fixture = try Fixture("fan", in: .module)
    Self.fill(network, "fan", FaceAlignmentNetwork.renaming)
    let found = network(randomTensor("fan input", [1, 3, 64, 64]))
    #expect(found.shape == [1, 68, 16, 16])
    expectClose(Self.thinned(found, 2), fixture["heat"].values, tolerance: 1e-5)
  }

  @Test func `peaks lie a quarter towards the larger neighbour`() {
    var values = [Float](repeating: 0, count: 2 * 20)
    values[7] = 3  // row 1, column 2 of four rows and five columns
    values[8] = 1
    values[2] = 1
    values[20 + 19] = 2  // at the corner
    let found = peaks(of: Tensor(values, shape: [1, 2, 4, 5]))
    #expect(found == [Point(x: 2.75, y: 1.25), Point(x: 4.5, y: 3.5)])
  }
}
