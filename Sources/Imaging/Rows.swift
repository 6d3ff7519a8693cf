/// Adds `weight` times the samples from `start` on to every value of a row.
@inline(__always)
func accumulate<S: Sample>(
  _ samples: Span<S>, from start: Int, times weight: Float, into row: inout MutableSpan<Float>
) {
  let source = samples.extracting(start..<start + row.count)
  for i in row.indices { row[i] += weight * source[i].number }
}

/// Adds `weight` times the values from `start` on to every value of a row.
@inline(__always)
func accumulate(
  _ values: Span<Float>, from start: Int, times weight: Float, into row: inout MutableSpan<Float>
) {
  let source = values.extracting(start..<start + row.count)
  for i in row.indices { row[i] += weight * source[i] }
}
