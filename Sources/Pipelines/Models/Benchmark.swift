internal import Foundation
internal import Neural
internal import QRSteganography
internal import Tensors

/// How fast a network runs on this machine.
public struct BenchmarkResult: Sendable {
  public let name: String
  /// `[batch, channels, height, width]` of what goes in.
  public let shape: [Int]
  /// Billions of multiplications with addition.
  public let gmac: Double
  /// The median of the runs.
  public let milliseconds: Double
  /// Billions of operations per second, a multiplication with addition being two.
  public var gflops: Double { 2 * gmac / milliseconds * 1000 }

  public var json: JSONValue {
    .object([
      ("name", .string(name)), ("shape", .array(shape.map { .integer($0) })),
      ("gmac", .number(gmac.rounded(digits: 3))),
      ("milliseconds", .number(milliseconds.rounded(digits: 3))),
      ("gflops", .number(gflops.rounded(digits: 1))),
    ])
  }

  public var sentence: String {
    let size = shape.map(String.init).joined(separator: "×")
    return "\(name): \(size), \(gmac.rounded(digits: 3)) GMAC in "
      + "\(milliseconds.rounded(digits: 2)) ms, \(gflops.rounded(digits: 1)) GFLOP/s"
  }
}

/// A network that can be timed.
struct Contestant {
  let name: String
  /// `[batch, channels, height, width]` of what goes in.
  let shape: [Int]
  /// Multiplications with addition, where a trace does not show them.
  let multiplications: Int?
  /// A network that is ready to run.
  let prepared: () -> (Tensor) -> Tensor

  init(_ name: String, _ design: FCDenseNet.Design, side: Int) {
    self.name = name
    shape = [1, design.input, side, side]
    multiplications = design.multiplications(height: side, width: side)
    prepared = {
      let network = FCDenseNet(design)
      network.initialize(seed: 1)
      return { network($0) }
    }
  }

  init(_ name: String, shape: [Int], _ prepared: @escaping () -> (Tensor) -> Tensor) {
    self.name = name
    self.shape = shape
    multiplications = nil
    self.prepared = prepared
  }

  /// The steganography paper's two at its size, those of `dense-fast` at the size they work on, the
  /// emotion paper's four at its size and at that of what ships, and what finds and recognizes faces.
  static func all(in store: ModelStore) -> [Contestant] {
    let fast = StegoDesign.of(.denseFast)
    let side = StegoDesign.workingSize / fast.square
    return [
      Contestant("dense103", .dense103(input: 4, output: 3), side: 256),
      Contestant("dense56", .dense56(input: 3, output: 1), side: 256),
      Contestant("dense-fast-encoder", fast.encoder, side: side),
      Contestant("dense-fast-decoder", fast.decoder, side: side),
    ] + ofEmotion + ofFaces(in: store)
  }
}

/// Times networks on random input, without recording, on all cores.
///
/// Weights are random, which cost the same, but for those of MTCNN, whose work they decide, and of the
/// network that recognizes faces.
///
/// - Parameters:
///   - name: One of `dense103`, `dense56`, `dense-fast-encoder`, `dense-fast-decoder`; `emodnn`,
///     `discriminator`, `classifier-a` and `classifier-b` with `-128` or `-48`; `s3fd`, `ssd`, `fan`,
///     `bisenet`, `landmarks68`, `faceparser`; `mtcnn-whole`, `mtcnn-near` and `face-recognition`; or
///     what several names begin with before a hyphen. All of them if `nil`.
///   - seconds: For how long each is repeated, at least five times.
/// - Throws: ``PipelineError/wrongUse(_:)`` if there is no network of this name.
public func benchmark(
  _ name: String? = nil, seconds: Double = 2, in store: ModelStore = .standard
) throws(PipelineError) -> [BenchmarkResult] {
  let all = Contestant.all(in: store)
  let chosen = all.filter { name == nil || $0.name == name || $0.name.hasPrefix("\(name ?? "")-") }
  guard !chosen.isEmpty else {
    let names = all.map(\.name).joined(separator: ", ")
    throw .wrongUse("there is no network \(name ?? ""), only \(names)")
  }
  return chosen.map { time($0, seconds: seconds) }
}

private func time(_ contestant: Contestant, seconds: Double) -> BenchmarkResult {
  let network = contestant.prepared()
  var generator = SplitMix64(seed: 2)
  let input = Tensor(
    (0..<contestant.shape.reduce(1, *)).map { _ in generator.normal() }, shape: contestant.shape)
  let (times, count) = withoutRecording {
    let trace = traced { network(input) }  // The first run prepares primitives and memory.
    var times: [Double] = []
    let whole = Stopwatch()
    while times.count < 5 || whole.seconds < seconds {
      let watch = Stopwatch()
      _ = network(input).array
      times.append(watch.seconds)
    }
    return (
      times.sorted(),
      contestant.multiplications ?? trace.operations.reduce(0) { $0 + $1.multiplications }
    )
  }
  return BenchmarkResult(
    name: contestant.name, shape: contestant.shape, gmac: Double(count) / 1e9,
    milliseconds: 1000 * times[times.count / 2])
}
