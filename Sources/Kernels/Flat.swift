internal import CKernels
internal import COpenBLAS

// Element-wise work on whole buffers, divided over the threads.

extension Buffer {
  private typealias Pointer = UnsafeMutablePointer<Float>

  private func mapped(_ body: (Pointer, Pointer, Int) -> Void) -> Buffer {
    let result = Buffer(count: count)
    parallelRuns(count) { start, length in body(result.pointer + start, pointer + start, length) }
    return result
  }

  private func joined(
    _ other: Buffer, _ body: (Pointer?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int) -> Void
  ) -> Buffer {
    precondition(count == other.count, "\(count) and \(other.count) floats joined element-wise")
    let result = Buffer(count: count)
    parallelRuns(count) { start, length in
      body(result.pointer + start, pointer + start, other.pointer + start, length)
    }
    return result
  }

  public func adding(_ other: Buffer) -> Buffer { joined(other, ck_add) }
  public func subtracting(_ other: Buffer) -> Buffer { joined(other, ck_subtract) }
  public func multiplied(by other: Buffer) -> Buffer { joined(other, ck_multiply) }
  public func divided(by other: Buffer) -> Buffer { joined(other, ck_divide) }

  /// `scale · x + shift`.
  public func affine(scale: Float, shift: Float) -> Buffer {
    mapped { ck_affine($0, $1, scale, shift, $2) }
  }

  public var rectified: Buffer { mapped { ck_relu($0, $1, $2) } }
  /// 1 where positive, else 0.
  public var positives: Buffer { mapped { ck_step($0, $1, $2) } }
  public var sigmoid: Buffer { mapped { ck_sigmoid($0, $1, $2) } }
  /// `ln(1 + eˣ)`.
  public var softplus: Buffer { mapped { ck_softplus($0, $1, $2) } }
  public var exponential: Buffer { mapped { ck_exp($0, $1, $2) } }
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

  /// Matrix products of rows in order: `result = left · right`, `[rows, inner] · [inner, columns]`,
  /// per item.
  ///
  /// A side that holds one matrix lends it to all items; one that holds more gives each its own.
  public static func products(
    _ left: Buffer, _ right: Buffer, rows: Int, inner: Int, columns: Int, items: Int,
    leftIsTransposed: Bool = false, rightIsTransposed: Bool = false
  ) -> Buffer {
    let (leftPitch, rightPitch) = (
      left.count == rows * inner ? 0 : rows * inner,
      right.count == inner * columns ? 0 : inner * columns
    )
    precondition(
      left.count == rows * inner * (leftPitch == 0 ? 1 : items)
        && right.count == inner * columns * (rightPitch == 0 ? 1 : items),
      "products of \(left.count) and \(right.count) floats as \(items) of \(rows)×\(inner)×\(columns)"
    )
    let result = Buffer(count: items * rows * columns)
    _ = threadCount  // sets OpenBLAS to one thread
    parallel(items) { item in
      cblas_sgemm(
        CblasRowMajor, leftIsTransposed ? CblasTrans : CblasNoTrans,
        rightIsTransposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
        blasint(inner), 1, left.pointer + item * leftPitch,
        blasint(leftIsTransposed ? rows : inner),
        right.pointer + item * rightPitch, blasint(rightIsTransposed ? inner : columns), 0,
        result.pointer + item * rows * columns, blasint(columns))
    }
    return result
  }
}
