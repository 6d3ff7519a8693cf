internal import CKernels

// Work along the last axis of `[rows, columns]`.

extension Buffer {
  private func rows(of columns: Int) -> Int {
    precondition(columns > 0 && count % columns == 0, "\(count) floats in rows of \(columns)")
    return count / columns
  }

  /// `eˣ / Σ eˣ` of each row.
  public func softmax(columns: Int) -> Buffer {
    let result = Buffer(count: count)
    parallelRuns(rows(of: columns), cost: columns) { start, length in
      ck_softmax(
        result.pointer + start * columns, pointer + start * columns, length, columns)
    }
    return result
  }

  /// The pullback of ``softmax(columns:)`` that gave these values.
  public func softmaxPullback(_ upstream: Buffer, columns: Int) -> Buffer {
    paired(upstream, columns: columns, ck_softmax_pullback)
  }

  /// The logarithm of ``softmax(columns:)``.
  public func logSoftmax(columns: Int) -> Buffer {
    let result = Buffer(count: count)
    parallelRuns(rows(of: columns), cost: columns) { start, length in
      ck_log_softmax(
        result.pointer + start * columns, pointer + start * columns, length, columns)
    }
    return result
  }

  /// The pullback of ``logSoftmax(columns:)`` that gave these values.
  public func logSoftmaxPullback(_ upstream: Buffer, columns: Int) -> Buffer {
    paired(upstream, columns: columns, ck_log_softmax_pullback)
  }

  private func paired(
    _ upstream: Buffer, columns: Int,
    _ kernel: (
      UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int, Int
    ) -> Void
  ) -> Buffer {
    precondition(count == upstream.count, "\(upstream.count) gradients of \(count) floats")
    let result = Buffer(count: count)
    parallelRuns(rows(of: columns), cost: columns) { start, length in
      kernel(
        result.pointer + start * columns, pointer + start * columns,
        upstream.pointer + start * columns, length, columns)
    }
    return result
  }

  /// Each row less its mean, divided by its standard deviation.
  ///
  /// - Parameters:
  ///   - epsilon: Added to the variance.
  ///   - centred: Whether the mean is subtracted; if not, the deviation is that from 0.
  /// - Returns: The values, and what each row was multiplied by.
  public func standardized(columns: Int, epsilon: Float, centred: Bool) -> (
    values: Buffer, scales: Buffer
  ) {
    let (values, scales) = (Buffer(count: count), Buffer(count: rows(of: columns)))
    parallelRuns(scales.count, cost: columns) { start, length in
      ck_standardize(
        values.pointer + start * columns, scales.pointer + start, pointer + start * columns,
        epsilon, centred ? 1 : 0, length, columns)
    }
    return (values, scales)
  }

  /// The pullback of ``standardized(columns:epsilon:centred:)`` that gave these values.
  public func standardizedPullback(
    _ upstream: Buffer, scales: Buffer, columns: Int, centred: Bool
  ) -> Buffer {
    precondition(
      count == upstream.count && scales.count == rows(of: columns),
      "\(upstream.count) gradients of \(count) floats in \(scales.count) rows")
    let result = Buffer(count: count)
    parallelRuns(scales.count, cost: columns) { start, length in
      ck_standardize_pullback(
        result.pointer + start * columns, pointer + start * columns, scales.pointer + start,
        upstream.pointer + start * columns, centred ? 1 : 0, length, columns)
    }
    return result
  }

  /// Each row less its mean, divided by its standard deviation, then scaled and shifted by columns.
  ///
  /// - Returns: The values, and of each row its mean and what it was multiplied by.
  public func layerNormalized(weight: Buffer, bias: Buffer, epsilon: Float) -> (
    values: Buffer, means: Buffer, scales: Buffer
  ) {
    let columns = weight.count
    precondition(bias.count == columns, "\(bias.count) shifts of \(columns) columns")
    let values = Buffer(count: count)
    let (means, scales) = (Buffer(count: rows(of: columns)), Buffer(count: rows(of: columns)))
    parallelRuns(means.count, cost: columns) { start, length in
      ck_layer_norm(
        values.pointer + start * columns, means.pointer + start, scales.pointer + start,
        pointer + start * columns, weight.pointer, bias.pointer, epsilon, length, columns)
    }
    return (values, means, scales)
  }

  /// The pullback of ``layerNormalized(weight:bias:epsilon:)`` of this.
  public func layerNormPullback(
    _ upstream: Buffer, means: Buffer, scales: Buffer, weight: Buffer
  ) -> (source: Buffer, weight: Buffer, bias: Buffer) {
    let columns = weight.count
    let rows = rows(of: columns)
    precondition(
      count == upstream.count && means.count == rows && scales.count == rows,
      "\(upstream.count) gradients of \(count) floats in \(means.count) rows")
    let result = Buffer(count: count)
    let parts = min(threadCount, max(1, count / 32_768))
    // Added in the order of the rows, so that a step is the same each time.
    let sums = parallelResults(parts) { part -> [Double] in
      var own = [Double](repeating: 0, count: 2 * columns)
      let (start, end) = (rows * part / parts, rows * (part + 1) / parts)
      let row = Buffer(count: 3 * columns)
      own.withUnsafeMutableBufferPointer { own in
        guard let totals = own.baseAddress else { return }
        ck_layer_norm_pullback(
          result.pointer + start * columns, totals, totals + columns, pointer + start * columns,
          means.pointer + start, scales.pointer + start, weight.pointer,
          upstream.pointer + start * columns, row.pointer, end - start, columns)
      }
      return own
    }
    let total = (0..<2 * columns).map { index in Float(sums.reduce(0) { $0 + $1[index] }) }
    return (result, Buffer(Array(total[..<columns])), Buffer(Array(total[columns...])))
  }

  /// Each row scaled to a length.
  ///
  /// - Returns: The values, and one over the length of each row as it was.
  public func rowsScaled(to lengths: Buffer) -> (values: Buffer, inverses: Buffer) {
    let columns = count / max(1, lengths.count)
    precondition(rows(of: columns) == lengths.count, "\(lengths.count) lengths of \(count) floats")
    let (values, inverses) = (Buffer(count: count), Buffer(count: lengths.count))
    parallelRuns(lengths.count, cost: columns) { start, length in
      ck_scale_rows(
        values.pointer + start * columns, inverses.pointer + start, pointer + start * columns,
        lengths.pointer + start, length, columns)
    }
    return (values, inverses)
  }

  /// The pullback of ``rowsScaled(to:)`` of this.
  public func rowsScaledPullback(
    _ upstream: Buffer, lengths: Buffer, inverses: Buffer
  ) -> (source: Buffer, lengths: Buffer) {
    let columns = count / max(1, lengths.count)
    precondition(
      count == upstream.count && inverses.count == lengths.count,
      "\(upstream.count) gradients of \(count) floats in \(inverses.count) rows")
    let (result, slopes) = (Buffer(count: count), Buffer(count: lengths.count))
    parallelRuns(lengths.count, cost: columns) { start, length in
      ck_scale_rows_pullback(
        result.pointer + start * columns, slopes.pointer + start, pointer + start * columns,
        lengths.pointer + start, inverses.pointer + start, upstream.pointer + start * columns,
        length, columns)
    }
    return (result, slopes)
  }
}
