// Overlapping stretches of signals, and their sum.

extension Buffer {
  /// Stretches of `size` samples, each `hop` after the one before, of each of some signals.
  ///
  /// - Returns: `[items, size, frames]`; samples that fill no whole stretch are left out.
  public func framed(items: Int, size: Int, hop: Int) -> Buffer {
    let length = count / items
    precondition(
      count == items * length && size <= length && size > 0 && hop > 0,
      "\(items) signals of \(length) samples in stretches of \(size) every \(hop)")
    let frames = (length - size) / hop + 1
    let result = Buffer(count: items * size * frames)
    parallel(items * size) { row in
      let from = pointer + row / size * length + row % size
      let to = result.pointer + row * frames
      for frame in 0..<frames { to[frame] = from[frame * hop] }
    }
    return result
  }

  /// Stretches `[items, size, frames]` laid over one another and added up.
  ///
  /// - Parameter length: Of each signal made; what no stretch reaches is 0.
  public func overlapAdded(items: Int, size: Int, hop: Int, length: Int) -> Buffer {
    let frames = count / (items * size)
    precondition(
      count == items * size * frames && (frames - 1) * hop + size <= length,
      "\(items) signals of \(frames) stretches of \(size) every \(hop) in \(length) samples")
    let result = Buffer(repeating: 0, count: items * length)
    parallel(items) { item in
      for index in 0..<size {
        let from = pointer + (item * size + index) * frames
        let to = result.pointer + item * length + index
        for frame in 0..<frames { to[frame * hop] += from[frame] }
      }
    }
    return result
  }
}
