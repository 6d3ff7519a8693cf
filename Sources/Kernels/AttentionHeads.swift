internal import CKernels
internal import COpenBLAS

/// The heads of an attention: what each place of the queries takes from the values, by how its query meets their keys.
///
/// Heads stand beside each other in the rows of all sides, `[batch, places, heads · size]`; sides may share a buffer.
///
/// Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1.
public struct AttentionHeads: Hashable, Sendable {
  public let batch, heads, queries, keys: Int
  /// Numbers of a query or a key of one head.
  public let size: Int
  /// What the products of queries and keys are multiplied by.
  public let scale: Float

  public init(batch: Int, heads: Int, queries: Int, keys: Int, size: Int, scale: Float) {
    self.batch = batch
    self.heads = heads
    self.queries = queries
    self.keys = keys
    self.size = size
    self.scale = scale
  }

  /// Rows that may be part of wider ones.
  public struct Side: Sendable {
    public let buffer: Buffer
    /// Where the first row begins, and how far it is from one to the next.
    public let offset, pitch: Int

    public init(_ buffer: Buffer, offset: Int = 0, pitch: Int) {
      self.buffer = buffer
      self.offset = offset
      self.pitch = pitch
    }

    /// The first number of a head.
    fileprivate func pointer(_ item: Int, _ head: Int, places: Int, size: Int)
      -> UnsafeMutablePointer<Float>
    {
      buffer.pointer + offset + item * places * pitch + head * size
    }
  }

  /// Numbers added before the softmax, seen as `[batch, heads, queries, keys]`.
  public struct Bias: Sendable {
    public let buffer: Buffer
    /// Per axis; 0 where they are the same along it.
    public let strides: [Int]

    public init(_ buffer: Buffer, strides: [Int]) {
      self.buffer = buffer
      self.strides = strides
    }
  }

  private func check(_ side: Side, places: Int) {
    precondition(
      side.offset + (batch * places - 1) * side.pitch + heads * size <= side.buffer.count,
      "\(side.buffer.count) floats in rows of \(side.pitch) for \(self)")
  }

  /// What the queries take, `[batch, queries, heads · size]`, and by what shares, `[batch, heads, queries, keys]`.
  public func attend(_ query: Side, _ key: Side, _ value: Side, bias: Bias?) -> (
    result: Buffer, shares: Buffer
  ) {
    check(query, places: queries)
    check(key, places: keys)
    check(value, places: keys)
    let width = heads * size
    let result = Side(Buffer(count: batch * queries * width), pitch: width)
    let shares = Buffer(count: batch * heads * queries * keys)
    forEachHead { item, head in
      let own = shares.pointer + (item * heads + head) * queries * keys
      let q = query.pointer(item, head, places: queries, size: size)
      let k = key.pointer(item, head, places: keys, size: size)
      let v = value.pointer(item, head, places: keys, size: size)
      multiply(queries, keys, size, q, query.pitch, k, key.pitch, transposingRight: true, own, keys)
      let added = bias.map { $0.buffer.pointer + item * $0.strides[0] + head * $0.strides[1] }
      ck_attend(
        own, added, bias?.strides[2] ?? 0, bias?.strides[3] ?? 0, scale, queries, keys)
      multiply(
        queries, size, keys, own, keys, v, value.pitch,
        result.pointer(item, head, places: queries, size: size), width)
    }
    return (result.buffer, shares)
  }

  /// The gradients of ``attend(_:_:_:bias:)``, written where the sides given stand.
  ///
  /// - Parameters:
  ///   - upstream: `[batch, queries, heads · size]`.
  ///   - shares: What the pass found.
  ///   - gradients: Of query, key and value.
  /// - Returns: The gradient of the softmax' argument, `[batch, heads, queries, keys]`.
  public func pullback(
    _ upstream: Buffer, shares: Buffer, _ query: Side, _ key: Side, _ value: Side,
    into gradients: (query: Side, key: Side, value: Side)
  ) -> Buffer {
    precondition(upstream.count == batch * queries * heads * size, "a gradient for \(self)")
    let width = heads * size
    let given = Side(upstream, pitch: width)
    let slopes = Buffer(count: shares.count)
    for (gradient, places) in [
      (gradients.query, queries), (gradients.key, keys), (gradients.value, keys),
    ] { check(gradient, places: places) }
    forEachHead { item, head in
      let start = (item * heads + head) * queries * keys
      let (own, slope) = (shares.pointer + start, slopes.pointer + start)
      let d = given.pointer(item, head, places: queries, size: size)
      let q = query.pointer(item, head, places: queries, size: size)
      let k = key.pointer(item, head, places: keys, size: size)
      let v = value.pointer(item, head, places: keys, size: size)
      multiply(
        keys, size, queries, own, keys, transposingLeft: true, d, width,
        gradients.value.pointer(item, head, places: keys, size: size), gradients.value.pitch)
      multiply(
        queries, keys, size, d, width, v, value.pitch, transposingRight: true, slope, keys)
      ck_softmax_pullback(slope, own, slope, queries, keys)
      multiply(
        queries, size, keys, slope, keys, k, key.pitch,
        gradients.query.pointer(item, head, places: queries, size: size), gradients.query.pitch,
        scale: scale)
      multiply(
        keys, size, queries, slope, keys, transposingLeft: true, q, query.pitch,
        gradients.key.pointer(item, head, places: keys, size: size), gradients.key.pitch,
        scale: scale)
    }
    return slopes
  }

  private func forEachHead(_ body: (_ item: Int, _ head: Int) -> Void) {
    _ = threadCount  // sets OpenBLAS to one thread
    parallel(batch * heads) { body($0 / heads, $0 % heads) }
  }

  /// `result = scale · left · right`, rows of each so far apart.
  private func multiply(
    _ rows: Int, _ columns: Int, _ inner: Int, _ left: UnsafePointer<Float>, _ leftPitch: Int,
    transposingLeft: Bool = false, _ right: UnsafePointer<Float>, _ rightPitch: Int,
    transposingRight: Bool = false, _ result: UnsafeMutablePointer<Float>, _ pitch: Int,
    scale: Float = 1
  ) {
    cblas_sgemm(
      CblasRowMajor, transposingLeft ? CblasTrans : CblasNoTrans,
      transposingRight ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
      blasint(inner), scale, left, blasint(leftPitch), right, blasint(rightPitch), 0, result,
      blasint(pitch))
  }
}
