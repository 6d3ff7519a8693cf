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

/// The networks that can be timed: the paper's two at the paper's size, and those of `dense-fast` at
/// the size they work on.
private struct Contestant {
  let name: String
  let design: FCDenseNet.Design
  let side: Int

  static var all: [Contestant] {
    let fast = StegoDesign.of(.denseFast)
    let side = StegoDesign.workingSize / fast.square
    return [
      Contestant(name: "dense103", design: .dense103(input: 4, output: 3), side: 256),
      Contestant(name: "dense56", design: .dense56(input: 3, output: 1), side: 256),
      Contestant(name: "dense-fast-encoder", design: fast.encoder, side: side),
      Contestant(name: "dense-fast-decoder", design: fast.decoder, side: side),
    ]
  }
}

/// Times networks with random weights on random input, without recording, on all cores.
///
/// - Parameters:
///   - name: One of `dense103`, `dense56`, `dense-fast-encoder` and `dense-fast-decoder`, or
///     `dense-fast` for the last two; all of them if `nil`.
///   - seconds: For how long each is repeated, at least five times.
/// - Throws: ``PipelineError/wrongUse(_:)`` if there is no network of this name.
public func benchmark(
  _ name: String? = nil, seconds: Double = 2
) throws(PipelineError) -> [BenchmarkResult] {
  let all = Contestant.all
  let chosen = all.filter { name == nil || $0.name == name || $0.name.hasPrefix("\(name ?? "")-") }
  guard !chosen.isEmpty else {
    let names = all.map(\.name).joined(separator: ", ")
    throw .wrongUse("there is no network \(name ?? ""), only \(names)")
  }
  return chosen.map { time($0, seconds: seconds) }
}

private func time(_ contestant: Contestant, seconds: Double) -> BenchmarkResult {
  let network = FCDenseNet(contestant.design)
  network.initialize(seed: 1)
  let shape = [1, contestant.design.input, contestant.side, contestant.side]
  var generator = SplitMix64(seed: 2)
  let input = Tensor(
    (0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
  let times = withoutRecording {
    for _ in 0..<2 { _ = network(input) }  // The first run prepares primitives and memory.
    var times: [Double] = []
    let whole = Stopwatch()
    while times.count < 5 || whole.seconds < seconds {
      let watch = Stopwatch()
      _ = network(input).array
      times.append(watch.seconds)
    }
    return times.sorted()
  }
  return BenchmarkResult(
    name: contestant.name, shape: shape,
    gmac: Double(
      contestant.design.multiplications(height: contestant.side, width: contestant.side)) / 1e9,
    milliseconds: 1000 * times[times.count / 2])
}
