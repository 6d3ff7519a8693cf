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
  case flip(axes: [Int])
  /// What items are of and, if the indices were found in a tensor, that.
  case items(Indices, axis: Int)
  /// What is gathered from and, if the indices were found in a tensor, that.
  case gather(Indices, axis: Int)
  /// What is scattered and, if the indices were found in a tensor, that.
  case scatter(Indices, axis: Int)
  /// The largest or the smallest along an axis, which stays as 1.
  case extreme(axis: Int, isLargest: Bool)
  case cumulativeSum(axis: Int)
  /// A mask, what is taken where it is not 0, and what elsewhere; all of one shape.
  case selection
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
  /// ``adaptiveMaxPooled(_:to:)``: the maxima of windows.
  case windowMaxima(rows: [Range<Int>], columns: [Range<Int>])
  /// Each plane between two matrices, and what that means where it has a name of its own.
  case resample(vertical: ResamplingMatrix, horizontal: ResamplingMatrix, meaning: Resampling?)
  /// ``Tensor/mixed(by:)``.
  case mix(Matrix)
  /// ``Tensor/standardized(lastAxes:epsilon:centred:)``.
  case standardize(lastAxes: Int, epsilon: Float, centred: Bool)
  /// ``lstmSteps(_:weight:hidden:cell:reversed:)``: the states, then the last cell as one more step.
  case lstm(reversed: Bool)
  /// ``gruSteps(_:weight:bias:hidden:reversed:)``.
  case gru(reversed: Bool)
  /// Pictures and the grid they are read at.
  case gridSample(GridInterpolation, padding: GridPadding, alignCorners: Bool)
  /// ``Tensor/framed(size:hop:)``.
  case frame(hop: Int)
  /// ``Tensor/overlapAdded(hop:length:)``.
  case overlapAdd(hop: Int)
  case denseBlock(inputs: [Tensor], layers: [DenseLayer], output: DenseOutput)
}

/// An operation as it happened.
///
/// A tensor is known by its buffer and shape: operations that only rename share the buffer.
public struct TracedOperation {
  /// `nil` for one that cannot be told in full.
  public let operation: Operation?
  /// The function of this library that did it.
  public let function: String
  public let inputs: [Tensor]
  public let output: Tensor

  /// Multiplications with addition of a convolution or linear map, as the field counts; 0 of others.
  public var multiplications: Int {
    switch operation {
    case .convolution(let geometry): geometry.multiplications
    case .linear: output.count * (inputs[0].shape.last ?? 0)
    default: 0
    }
  }
}

/// What a task did while it was watched.
public struct TracedRun<Result> {
  public let result: Result
  /// In their order.
  public let operations: [TracedOperation]
  /// The tensors whose values were looked at: what was done with these is not among the operations.
  public let read: [Tensor]
}

/// Runs `body` and writes down the operations of this task in their order.
///
/// Everything that was computed is kept as long as the trace.
public func traced<Result>(_ body: () throws -> Result) rethrows -> TracedRun<Result> {
  let trace = Trace()
  let result = try Trace.$current.withValue(trace, operation: body)
  return TracedRun(result: result, operations: trace.operations, read: trace.read)
}

/// The operations so far; used by one task alone.
final class Trace: @unchecked Sendable {
  @TaskLocal static var current: Trace?

  private(set) var operations: [TracedOperation] = []
  private(set) var read: [Tensor] = []

  func add(_ operation: TracedOperation) { operations.append(operation) }

  func addReading(of tensor: Tensor) { read.append(tensor) }
}
