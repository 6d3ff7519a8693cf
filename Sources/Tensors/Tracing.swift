public import Kernels

/// What an operation does, for those who write a computation down in another form.
///
/// What shapes say, such as the target of a reshape, is not repeated here.
public enum Operation {
  /// Another layout of the same tensor.
  case same
  case elementwise(ElementwiseFunction)
  case joining(Buffer.Joining)
  case affine(scale: Float, shift: Float)
  case log
  case power(Float)
  case clamp(ClosedRange<Float>)
  /// Repeated along axes of 1.
  case expand
  /// Added up along the axes that the result lacks or has as 1.
  case sum
  case reshape
  case permute([Int])
  case slice(Range<Int>, axis: Int)
  case concatenate(axis: Int)
  case items([Int], axis: Int)
  case matrixProduct(transposingLeft: Bool, transposingRight: Bool)
  /// A matrix, its weight, its bias: ``linear(_:weight:bias:)``.
  case linear
  /// Along the last axis.
  case softmax
  /// Along the last axis.
  case logSoftmax
  /// What is convolved, the weight and, if there is one, the bias.
  case convolution(ConvolutionGeometry)
  case maxPool(kernel: Extent, stride: Extent, padding: Extent, ceilMode: Bool)
  case denseBlock(inputs: [Tensor], layers: [DenseLayer], output: DenseOutput)
}

/// An operation as it happened.
///
/// A tensor is known by its buffer and shape: operations that only rename share the buffer.
public struct TracedOperation {
  /// `nil` for one that has no name.
  public let operation: Operation?
  public let inputs: [Tensor]
  public let output: Tensor
}

/// Runs `body` and writes down the operations of this task in their order.
///
/// Everything that was computed is kept as long as the trace.
public func traced<Result>(
  _ body: () throws -> Result
) rethrows -> (result: Result, operations: [TracedOperation]) {
  let trace = Trace()
  let result = try Trace.$current.withValue(trace, operation: body)
  return (result, trace.operations)
}

/// The operations so far; used by one task alone.
final class Trace: @unchecked Sendable {
  @TaskLocal static var current: Trace?

  private(set) var operations: [TracedOperation] = []

  func add(_ operation: TracedOperation) { operations.append(operation) }
}
