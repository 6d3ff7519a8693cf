internal import Foundation
internal import Kernels

/// A result that is made when it is first read, so that the element-wise steps that follow are taken
/// in the same sweep.
///
/// Results are put off only where no operation is written down, inside ``withoutRecording(_:)``.
final class Pending: @unchecked Sendable {
  /// What the first step is taken on.
  enum Origin {
    case elements(Buffer)
    case convolution(ConvolutionGeometry, source: Buffer, weights: Buffer, bias: Buffer)
  }

  private let planes: Planes
  private let lock = NSLock()
  private var origin: Origin
  private var tail: Tail
  /// The results after fewer steps, and how many, the latest last.
  private var earlier: [(result: Weak, steps: Int)] = []
  private var made: Buffer?

  init(_ origin: Origin, _ steps: [Tail.Step], planes: Planes) {
    self.origin = origin
    self.planes = planes
    tail = Tail(steps)
  }

  /// The same after one more step.
  func continued(by step: Tail.Step) -> Pending {
    lock.withLock {
      if let made { return Pending(.elements(made), [step], planes: planes) }
      let result = Pending(origin, tail.steps + [step], planes: planes)
      result.earlier = earlier + [(Weak(self), tail.steps.count)]
      return result
    }
  }

  var value: Buffer {
    lock.withLock {
      if let made { return made }
      let result = make()
      made = result
      origin = .elements(result)  // what it was made of may be freed
      tail = Tail()
      earlier = []
      return result
    }
  }

  /// An earlier result that somebody holds may be read later: it is made as well, and this from it.
  private func make() -> Buffer {
    for (result, steps) in earlier.reversed() {
      guard let held = result.pending else { continue }
      return planes.taken(Array(tail.steps[steps...]), on: held.value)
    }
    switch origin {
    case .elements(let buffer): return planes.taken(tail.steps, on: buffer)
    case .convolution(let geometry, let source, let weights, let bias):
      return geometry.convolve(source, weights: weights, bias: bias, tail: tail)
    }
  }
}

/// A pending result as long as others hold it.
struct Weak {
  private(set) weak var pending: Pending?

  init(_ pending: Pending) { self.pending = pending }
}

/// The results that were put off inside a ``withoutRecording(_:)``.
final class PutOff: @unchecked Sendable {
  @TaskLocal static var current: PutOff?

  private let lock = NSLock()
  private var results: [Weak] = []
  private var limit = 64

  func add(_ result: Pending) {
    lock.withLock {
      if results.count >= limit {
        results.removeAll { $0.pending == nil }
        limit = max(64, 2 * results.count)
      }
      results.append(Weak(result))
    }
  }

  /// Makes what somebody still holds: outside, what it is made of may change.
  func make() {
    for result in lock.withLock({ results }) { _ = result.pending?.value }
  }
}

extension Tensor {
  private static var putsOff: PutOff? {
    guard let current = PutOff.current, !Recording.isOn, Trace.current == nil else { return nil }
    return current
  }

  /// The result of a convolution, made when it is first read; `nil` where operations are written down.
  static func pending(
    _ geometry: ConvolutionGeometry, source: Buffer, weights: Buffer, bias: Buffer, shape: [Int]
  ) -> Tensor? {
    guard let scope = putsOff else { return nil }
    let planes = Planes(channelsOf: shape, .blocked) ?? Planes(geometry.resultCount)
    let pending = Pending(
      .convolution(geometry, source: source, weights: weights, bias: bias), [], planes: planes)
    scope.add(pending)
    return Tensor(pending, shape: shape, layout: .blocked)
  }

  /// This tensor after one more step, which is taken when the result is first read; `nil` where
  /// operations are written down.
  ///
  /// A step with tables needs a tensor that has ``planes``.
  func continued(by step: Tail.Step) -> Tensor? {
    guard let scope = Tensor.putsOff else { return nil }
    let next =
      switch storage {
      case .made(let buffer):
        Pending(.elements(buffer), [step], planes: planes ?? Planes(buffer.count))
      case .pending(let pending): pending.continued(by: step)
      }
    scope.add(next)
    return Tensor(next, shape: shape, layout: layout)
  }

  /// Whether the tensor is not made yet.
  var isPending: Bool { if case .pending = storage { true } else { false } }

  /// The channels, where steps can have tables of them.
  var planes: Planes? { Planes(channelsOf: shape, layout) }
}
