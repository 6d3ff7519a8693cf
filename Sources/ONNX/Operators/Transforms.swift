internal import Foundation
internal import Tensors

// Fourier transforms, by their definition in double precision.

extension OperatorCall {
  func transform() throws(ONNXError) -> GraphValue? {
    switch name {
    case "DFT": return .numbers(try fourier())
    case "STFT": return .numbers(try shortTimeFourier())
    default: return nil
    }
  }

  private func fourier() throws(ONNXError) -> Tensor {
    let x = try tensor(0, rank: 2...8)
    let rank = x.shape.count
    let standard = version < 20 ? integer("axis", 1) : try integers(2)?.first ?? -2
    let axis = try axis(standard, rank: rank)
    guard axis < rank - 1, x.shape[rank - 1] <= 2 else { throw unsupported("\(x.shape)") }
    let size = try integers(1)?.first ?? x.shape[axis]
    let order = (0..<rank - 1).filter { $0 != axis } + [axis, rank - 1]
    let turned = try x.permuted(order).padded(
      before: 0, after: size - x.shape[axis], axis: rank - 2, by: "constant", filling: 0)
    let bins = flag("onesided") ? size / 2 + 1 : size
    let rows = turned.reshaped([
      turned.count / max(1, size * x.shape[rank - 1]), size, x.shape[rank - 1],
    ])
    let made = transformed(rows, bins: bins, isInverse: flag("inverse"))
      .reshaped(turned.shape.dropLast(2) + [bins, 2])
    return made.permuted(order.indices.map { order.firstIndex(of: $0) ?? $0 })
  }

  private func shortTimeFourier() throws(ONNXError) -> Tensor {
    let x = try tensor(0, rank: 3...3)
    guard let hop = try integers(1)?.first, hop > 0 else { throw unsupported("no step") }
    let window = optional(2)?.tensor
    guard let size = try integers(3)?.first ?? window?.count, size > 0, x.shape[1] >= size else {
      throw unsupported("no length of a frame")
    }
    let (batch, parts) = (x.shape[0], x.shape[2])
    let count = (x.shape[1] - size) / hop + 1
    let places = (0..<count).flatMap { frame in (0..<size).map { frame * hop + $0 } }
    var frames = x.items(places, axis: 1).reshaped([batch * count, size, parts])
    if let window { frames = frames * window.reshaped([1, size, 1]) }
    let bins = integer("onesided", 1) == 1 ? size / 2 + 1 : size
    return transformed(frames, bins: bins, isInverse: false).reshaped([batch, count, bins, 2])
  }

  /// Maps `[rows, size, 1 or 2]` to `[rows, bins, 2]`.
  private func transformed(_ x: Tensor, bins: Int, isInverse: Bool) -> Tensor {
    let (rows, size, parts) = (x.shape[0], x.shape[1], x.shape[2])
    let values = x.array.map { Double($0) }
    let (sign, scale) = isInverse ? (1.0, 1 / Double(size)) : (-1.0, 1.0)
    let turns = (0..<size).map { 2 * Double.pi * Double($0) / Double(size) }
    var result: [Float] = []
    for row in 0..<rows {
      for bin in 0..<bins {
        var (real, imaginary) = (0.0, 0.0)
        for index in 0..<size {
          let turn = turns[bin * index % size]
          let (a, b) = (cos(turn), sign * sin(turn))
          let at = (row * size + index) * parts
          let (c, d) = (values[at], parts == 2 ? values[at + 1] : 0)
          real += a * c - b * d
          imaginary += a * d + b * c
        }
        result += [Float(scale * real), Float(scale * imaginary)]
      }
    }
    return Tensor(result, shape: [rows, bins, 2])
  }
}
