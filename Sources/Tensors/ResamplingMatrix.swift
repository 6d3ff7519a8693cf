public import Kernels

/// A constant matrix along one axis of planes, of either kind.
public enum ResamplingMatrix {
  case dense(Matrix)
  case sparse(SparseMatrix)

  public var rows: Int {
    switch self {
    case .dense(let matrix): matrix.rows
    case .sparse(let matrix): matrix.rows
    }
  }

  public var columns: Int {
    switch self {
    case .dense(let matrix): matrix.columns
    case .sparse(let matrix): matrix.columns
    }
  }

  /// The values row by row.
  public var values: [Float] {
    switch self {
    case .dense(let matrix): matrix.values
    case .sparse(let matrix): matrix.values
    }
  }
}

/// What a pair of matrices does, where there is a name for it.
public enum Resampling {
  case pad(Padding, PaddingMode)
  case averagePool(
    kernel: Extent, stride: Extent, padding: Extent, ceilMode: Bool, countsPadding: Bool)
  /// The mean of each pair of a row's and a column's windows.
  case windowMeans(rows: [Range<Int>], columns: [Range<Int>])
  /// - Parameter factors: `nil` where a size was asked for.
  case resize(Interpolation, factors: (height: Double, width: Double)?)
}
