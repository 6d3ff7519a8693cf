internal import CKernels

/// Channels per block of a blocked picture on this processor: 16 with AVX-512, else 8.
public let channelLanes = Int(ck_lanes())

/// The number of floats of a blocked picture batch `[batch, channels / lanes, height, width,
/// lanes]`.
public func blockedCount(batch: Int, channels: Int, height: Int, width: Int) -> Int {
  batch * ((channels + channelLanes - 1) / channelLanes) * channelLanes * height * width
}

/// The sizes of a two-dimensional convolution, or of the convolution that a transposed one reverses
/// in space.
///
/// For a transposed convolution `input` is still what is given and `output` what is made; strides
/// then enlarge.
public struct ConvolutionGeometry: Hashable, Sendable {
  public var batch: Int
  public var inputChannels, inputHeight, inputWidth: Int
  public var outputChannels, outputHeight, outputWidth: Int
  public var kernelHeight, kernelWidth: Int
  public var strideHeight = 1
  public var strideWidth = 1
  public var dilationHeight = 1
  public var dilationWidth = 1
  public var paddingTop = 0
  public var paddingLeft = 0
  public var groups = 1
  public var isTransposed = false
  /// Whether the source is plain, `[batch, channels, height, width]`; see ``canReadPlain``.
  public var sourceIsPlain = false
  /// Whether source and result are `[batch, height, width, channels]`, inside of this module.
  var isChannelsLast = false

  public init(
    batch: Int, inputChannels: Int, inputHeight: Int, inputWidth: Int, outputChannels: Int,
    outputHeight: Int, outputWidth: Int, kernelHeight: Int, kernelWidth: Int
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.outputChannels = outputChannels
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
  }

  /// What the bottom needs so that the output has its height; may be less than nothing, where rows
  /// are left unread.
  var paddingBottom: Int {
    isTransposed
      ? (inputHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1 - paddingTop
        - outputHeight
      : (outputHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1 - paddingTop
        - inputHeight
  }

  var paddingRight: Int {
    isTransposed
      ? (inputWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1 - paddingLeft
        - outputWidth
      : (outputWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1 - paddingLeft
        - inputWidth
  }

  /// Multiplications with addition of one pass.
  public var multiplications: Int {
    let area = isTransposed ? inputHeight * inputWidth : outputHeight * outputWidth
    return batch * area * kernelHeight * kernelWidth * inputChannels / groups * outputChannels
  }

  /// Whether a plain source is read as fast as a blocked one: where it has so few channels that most
  /// lanes of a block would be empty.
  public var canReadPlain: Bool {
    inputChannels <= 3 && groups == 1 && !isTransposed && !isSignal && dilationHeight == 1
      && dilationWidth == 1
  }

  var inputCount: Int {
    sourceIsPlain || isChannelsLast
      ? batch * inputChannels * inputHeight * inputWidth
      : blockedCount(
        batch: batch, channels: inputChannels, height: inputHeight, width: inputWidth)
  }
  /// Floats of a result.
  public var resultCount: Int { outputCount }

  var outputCount: Int {
    isChannelsLast
      ? batch * outputChannels * outputHeight * outputWidth
      : blockedCount(
        batch: batch, channels: outputChannels, height: outputHeight, width: outputWidth)
  }
  var weightCount: Int {
    inputChannels / groups * outputChannels * kernelHeight * kernelWidth
  }
}
