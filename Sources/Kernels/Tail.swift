internal import CKernels

/// What is done to the results of an operation while they are in a cache: steps, one after another, each
/// of which sees every element alone.
public struct Tail: Sendable {
  public enum Step: Sendable {
    /// `scale · x + shift`; tables `[planes, lanes]` or `[batch, planes, lanes]`.
    case affine(scale: Buffer, shift: Buffer)
    case function(ElementwiseFunction)
    /// `x` where positive, else `slope · x`; a table as above.
    case prelu(slope: Buffer)
    /// Added, element by element.
    case add(Buffer)
  }

  public var steps: [Step] = []

  public init(_ steps: [Step] = []) { self.steps = steps }

  /// Floats that stay in a core's first cache from step to step.
  private static let strip = 2048

  /// What takes all steps on a run of a result's floats, in place.
  ///
  /// - Parameters:
  ///   - planes: Blocks of channels of an item, or channels of a plain one.
  ///   - lanes: Channels per block; 1 of plain ones.
  func sweep(_ result: Buffer, batch: Int, planes: Int, pixels: Int, lanes: Int)
    -> (_ start: Int, _ count: Int) -> Void
  {
    guard !steps.isEmpty else { return { _, _ in } }
    precondition(
      result.count == batch * planes * pixels * lanes, "\(result.count) floats as \(planes) planes")
    for case .add(let other) in steps {
      precondition(other.count == result.count, "\(other.count) floats added to \(result.count)")
    }
    let size = pixels * lanes
    return { start, count in
      var at = start
      while at < start + count {
        let plane = at / size
        let end = min(start + count, (plane + 1) * size, at + Tail.strip)
        for step in steps {
          step.apply(result.pointer, at, end - at, plane: plane, planes: planes, lanes: lanes)
        }
        at = end
      }
    }
  }

  /// A copy of an array with all steps taken.
  ///
  /// - Parameters: See ``sweep(_:batch:planes:pixels:lanes:)``.
  public func callAsFunction(_ x: Buffer, batch: Int, planes: Int, pixels: Int, lanes: Int)
    -> Buffer
  {
    let result = Buffer(count: x.count)
    let sweep = sweep(result, batch: batch, planes: planes, pixels: pixels, lanes: lanes)
    parallelRuns(x.count) { start, length in
      for part in stride(from: start, to: start + length, by: Tail.strip) {
        let count = min(Tail.strip, start + length - part)
        (result.pointer + part).update(from: x.pointer + part, count: count)
        sweep(part, count)
      }
    }
    return result
  }
}

extension Tail.Step {
  /// Takes the step on a run of floats that lie in one plane.
  fileprivate func apply(
    _ result: UnsafeMutablePointer<Float>, _ start: Int, _ count: Int, plane: Int, planes: Int,
    lanes: Int
  ) {
    let x = result + start
    func row(_ table: Buffer) -> UnsafeMutablePointer<Float> {
      table.pointer + (table.count == planes * lanes ? plane % planes : plane) * lanes
    }
    switch self {
    case .affine(let scale, let shift):
      ck_tail_affine(x, row(scale), row(shift), count / lanes, lanes)
    case .prelu(let slope): ck_tail_prelu(x, row(slope), count / lanes, lanes)
    case .add(let other): ck_accumulate(x, other.pointer + start, 1, count)
    case .function(let function): function.apply(x, count)
    }
  }
}
