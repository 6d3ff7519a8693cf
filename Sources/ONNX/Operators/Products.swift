internal import Tensors

// Matrix products and sums of products.

extension OperatorCall {
  func product() throws(ONNXError) -> GraphValue? {
    switch name {
    case "MatMul": return .numbers(try matrixProduct(try tensor(0), try tensor(1)))
    case "MatMulInteger":
      let (a, b) = (try withoutZero(0, zero: 2, axis: -2), try withoutZero(1, zero: 3, axis: -1))
      return .integers(try matrixProduct(a, b).integers)
    case "Gemm": return .numbers(try generalProduct())
    case "Einsum": return try value(0).with(try summation())
    case "Det": return .numbers(try determinants(try tensor(0)))
    default: return nil
    }
  }

  private func matrixProduct(_ a: Tensor, _ b: Tensor) throws(ONNXError) -> Tensor {
    guard !a.shape.isEmpty, !b.shape.isEmpty else { throw unsupported("a factor without axes") }
    let (isRow, isColumn) = (a.shape.count == 1, b.shape.count == 1)
    let left = isRow ? a.reshaped([1] + a.shape) : a
    let right = isColumn ? b.reshaped(b.shape + [1]) : b
    guard left.shape[left.shape.count - 1] == right.shape[right.shape.count - 2] else {
      throw unsupported("factors of \(a.shape) and \(b.shape)")
    }
    _ = try broadcastShape(left.shape.dropLast(2), right.shape.dropLast(2))
    let result = matmul(left, right)
    var shape = result.shape
    if isColumn { shape.removeLast() }
    if isRow { shape.remove(at: shape.count - (isColumn ? 1 : 2)) }
    return result.reshaped(shape)
  }

  /// An input less its zero point, which may be one for each row or column.
  private func withoutZero(_ index: Int, zero: Int, axis: Int) throws(ONNXError) -> Tensor {
    let x = try tensor(index)
    guard let zero = optional(zero)?.tensor else { return x }
    guard zero.count > 1, axis == -2, zero.shape.count == 1 else { return x - zero }
    return x - zero.reshaped([zero.count, 1])
  }

  private func generalProduct() throws(ONNXError) -> Tensor {
    let (a, b) = (try tensor(0, rank: 2...2), try tensor(1, rank: 2...2))
    let (transposesA, transposesB) = (flag("transA"), flag("transB"))
    guard a.shape[transposesA ? 0 : 1] == b.shape[transposesB ? 1 : 0] else {
      throw unsupported("factors of \(a.shape) and \(b.shape)")
    }
    let product = matmul(
      a, b, transposingLeft: transposesA, transposingRight: transposesB)
    let alpha = float("alpha", 1)
    let scaled = alpha == 1 ? product : alpha * product
    guard let addend = optional(2)?.tensor else { return scaled }
    _ = try broadcastShape(scaled.shape, addend.shape)
    return scaled + float("beta", 1) * addend
  }

  /// A sum of products over indices that are named by letters.
  private func summation() throws(ONNXError) -> Tensor {
    let equation = text("equation", "").filter { $0 != " " }
    let sides = equation.split(separator: "-", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard terms.count == inputs.count else { throw unsupported(equation) }
    var operands: [(axes: [String], tensor: Tensor)] = []
    for (index, term) in terms.enumerated() {
      let x = try tensor(index)
      operands.append(try diagonal(x, try axes(term, rank: x.shape.count)))
    }
    var output: [String]
    if sides.count > 1 {
      let rest = operands.flatMap(\.axes).filter { $0.hasPrefix(".") }
      let result = String(sides[1].dropFirst())
      let letters = result.filter { $0 != "." }.count
      output = try axes(result, rank: letters + Set(rest).count)
    } else {
      let all = operands.flatMap(\.axes)
      let dots = Set(all.filter { $0.hasPrefix(".") }).sorted { $0.count > $1.count || $0 < $1 }
      let single = Set(all.filter { axis in all.count { $0 == axis } == 1 })
      output = dots + single.subtracting(dots).sorted()
    }
    let every = output + Set(operands.flatMap(\.axes)).subtracting(output).sorted()
    // One axis after another in the same order, and the product of all; then the sum.
    var product: Tensor?
    for (axes, x) in operands {
      let order = every.compactMap { axis in axes.firstIndex(of: axis) }
      let shape = every.map { axis in axes.firstIndex(of: axis).map { x.shape[$0] } ?? 1 }
      let aligned = x.permuted(order).reshaped(shape)
      if let so = product { _ = try broadcastShape(so.shape, aligned.shape) }
      product = product.map { $0 * aligned } ?? aligned
    }
    guard let product else { throw unsupported("no input") }
    guard every.count > output.count else { return product }
    return product.sum(axes: Array(output.count..<every.count), keepDims: false)
  }

  /// The names of a term's axes; those that an ellipsis stands for are `.1`, `.2` … from the last.
  private func axes(_ term: String, rank: Int) throws(ONNXError) -> [String] {
    let letters = term.filter { $0 != "." }
    let rest = rank - letters.count
    guard rest >= 0, rest == 0 || term.contains("...") else {
      throw unsupported("\(term) for \(rank) axes")
    }
    guard let dots = term.firstIndex(of: ".") else { return letters.map { String($0) } }
    let before = term[..<dots].map { String($0) }
    let after = term[dots...].drop { $0 == "." }.map { String($0) }
    return before + (0..<rest).reversed().map { ".\($0)" } + after
  }

  /// A tensor whose axes of the same name are one, of the elements where both are equal.
  private func diagonal(
    _ x: Tensor, _ axes: [String]
  ) throws(ONNXError) -> (axes: [String], tensor: Tensor) {
    for (first, axis) in axes.enumerated() {
      guard let second = axes[(first + 1)...].firstIndex(of: axis) else { continue }
      let size = x.shape[first]
      guard size == x.shape[second] else { throw unsupported("axes of different sizes") }
      var order = x.shape.indices.filter { $0 != first && $0 != second }
      let rest = order.map { x.shape[$0] }
      order += [first, second]
      let diagonal = x.permuted(order).reshaped(rest + [size * size])
        .items((0..<size).map { $0 * (size + 1) }, axis: rest.count)
      var names = axes
      names.remove(at: second)
      names.remove(at: first)
      return try self.diagonal(diagonal, names + [axis])
    }
    return (axes, x)
  }

  private func determinants(_ x: Tensor) throws(ONNXError) -> Tensor {
    guard let size = x.shape.last, x.shape.count >= 2, x.shape[x.shape.count - 2] == size else {
      throw unsupported("matrices of \(x.shape)")
    }
    let values = x.array.map { Double($0) }
    let found = stride(from: 0, to: values.count, by: max(1, size * size)).map { start in
      determinant(Array(values[start..<start + size * size]), size)
    }
    return Tensor(found.map { Float($0) }, shape: x.shape.dropLast(2))
  }

  /// By Gauss' elimination with the largest pivot of each column.
  private func determinant(_ matrix: [Double], _ size: Int) -> Double {
    var (rows, result) = (matrix, 1.0)
    for column in 0..<size {
      let pivot = (column..<size).max {
        abs(rows[$0 * size + column]) < abs(rows[$1 * size + column])
      }
      guard let pivot, rows[pivot * size + column] != 0 else { return 0 }
      if pivot != column {
        for index in 0..<size { rows.swapAt(pivot * size + index, column * size + index) }
        result.negate()
      }
      result *= rows[column * size + column]
      for row in (column + 1)..<max(size, column + 1) {
        let factor = rows[row * size + column] / rows[column * size + column]
        for index in column..<size {
          rows[row * size + index] -= factor * rows[column * size + index]
        }
      }
    }
    return result
  }
}
