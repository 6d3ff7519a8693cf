internal import CKernels

/// Where the windows of a pooling lie along one axis.
public struct Windows: Sendable {
  /// The beginnings and ends of all windows in turn: `begin₀, end₀, begin₁, …`.
  fileprivate let bounds: [Int]
  fileprivate let isHalving: Bool

  /// - Parameter ranges: One per result; none may be empty.
  public init(_ ranges: [Range<Int>]) {
    precondition(!ranges.contains { $0.isEmpty }, "a window over nothing")
    bounds = ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    isHalving = ranges.indices.allSatisfy { ranges[$0] == 2 * $0..<2 * $0 + 2 }
  }

  /// The number of windows.
  public var count: Int { bounds.count / 2 }

  /// The elements of one window.
  public subscript(index: Int) -> Range<Int> { bounds[2 * index]..<bounds[2 * index + 1] }
}

/// The windows of a maximum over planes `[height, width, lanes]`.
public struct MaxPooling: Sendable {
  public let rows, columns: Windows
  public let height, width: Int
  /// Channels per plane: ``channelLanes`` of blocked pictures, 1 of plain ones.
  public let lanes: Int

  public init(rows: Windows, columns: Windows, height: Int, width: Int, lanes: Int) {
    precondition(
      rows[rows.count - 1].upperBound <= height && columns[columns.count - 1].upperBound <= width,
      "windows beyond planes of \(height)×\(width)")
    self.rows = rows
    self.columns = columns
    self.height = height
    self.width = width
    self.lanes = lanes
  }

  private var isHalving: Int32 { rows.isHalving && columns.isHalving ? 1 : 0 }
  private var planeCount: Int { height * width * lanes }
  private var resultCount: Int { rows.count * columns.count * lanes }

  /// The values where the keys have the first maximum of each window: the maxima, if they are the
  /// keys.
  public func values(_ values: Buffer, atMaximaOf keys: Buffer) -> Buffer {
    precondition(values.count == keys.count, "\(values.count) values for \(keys.count) keys")
    let planes = keys.count / planeCount
    let result = Buffer(count: planes * resultCount)
    let cost = planeCount / rows.count
    parallelRuns(planes * rows.count, cost: cost) { first, length in
      ck_max_pool(
        result.pointer, keys.pointer, values.pointer, rows.bounds, columns.bounds, isHalving,
        first, length, height, width, rows.count, columns.count, lanes)
    }
    return result
  }

  /// The adjoint of ``values(_:atMaximaOf:)`` in its values: 0 but at the first maxima.
  public func pullback(_ upstream: Buffer, toMaximaOf keys: Buffer) -> Buffer {
    let planes = keys.count / planeCount
    precondition(
      upstream.count == planes * resultCount, "\(upstream.count) gradients for \(planes) planes")
    let result = Buffer(count: keys.count)
    parallelRuns(planes, cost: planeCount) { first, length in
      ck_max_pool_pullback(
        result.pointer, keys.pointer, upstream.pointer, rows.bounds, columns.bounds, isHalving,
        first, length, height, width, rows.count, columns.count, lanes)
    }
    return result
  }
}
