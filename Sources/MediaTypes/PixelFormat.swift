/// How a picture's samples are kept: always one plane per component.
public struct PixelFormat: Hashable, Sendable {
  /// The components, in the order of the planes; alpha, if any, is the last plane.
  public enum Model: Sendable {
    case gray
    case yuv
    case rgb
  }

  public var model: Model
  /// Base-2 logarithm of how many luma columns share one chroma sample; 0 unless `model` is `yuv`.
  public var chromaShiftX: Int
  /// Base-2 logarithm of how many luma rows share one chroma sample; 0 unless `model` is `yuv`.
  public var chromaShiftY: Int
  /// Significant bits per sample, 8 to 16; more than 8 are stored in `UInt16`, right-aligned.
  public var bitDepth: Int
  public var hasAlpha: Bool

  public init(
    model: Model, chromaShiftX: Int = 0, chromaShiftY: Int = 0, bitDepth: Int = 8,
    hasAlpha: Bool = false
  ) {
    precondition((8...16).contains(bitDepth), "a bit depth of \(bitDepth) is not kept")
    self.model = model
    self.chromaShiftX = model == .yuv ? chromaShiftX : 0
    self.chromaShiftY = model == .yuv ? chromaShiftY : 0
    self.bitDepth = bitDepth
    self.hasAlpha = hasAlpha
  }

  public static let gray8 = PixelFormat(model: .gray)
  public static let rgb8 = PixelFormat(model: .rgb)
  public static let rgba8 = PixelFormat(model: .rgb, hasAlpha: true)
  public static let yuv420 = PixelFormat(model: .yuv, chromaShiftX: 1, chromaShiftY: 1)
  public static let yuv422 = PixelFormat(model: .yuv, chromaShiftX: 1)
  public static let yuv444 = PixelFormat(model: .yuv)
  public static let yuv420Deep10 = PixelFormat(
    model: .yuv, chromaShiftX: 1, chromaShiftY: 1, bitDepth: 10)

  /// Planes of colour, without alpha.
  public var colorPlaneCount: Int { model == .gray ? 1 : 3 }
  public var planeCount: Int { colorPlaneCount + (hasAlpha ? 1 : 0) }
  /// The largest sample value, `2^bitDepth − 1`.
  public var maximum: Int { (1 << bitDepth) - 1 }

  /// Whether plane `index` holds subsampled colour differences.
  public func isChroma(plane index: Int) -> Bool { model == .yuv && (index == 1 || index == 2) }

  /// The size of plane `index` in a picture of `width` × `height`: chroma is rounded up.
  public func planeSize(_ index: Int, width: Int, height: Int) -> (width: Int, height: Int) {
    guard isChroma(plane: index) else { return (width, height) }
    return (
      (width + (1 << chromaShiftX) - 1) >> chromaShiftX,
      (height + (1 << chromaShiftY) - 1) >> chromaShiftY
    )
  }
}
