import Foundation
import Imaging
import Media
import MediaTypes
import Neural
import Tensors
import TestSupport
import Testing

@testable import Faces

/// What set-up fetches into `Corpus/samples`.
enum Samples {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Corpus/samples").path

  static func have(_ names: [String]) -> Bool {
    names.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }

  static let haveDetector = have(MTCNN.fileNames + ["astronaut.png"])

  static func astronaut() throws -> Raster {
    Raster(rgb: try readStill(path: "\(folder)/astronaut.png"))
  }
}

@Suite struct CascadeTests {
  /// Weights as the oracle makes them.
  static func fill(_ module: some Module, _ name: String) {
    for (key, parameter) in module.parameters {
      let shape = parameter.shape
      let bound = shape.count == 1 ? 0.5 : (3 / Double(shape[1...].reduce(1, *))).squareRoot()
      let values = hashUniform("\(name) \(key)", count: shape.reduce(1, *))
      parameter.value = Tensor(values.map { Float($0 * bound) }, shape: shape)
    }
  }

  static func input(_ name: String, _ shape: [Int]) -> Tensor {
    randomTensor(name + " input", shape)
  }

  @Test func `the first network is the original's`() throws {
    let (network, fixture) = (ProposalNetwork(), try Fixture("pnet", in: .module))
    Self.fill(network, "pnet")
    let (score, box) = network(Self.input("pnet", [1, 3, 25, 32]))
    #expect(score.shape == fixture["score"].shape)
    expectClose(score.array, fixture["score"].values, tolerance: 1e-5)
    expectClose(box.array, fixture["box"].values, tolerance: 1e-5)
  }

  @Test func `the second network is the original's`() throws {
    let (network, fixture) = (RefinementNetwork(), try Fixture("rnet", in: .module))
    Self.fill(network, "rnet")
    let (score, box) = network(Self.input("rnet", [3, 3, 24, 24]))
    expectClose(score.array, fixture["score"].values, tolerance: 1e-5)
    expectClose(box.array, fixture["box"].values, tolerance: 1e-5)
  }

  @Test func `the third network is the original's`() throws {
    let (network, fixture) = (OutputNetwork(), try Fixture("onet", in: .module))
    Self.fill(network, "onet")
    let (score, box, points) = network(Self.input("onet", [2, 3, 48, 48]))
    expectClose(score.array, fixture["score"].values, tolerance: 1e-5)
    expectClose(box.array, fixture["box"].values, tolerance: 1e-5)
    expectClose(points.array, fixture["points"].values, tolerance: 1e-5)
  }

  @Test func `the worse of two windows goes`() {
    func window(_ left: Float, _ right: Float, _ score: Float) -> FaceCandidate {
      FaceCandidate(left: left, top: 0, right: right, bottom: 10, score: score)
    }
    let all = [window(0, 10, 0.7), window(4, 14, 0.9), window(20, 24, 0.8), window(18, 28, 0.6)]
    #expect(all.suppressed(limit: 0.4).map(\.score) == [0.9, 0.8, 0.6])
    #expect(all.suppressed(limit: 0.54, ofSmaller: true, extra: 1).map(\.score) == [0.9, 0.8])
    #expect([FaceCandidate]().suppressed(limit: 0.5).isEmpty)
  }

  @Test func `weights that are missing are named`() {
    #expect(throws: (any Error).self) { try MTCNN(weightsFolder: "/nowhere") }
  }
}

@Suite(.enabled(if: Samples.haveDetector, "Corpus/build has not fetched the detector's weights"))
struct MTCNNTests {
  static func cut(_ raster: Raster, _ columns: Range<Int>, _ rows: Range<Int>) -> Raster {
    raster.warped(
      by: .translation(x: -Double(columns.lowerBound), y: -Double(rows.lowerBound)),
      width: columns.count, height: rows.count)
  }

  static func beside(_ a: Raster, _ b: Raster) -> Raster {
    var result = Raster(width: a.width + b.width, height: a.height, channels: 3)
    for channel in 0..<3 {
      for y in 0..<a.height {
        for x in 0..<a.width { result[x, y, channel] = a[x, y, channel] }
        for x in 0..<b.width { result[a.width + x, y, channel] = b[x, y, channel] }
      }
    }
    return result
  }

  static func picture(_ name: String) throws -> Raster {
    let whole = try Samples.astronaut()
    let top = cut(whole, 0..<512, 0..<300)
    return switch name {
    case "whole": whole
    case "mirrored": whole.mirrored
    case "cut": cut(whole, 215..<400, 70..<260)
    case "pair": beside(top, top.mirrored)
    case "dark": whole.mapped { Float(Int(($0 * 255).rounded()) / 4) / 255 }
    default: cut(whole, 0..<200, 260..<512)
    }
  }

  @Test(arguments: ["whole", "mirrored", "cut", "pair", "dark", "none"])
  func `boxes and points are the original's`(name: String) throws {
    let detector = try MTCNN(weightsFolder: Samples.folder)
    let found = detector.faces(in: try Self.picture(name))
    let rows = found.map { face in
      [face.box.left, face.box.top, face.box.right, face.box.bottom, Double(face.score)]
        + face.points.flatMap { [$0.x, $0.y] }
    }
    let fixture = try Fixture("mtcnn", in: .module)
    let expected = fixture.entries[name]?.values ?? []
    try #require(rows.count * 15 == expected.count)
    for (found, wanted) in zip(rows.flatMap(\.self), expected) {
      #expect(abs(found - Double(wanted)) < 0.02)
    }
  }

  @Test func `a face is found again near where it was`() throws {
    let detector = try MTCNN(weightsFolder: Samples.folder)
    let picture = try Samples.astronaut()
    let face = try #require(detector.faces(in: picture).first)
    let moved = FaceBox(
      left: face.box.left + 9, top: face.box.top - 7, right: face.box.right + 12,
      bottom: face.box.bottom)
    let again = try #require(detector.faces(in: picture, near: [moved]).first)
    #expect(again.box.overlap(with: face.box) > 0.75)
    for (a, b) in zip(again.points, face.points) { #expect((a - b).length < 6) }
    #expect(detector.faces(in: picture, near: []).isEmpty)
    let nowhere = FaceBox(left: -90, top: -90, right: -20, bottom: -20)
    #expect(detector.faces(in: picture, near: [nowhere]).isEmpty)
  }
}
