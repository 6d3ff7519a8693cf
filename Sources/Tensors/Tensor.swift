public import Kernels

/// An n-dimensional array of `Float`s that remembers how it was made.
///
/// The shape is PyTorch's (`[batch, channels, height, width]` for pictures, `[batch, channels,
/// length]` for signals). The memory may be laid out in blocks of channels, which convolutions want;
/// element-wise operations keep the layout, and only what needs plain memory reorders it. Values
/// never change: an operation makes a new tensor.
public struct Tensor {
  /// How the elements stand in memory.
  public enum Layout: Hashable, Sendable {
    /// In the order of the shape.
    case plain
    /// `[batch, channels / lanes, height, width, lanes]`; lanes past the last channel hold no
    /// meaning.
    case blocked
  }

  public let shape: [Int]
  public let layout: Layout
  let storage: Storage
  let node: Node?

  enum Storage {
    case made(Buffer)
    case pending(Pending)
  }

  init(_ buffer: Buffer, shape: [Int], layout: Layout = .plain, node: Node? = nil) {
    self.init(.made(buffer), shape: shape, layout: layout, node: node)
  }

  init(_ pending: Pending, shape: [Int], layout: Layout) {
    self.init(.pending(pending), shape: shape, layout: layout, node: nil)
  }

  private init(_ storage: Storage, shape: [Int], layout: Layout, node: Node?) {
    self.shape = shape
    self.layout = layout
    self.storage = storage
    self.node = node
  }

  /// The memory; shared with whoever else holds this tensor.
  public var buffer: Buffer {
    switch storage {
    case .made(let buffer): buffer
    case .pending(let pending): pending.value
    }
  }

  /// A constant in plain order.
  public init(_ values: [Float], shape: [Int]) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) values do not fill shape \(shape)")
    self.init(Buffer(values), shape: shape)
  }

  /// A constant that takes over a plain buffer.
  public init(taking buffer: Buffer, shape: [Int]) {
    precondition(
      buffer.count == shape.reduce(1, *), "\(buffer.count) values do not fill shape \(shape)")
    self.init(buffer, shape: shape)
  }

  /// A constant of one value.
  public init(repeating value: Float, shape: [Int]) {
    self.init(Buffer(repeating: value, count: shape.reduce(1, *)), shape: shape)
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The elements in the order of the shape.
  public var array: [Float] {
    Trace.current?.addReading(of: self)
    return plainBuffer.array
  }

  /// The only element of a tensor of one.
  public var scalar: Float {
    precondition(count == 1, "a tensor of shape \(shape) is no scalar")
    Trace.current?.addReading(of: self)
    return plainBuffer[0]
  }

  /// The same values without their history.
  public var detached: Tensor { Tensor(storage, shape: shape, layout: layout, node: nil) }

  /// The same values as a new starting point, with respect to which gradients can be asked for.
  public var variable: Tensor {
    Tensor(buffer, shape: shape, layout: layout, node: Node(inputs: []) { _ in [] })
  }

  var plainBuffer: Buffer {
    guard layout == .blocked else { return buffer }
    return buffer.unblocked(
      batch: shape[0], channels: shape[1], pixels: shape[2...].reduce(1, *))
  }

  /// The same tensor in plain order.
  public var plain: Tensor {
    guard layout == .blocked else { return self }
    return Tensor.recorded(plainBuffer, shape: shape, from: [self], as: .same) { [$0] }
  }

  /// The same batch of pictures or signals in blocks of channels.
  public var blocked: Tensor {
    guard layout == .plain else { return self }
    precondition(shape.count >= 3, "only pictures and signals are blocked, not \(shape)")
    let blocked = buffer.blocked(
      batch: shape[0], channels: shape[1], pixels: shape[2...].reduce(1, *))
    return Tensor.recorded(
      blocked, shape: shape, layout: .blocked, from: [self], as: .same
    ) { [$0] }
  }

  /// The same tensor in the layout of another.
  func laid(as other: Tensor) -> Tensor { other.layout == .plain ? plain : blocked }
}
