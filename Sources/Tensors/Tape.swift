internal import Kernels
internal import Synchronization

/// One operation of the tape: what it was made from, and how a gradient of its result goes back to
/// that.
///
/// Pullbacks are written in tensor operations, so a gradient that is itself recorded can be
/// differentiated again; fused ones then give way to what `pulledBack` finds.
final class Node {
  let inputs: [Node?]
  let pullback: (Tensor) -> [Tensor?]
  /// Operations are numbered as they happen, so that a result always has a higher number than its
  /// inputs.
  let number: Int
  /// Whether the gradient that is being found wants something that this was made from; `true`
  /// between gradients.
  fileprivate(set) var isWanted = true

  private static let counter = Atomic<Int>(0)

  init(inputs: [Node?], pullback: @escaping (Tensor) -> [Tensor?]) {
    self.inputs = inputs
    self.pullback = pullback
    number = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }
}

/// Whether operations are written down.
enum Recording {
  @TaskLocal static var isOn = true
}

/// Runs `body` without writing its operations down: for inference, which then keeps no intermediate
/// values.
///
/// Element-wise operations are taken together with the convolution before them, when their result is
/// read. Buffers that `body` did not make must not be changed in place while it runs.
public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
  let putOff = PutOff()
  defer { putOff.make() }
  return try Recording.$isOn.withValue(false) {
    try PutOff.$current.withValue(putOff, operation: body)
  }
}

/// Runs `body`, such as a model's pass, and stops it between two operations when its task is
/// cancelled.
///
/// Operations that come after a cancellation compute nothing, so that `body` runs to its end at
/// once, on tensors of the right shapes that hold nothing of meaning; then all is thrown away.
/// `body` may not keep anything that it makes of tensors: no running statistics, no caches.
///
/// - Throws: `CancellationError` if the task is cancelled before `body` has ended; else what `body`
///   throws.
public func cancellable<Output>(_ body: () throws -> Output) throws -> Output {
  try Task.checkCancellation()
  let outcome = Result { try leavingOutCancelledWork(body) }
  try Task.checkCancellation()
  return try outcome.get()
}

/// Runs `body` and keeps only its result; what its gradient needs besides is computed again when the
/// gradient comes.
///
/// Source: Chen et al. 2016, arXiv:1604.06174, section 3.
///
/// - Parameters:
///   - inputs: What `body` is given; other tensors with a history that it reads must be among
///     `parameters`.
///   - parameters: Variables that `body` reads by itself.
///   - body: Gives the same for the same inputs; is run a second time.
public func recomputed(
  _ inputs: [Tensor], parameters: [Tensor], _ body: @escaping ([Tensor]) -> Tensor
) -> Tensor {
  let result = withoutRecording { body(inputs.map(\.detached)) }
  return Tensor.recorded(
    result.buffer, shape: result.shape, layout: result.layout, from: inputs + parameters
  ) { pulledBack($0, through: body, to: inputs, and: parameters) }
}

/// The pullback of an operation by running it, or the same in other operations, with a tape of its
/// own.
///
/// - Parameters:
///   - inputs: What `body` is given.
///   - parameters: What it reads besides.
/// - Returns: The gradients of the inputs, then of the parameters; `nil` for what is not wanted.
func pulledBack(
  _ upstream: Tensor, through body: ([Tensor]) -> Tensor, to inputs: [Tensor],
  and parameters: [Tensor] = []
) -> [Tensor?] {
  // A gradient that is differentiated in turn must keep the history of the inputs. It ends at them
  // all the same: one may be made from another, or be the same.
  let isRecording = Recording.isOn
  let given = inputs.map {
    isRecording ? $0.alias : $0.isTracked ? $0.variable : $0.detached
  }
  let sources = given + parameters
  let wanted = zip(sources, inputs + parameters).filter(\.1.isTracked).map(\.0)
  let result = Recording.$isOn.withValue(true) { body(given) }
  var found = gradients(
    of: result, upstream: upstream, with: wanted, recording: isRecording, endingAt: sources)[...]
  return (inputs + parameters).map { $0.isTracked ? found.removeFirst() : nil }
}

extension Tensor {
  /// Whether the tensor has a history; in a pullback, whether its gradient is wanted.
  var isTracked: Bool { node?.isWanted ?? false }

  /// The same tensor, one step further from its beginning.
  fileprivate var alias: Tensor {
    Tensor.recorded(buffer, shape: shape, layout: layout, from: [self], as: .same) { [$0] }
  }

  /// The result of an operation, with its pullback if any input has a history.
  ///
  /// - Parameters:
  ///   - operation: What a trace calls it.
  ///   - named: What that operation works on, where it is not `inputs`.
  ///   - pullback: Maps the gradient of the result to those of the inputs, in order; `nil` where
  ///     there is none.
  static func recorded(
    _ buffer: Buffer, shape: [Int], layout: Layout = .plain, from inputs: [Tensor],
    as operation: Operation? = nil, of named: [Tensor]? = nil, function: String = #function,
    pullback: @escaping (Tensor) -> [Tensor?]
  ) -> Tensor {
    var node: Node?
    if Recording.isOn, inputs.contains(where: { $0.node != nil }) {
      node = Node(inputs: inputs.map(\.node), pullback: pullback)
    }
    let result = Tensor(buffer, shape: shape, layout: layout, node: node)
    Trace.current?.add(
      TracedOperation(
        operation: operation, function: function, inputs: named ?? inputs, output: result))
    return result
  }

  /// An operation of the caller's own.
  ///
  /// - Parameter pullback: Maps the gradient of the result, plain, to those of the inputs, in
  ///   order.
  public static func custom(
    _ result: Tensor, from inputs: [Tensor], function: String = #function,
    pullback: @escaping (Tensor) -> [Tensor?]
  ) -> Tensor {
    recorded(
      result.buffer, shape: result.shape, layout: result.layout, from: inputs, function: function
    ) { pullback($0.plain) }
  }
}

/// The gradients of a scalar with respect to variables; zeros for one that it does not depend on.
///
/// - Parameters:
///   - upstream: The gradient of `result`, where it is no scalar; its own shape.
///   - recording: Whether the gradients can be differentiated in turn.
public func gradients(
  of result: Tensor, upstream: Tensor? = nil, with variables: [Tensor], recording: Bool = false
) -> [Tensor] {
  gradients(of: result, upstream: upstream, with: variables, recording: recording, endingAt: [])
}

/// - Parameter ends: What gradients are not followed beyond.
private func gradients(
  of result: Tensor, upstream: Tensor?, with variables: [Tensor], recording: Bool,
  endingAt ends: [Tensor]
) -> [Tensor] {
  precondition(
    upstream != nil || result.count == 1, "the gradient of \(result.shape) wants an upstream one")
  return Recording.$isOn.withValue(recording) {
    let wanted = Set(variables.compactMap { $0.node.map(ObjectIdentifier.init) })
    let ends = Set(ends.compactMap { $0.node.map(ObjectIdentifier.init) })
    var found: [ObjectIdentifier: Tensor] = [:]
    guard let root = result.node else { return variables.map(zeros) }
    found[ObjectIdentifier(root)] = upstream ?? Tensor(repeating: 1, shape: result.shape)
    let history = history(of: root, endingAt: ends)
    let before = history.map(\.node.isWanted)  // within the pullback of another gradient, not all
    for (node, inputs) in history.reversed() {
      node.isWanted =
        wanted.contains(ObjectIdentifier(node)) || inputs.contains { $0?.isWanted ?? false }
    }
    defer { for ((node, _), wasWanted) in zip(history, before) { node.isWanted = wasWanted } }
    for (node, inputs) in history where node.isWanted {
      let key = ObjectIdentifier(node)
      guard let gradient = found[key] else { continue }
      if !wanted.contains(key) { found[key] = nil }
      guard inputs.contains(where: { $0?.isWanted ?? false }) else { continue }
      for (input, part) in zip(inputs, node.pullback(gradient)) {
        guard let input, input.isWanted, let part else { continue }
        let inputKey = ObjectIdentifier(input)
        found[inputKey] = found[inputKey].map { $0 + part } ?? part
      }
    }
    return variables.map { variable in
      variable.node.flatMap { found[ObjectIdentifier($0)] } ?? zeros(like: variable)
    }
  }
}

private func zeros(like tensor: Tensor) -> Tensor { Tensor(repeating: 0, shape: tensor.shape) }

/// Every operation that `root` depends on with what it was made from, latest first; nothing for those
/// that are ends.
private func history(
  of root: Node, endingAt ends: Set<ObjectIdentifier>
) -> [(node: Node, inputs: [Node?])] {
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  func entry(_ node: Node) -> (node: Node, inputs: [Node?]) {
    (node, ends.contains(ObjectIdentifier(node)) ? [] : node.inputs)
  }
  var all = [entry(root)]
  var next = 0
  while next < all.count {
    for case let input? in all[next].inputs where seen.insert(ObjectIdentifier(input)).inserted {
      all.append(entry(input))
    }
    next += 1
  }
  return all.sorted { $0.node.number > $1.node.number }
}
