internal import Kernels

/// Two lengths, along the height and the width of a picture: of a kernel, a step, a result.
///
/// A literal stands for both. Operations that also take signals, `[batch, channels, length]`, see
/// them as pictures of one row and read the width alone.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public var height, width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public init(_ both: Int) { self.init(height: both, width: both) }

  public init(integerLiteral value: Int) { self.init(value) }
}

/// Rows and columns around a picture, or samples before and after a signal, which has only left and
/// right.
///
/// A literal stands for all sides. Less than 0 leaves rows or columns out.
public struct Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public var top, left, bottom, right: Int

  public init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// As much before as after.
  public init(_ extent: Extent) {
    self.init(
      top: extent.height, left: extent.width, bottom: extent.height, right: extent.width)
  }

  public init(_ all: Int) { self.init(Extent(all)) }

  public init(integerLiteral value: Int) { self.init(value) }
}

extension Tensor {
  private var isSignal: Bool { shape.count == 3 }

  /// The height and width of a batch of pictures or signals, or of a convolution's weight.
  public var extent: Extent {
    precondition(
      shape.count == 3 || shape.count == 4, "\(shape) is neither of pictures nor of signals")
    return Extent(height: isSignal ? 1 : shape[2], width: shape[shape.count - 1])
  }

  /// The shape with other channels and sizes.
  func shape(channels: Int, _ extent: Extent) -> [Int] {
    [shape[0], channels] + (isSignal ? [extent.width] : [extent.height, extent.width])
  }

  /// Lengths that may have been given as a literal, without a height where there is none.
  func applicable(_ extent: Extent, otherwise none: Int = 1) -> Extent {
    Extent(height: isSignal ? none : extent.height, width: extent.width)
  }

  func applicable(_ padding: Padding) -> Padding {
    isSignal ? Padding(left: padding.left, right: padding.right) : padding
  }

  /// Channels per plane in memory.
  var lanes: Int { layout == .blocked ? channelLanes : 1 }
}
