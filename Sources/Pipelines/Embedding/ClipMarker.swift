internal import Imaging
@_spi(Marking) internal import MediaTypes
internal import QRSteganography

/// Marks the frames of one clip, in their order.
struct ClipMarker {
  private let model: StegoModel
  private let code: QRCode
  private let policy: MarkingPolicy
  private var current: (residual: YUVResidual, origin: YUVPicture, age: Int)?
  /// How many residuals the network has made.
  private(set) var residualCount = 0
  /// The frames marked so far.
  private(set) var statistics = MarkingStatistics()

  init(model: StegoModel, code: QRCode, policy: MarkingPolicy) {
    self.model = model
    self.code = code
    self.policy = policy
  }

  mutating func mark(_ frame: Synthetic<Picture>) -> Marked<Picture> {
    var picture = frame.unmarked
    let residual = residual(for: picture)
    model.placement.mark(&picture, with: residual)
    statistics.count(before: frame.unmarked, after: picture)
    return Marked(picture)
  }

  private mutating func residual(for picture: Picture) -> YUVResidual {
    let reduced = policy.interval > 1 ? model.placement.reduced(picture) : nil
    if let reduced, let current,
      !policy.needsNew(for: reduced, madeFor: current.origin, age: current.age)
    {
      self.current?.age += 1
      return current.residual
    }
    let residual = model.residual(for: picture, code: code)
    residualCount += 1
    if let reduced { current = (residual, reduced, 1) }
    return residual
  }
}
