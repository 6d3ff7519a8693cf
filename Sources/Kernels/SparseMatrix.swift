internal import CKernels

/// A constant matrix most of whose entries are 0: what moves, mixes or resizes along one axis.
public struct SparseMatrix: Sendable {
  public let rows, columns: Int
  private var starts: [Int32] = [0]
  private var indices: [Int32] = []
  private var weights: [Float] = []

  /// - Parameter fill: Is given each row in order and a closure that adds an entry to it: its column
  ///   and weight.
  public init(
    rows: Int, columns: Int,
    _ fill: (_ row: Int, _ add: (_ column: Int, _ weight: Float) -> Void) -> Void
  ) {
    self.rows = rows
    self.columns = columns
    starts.reserveCapacity(rows + 1)
    for row in 0..<rows {
      fill(row) { column, weight in
        precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
        indices.append(Int32(column))
        weights.append(weight)
      }
      starts.append(Int32(indices.count))
    }
  }

  private init(rows: Int, columns: Int, starts: [Int32], indices: [Int32], weights: [Float]) {
    self.rows = rows
    self.columns = columns
    self.starts = starts
    self.indices = indices
    self.weights = weights
  }

  /// The matrix that leaves everything as it is.
  public static func identity(_ size: Int) -> SparseMatrix {
    SparseMatrix(rows: size, columns: size) { row, add in add(row, 1) }
  }

  /// All entries row by row, zeros included.
  public var values: [Float] {
    var values = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for entry in Int(starts[row])..<Int(starts[row + 1]) {
        values[row * columns + Int(indices[entry])] += weights[entry]
      }
    }
    return values
  }

  public var transposed: SparseMatrix {
    var starts = [Int32](repeating: 0, count: columns + 1)
    for column in indices { starts[Int(column) + 1] += 1 }
    for column in 0..<columns { starts[column + 1] += starts[column] }
    var next = starts
    var rowsOfEntries = indices
    var entries = weights
    for row in 0..<rows {
      for entry in Int(self.starts[row])..<Int(self.starts[row + 1]) {
        let place = Int(next[Int(indices[entry])])
        next[Int(indices[entry])] += 1
        rowsOfEntries[place] = Int32(row)
        entries[place] = weights[entry]
      }
    }
    return SparseMatrix(
      rows: columns, columns: rows, starts: starts, indices: rowsOfEntries, weights: entries)
  }

  /// Lends the matrix to a kernel.
  fileprivate func withPointers(_ body: (ck_sparse) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      indices.withUnsafeBufferPointer { indices in
        weights.withUnsafeBufferPointer { weights in
          body(
            ck_sparse(
              starts: starts.baseAddress, columns: indices.baseAddress,
              weights: weights.baseAddress))
        }
      }
    }
  }
}

extension Buffer {
  /// Each plane `x` as `vertical · x · horizontalᵀ`.
  ///
  /// - Parameter lanes: Channels per plane: ``channelLanes`` of blocked pictures, 1 of plain ones.
  public func resampled(vertical: SparseMatrix, horizontal: SparseMatrix, lanes: Int) -> Buffer {
    let (height, width) = (vertical.columns, horizontal.columns)
    let planes = count / (height * width * lanes)
    precondition(
      count == planes * height * width * lanes, "\(count) floats as planes of \(height)×\(width)")
    let result = Buffer(count: planes * vertical.rows * horizontal.rows * lanes)
    let cost = max(width, horizontal.rows) * lanes
    vertical.withPointers { rows in
      horizontal.withPointers { columns in
        parallelRuns(planes * vertical.rows, cost: cost) { first, length in
          let row = Buffer(count: width * lanes)
          ck_resample(
            result.pointer, pointer, rows, columns, row.pointer, first, length, height, width,
            vertical.rows, horizontal.rows, lanes)
        }
      }
    }
    return result
  }
}
