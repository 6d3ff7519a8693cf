internal import CKernels

// Element-wise work on whole buffers, divided over the threads.

extension Buffer {
  private typealias Pointer = UnsafeMutablePointer<Float>

  private func mapped(_ body: (Pointer, Pointer, Int) -> Void) -> Buffer {
    let result = Buffer(count: count)
    parallelRuns(count) { start, length in body(result.pointer + start, pointer + start, length) }
    return result
  }

  /// `scale · x + shift`.
  public func affine(scale: Float, shift: Float) -> Buffer {
    mapped { ck_affine($0, $1, scale, shift, $2) }
  }

  public var logarithm: Buffer { mapped { ck_log($0, $1, $2) } }

  public func raised(to exponent: Float) -> Buffer { mapped { ck_power($0, $1, exponent, $2) } }

  public func clamped(_ low: Float, _ high: Float) -> Buffer {
    mapped { ck_clamp($0, $1, low, high, $2) }
  }

  /// 1 inside the closed range, else 0.
  public func inside(_ low: Float, _ high: Float) -> Buffer {
    mapped { ck_inside($0, $1, low, high, $2) }
  }

  public var sum: Double { ck_sum(pointer, count) }

  public func dot(_ other: Buffer) -> Double {
    precondition(count == other.count, "\(count) and \(other.count) floats in a dot product")
    return ck_dot(pointer, other.pointer, count)
  }

  /// Adds `scale · other` in place.
  public func accumulate(_ other: Buffer, scale: Float = 1) {
    precondition(count == other.count, "\(other.count) floats added to \(count)")
    willChange()
    parallelRuns(count) { start, length in
      ck_accumulate(pointer + start, other.pointer + start, scale, length)
    }
  }

  /// A copy that shares nothing.
  public var copied: Buffer {
    let result = Buffer(count: count)
    parallelRuns(count) { start, length in
      (result.pointer + start).update(from: pointer + start, count: length)
    }
    return result
  }

  /// Copies runs of floats that stand `step` floats apart.
  public func copyRuns(
    _ runs: Int, of length: Int, from source: Buffer, at start: Int, step: Int, to target: Int,
    step targetStep: Int
  ) {
    guard runs > 0, length > 0 else { return }
    willChange()
    precondition(
      start >= 0 && target >= 0 && start + (runs - 1) * step + length <= source.count
        && target + (runs - 1) * targetStep + length <= count,
      "\(runs) runs of \(length) floats from \(source.count) to \(count)")
    parallelRuns(runs * length) { first, total in
      var (at, left) = (first, total)
      while left > 0 {
        let (run, offset) = (at / length, at % length)
        let part = min(left, length - offset)
        (pointer + target + run * targetStep + offset).update(
          from: source.pointer + start + run * step + offset, count: part)
        at += part
        left -= part
      }
    }
  }
}
