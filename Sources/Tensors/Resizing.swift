internal import Kernels

/// How values between pixels are found.
public enum Interpolation: Hashable, Sendable {
  /// PyTorch's "nearest": the pixel at `⌊index · scale⌋`, in single precision as there.
  case nearest
  /// Between two neighbours along each axis; of a signal, PyTorch's "linear".
  case bilinear(alignCorners: Bool = false)
  /// Among four neighbours along each axis: Keys 1981, "Cubic convolution interpolation", with
  /// a = −0.75 as in PyTorch. The borders are repeated.
  case bicubic(alignCorners: Bool = false)
}

extension Tensor {
  /// Pictures or signals in another size, without smoothing where that is smaller.
  public func resized(to size: Extent, _ interpolation: Interpolation) -> Tensor {
    let (from, to) = (extent, applicable(size))
    return resampled(
      vertical: interpolation.matrix(from: from.height, to: to.height),
      horizontal: interpolation.matrix(from: from.width, to: to.width),
      as: .resize(interpolation, factors: nil))
  }

  /// Pictures or signals `⌊size · factor⌋` large, taken at distances of exactly `1 / factor`.
  public func resized(by factor: (height: Double, width: Double), _ interpolation: Interpolation)
    -> Tensor
  {
    func matrix(_ size: Int, _ factor: Double) -> SparseMatrix {
      interpolation.matrix(from: size, to: Int(Double(size) * factor), scale: 1 / factor)
    }
    let vertical =
      shape.count == 3 ? SparseMatrix.identity(1) : matrix(extent.height, factor.height)
    return resampled(
      vertical: vertical, horizontal: matrix(extent.width, factor.width),
      as: .resize(interpolation, factors: factor))
  }

  /// Pictures or signals resized by one factor along each axis.
  public func resized(by factor: Double, _ interpolation: Interpolation) -> Tensor {
    resized(by: (height: factor, width: factor), interpolation)
  }
}

extension Interpolation {
  /// The matrix along one axis.
  ///
  /// - Parameter scale: Elements of the source per element of the result; ignored where corners are
  ///   aligned.
  fileprivate func matrix(from size: Int, to count: Int, scale: Double? = nil) -> SparseMatrix {
    precondition(size > 0 && count > 0, "\(size) elements resized to \(count)")
    let scale = scale ?? Double(size) / Double(count)
    let apart = count > 1 ? Double(size - 1) / Double(count - 1) : 0
    func place(_ index: Int, _ alignCorners: Bool) -> Double {
      alignCorners ? Double(index) * apart : (Double(index) + 0.5) * scale - 0.5
    }
    return SparseMatrix(rows: count, columns: size) { row, add in
      switch self {
      case .nearest:
        add(min(Int(Float(row) * Float(scale)), size - 1), 1)
      case .bilinear(let alignCorners):
        let place = min(max(place(row, alignCorners), 0), Double(size - 1))
        let first = min(Int(place), max(size - 2, 0))
        let fraction = Float(place - Double(first))
        add(first, 1 - fraction)
        if size > 1 { add(first + 1, fraction) }
      case .bicubic(let alignCorners):
        let place = place(row, alignCorners)
        let first = Int(place.rounded(.down))
        let taps = cubicTaps(Float(place - Double(first)))
        for (offset, weight) in taps.enumerated() {
          add(min(max(first - 1 + offset, 0), size - 1), weight)
        }
      }
    }
  }

  /// The weights of the pixels at −1, 0, 1 and 2 for a place between 0 and 1: Keys' equation 4 with
  /// a = −0.75.
  private func cubicTaps(_ t: Float) -> [Float] {
    let a: Float = -0.75
    func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Float) -> Float { ((x - 5) * x + 8) * x * a - 4 * a }
    return [far(1 + t), near(t), near(1 - t), far(2 - t)]
  }
}
