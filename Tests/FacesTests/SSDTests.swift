import Foundation
import Imaging
import Neural
import Tensors
import TestSupport
import Testing
import WeightFiles

@testable import Faces

@Suite struct SSDTests {
  /// Arrays by the original's names, as the oracle makes them.
  private static let arrays: [(name: String, shape: [Int], values: [Float])] = {
    let original = SSDNetwork.renaming.inverse
    return SSDNetwork().parameters.map { key, parameter in
      let (name, shape) = (original.renamed(key) ?? "", parameter.shape)
      let isKernel = shape.count == 4
      let isPositive =
        ["variance", "weight", "scale"].contains { key.hasSuffix(".\($0)") } && !isKernel
      let fan = Double(shape.dropFirst().reduce(1, *))
      let bound = (3 / fan).squareRoot() * (key.hasPrefix("scores") ? 0.3 : 1)
      let size = key == "input.variance" ? 5000.0 : 1
      let values = hashUniform("ssd \(name)", count: shape.reduce(1, *)).map { value in
        Float(isKernel ? value * bound : isPositive ? size * (1 + value / 2) : value / 2)
      }
      return (name, shape, values)
    }
  }()

  /// A file of these arrays, the convolutions in half precision if that is asked for.
  private static func file(half: Bool) throws -> URL {
    var file = CaffeFile()
    var start = arrays.startIndex
    while start < arrays.endIndex {
      let layer = arrays[start].name.prefix { $0 != "." }
      let own = arrays[start...].prefix { $0.name.hasPrefix("\(layer).") }
      file.add(
        String(layer), own.map { ($0.shape, $0.values) },
        half && own.contains { $0.shape.count > 1 } ? .half : .packed)
      start = own.endIndex
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString).caffemodel")
    try file.data.write(to: path)
    return path
  }

  @Test func `the network is OpenCV's`() throws {
    let (network, fixture) = (SSDNetwork(), try Fixture("ssd", in: .module))
    for ((_, parameter), array) in zip(network.parameters, Self.arrays) {
      parameter.value = Tensor(array.values, shape: array.shape)
    }
    let found = network(100 * randomTensor("ssd input", [1, 3, 263, 281]))
    #expect(
      found.map { Array($0.score.shape[2...]) } == [
        [33, 35], [17, 18], [9, 9], [5, 5], [3, 3], [1, 1],
      ])
    for (level, answer) in found.enumerated() {
      let (score, box) = (fixture["score.\(level)"], fixture["box.\(level)"])
      expectClose(
        NetworkTests.thinned(answer.score, 4), score.values, tolerance: 1e-5, "score \(level)")
      expectClose(NetworkTests.thinned(answer.box, 4), box.values, tolerance: 1e-5, "box \(level)")
    }
  }

  @Test(arguments: [
    ("wide", 97, 61, Float(0.9)), ("tall", 233, 401, 0.5), ("large", 641, 350, 0.5),
    ("half", 97, 61, 0.9),
  ])
  func `boxes are OpenCV's`(name: String, width: Int, height: Int, threshold: Float) throws {
    let path = try Self.file(half: name == "half")
    defer { try? FileManager.default.removeItem(at: path) }
    let detector = try SSD(weightsPath: path.path, threshold: threshold)
    let values = hashUniform("ssd \(width)x\(height)", count: 3 * width * height)
    let picture = Raster(
      width: width, height: height, channels: 3, values: values.map { Float(0.5 + 0.5 * $0) })
    try Self.expect(detector.boxes(in: picture), "\(name)")
  }

  /// In any order, since scores may be nearly the same.
  ///
  /// - Parameter distance: How far edges may be off, in samples.
  static func expect(
    _ found: [(box: FaceBox, score: Float)], _ name: String, distance: Double = 1e-3,
    difference: Double = 1e-5
  ) throws {
    let expected = try Fixture("ssd-faces", in: .module)[name]
    try #require(found.count == expected.shape[0])
    #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
    for start in stride(from: 0, to: expected.values.count, by: 5) {
      let row = expected.values[start..<start + 5].map(Double.init)
      let isFound = found.contains { box, score in
        abs(Double(score) - row[0]) < difference
          && zip([box.left, box.top, box.right, box.bottom], row[1...]).allSatisfy {
            abs($0 - $1) < distance
          }
      }
      #expect(isFound, "\(row) of \(name)")
    }
  }

  @Test func `boxes stand about their places and end with the picture`() {
    let priors = PriorBoxes(from: 30, to: 120, step: 100, ratios: [4])
    #expect(priors.sizes == [[30, 30], [60, 60], [60, 15], [15, 60]])
    // One row of three places, with four boxes each.
    var (score, box) = ([Float](repeating: 0, count: 24), [Float](repeating: 0, count: 48))
    score[3 * 3 + 1] = 3  // for the second box at the second place
    score[3 * 7] = 2  // for the fourth box at the first place
    score[3 * 6] = 2  // and against it
    score[3 * 5 + 2] = 4  // for the third box at the third place
    box[3 * 4 + 1] = 1
    box[3 * 6 + 1] = Float(5 * 0.6931472)
    box[3 * 8 + 2] = 5
    box[3 * 9 + 2] = 70
    let found = SSD.candidates(
      Tensor(score, shape: [1, 8, 1, 3]), Tensor(box, shape: [1, 16, 1, 3]), priors, threshold: 0.6)
    #expect(found.count == 2)
    expectClose(found.map(\.score), [0.9525741, 0.9820138], tolerance: 1e-6)
    let edges = found.flatMap { [$0.left, $0.top, $0.right, $0.bottom] }
    let expected: [Float] = [96, 20, 216, 80, 250, 147.5, 310, 162.5]
    expectClose(edges.map { 300 * $0 }, expected.map { min($0, 300) }, tolerance: 1e-5)
  }

  @Test func `other weights are refused`() throws {
    #expect(throws: WeightError.self) { try SSD(weightsPath: "/nowhere") }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: path) }
    var file = CaffeFile()
    file.add(
      "conv1_h",
      [
        ([32, 3, 7, 7], [Float](repeating: 0, count: 4704)),
        ([31], [Float](repeating: 0, count: 31)),
      ])
    try file.data.write(to: path)
    let error = #expect(throws: WeightError.self) { try SSD(weightsPath: path.path) }
    #expect(error?.description.contains("stem.bias has shape [31], not [32]") == true)
    #expect(error?.description.contains("scores.5.weight is missing") == true)
    #expect(error?.description.contains("stem.weight") == false)
  }
}

/// With the weights that OpenCV names, in a folder that `Tests/Oracles/WeightFiles/real.py` filled.
@Suite struct PublishedSSDTests {
  private static let folder = ProcessInfo.processInfo.environment["REAL_WEIGHTS"]

  @Test(
    .enabled(if: folder != nil && Samples.have(["astronaut.png"]), "REAL_WEIGHTS names no folder"),
    arguments: ["", "_fp16"])
  func `faces in a photograph are where OpenCV finds them`(suffix: String) throws {
    let folder = try #require(Self.folder)
    let detector = try SSD(
      weightsPath: "\(folder)/res10_300x300_ssd_iter_140000\(suffix).caffemodel")
    for name in ["whole", "cut", "pair"] {
      let found = detector.boxes(in: try MTCNNTests.picture(name))
      if suffix.isEmpty {
        try SSDTests.expect(found, "published \(name)")
      } else {
        try SSDTests.expect(found, "published \(name)", distance: 0.1, difference: 1e-3)
      }
    }
  }
}
