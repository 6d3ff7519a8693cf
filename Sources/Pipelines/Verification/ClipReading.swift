internal import Media
internal import MediaTypes
internal import QRSteganography

/// The reading of one clip with one model or, until one of them has found something, with two.
///
/// The second model looks at one frame in 25 and at no more than 16 of them.
struct ClipReading {
  private static let secondInterval = 25
  private static let secondLimit = 16

  private var first: (model: StegoModel, search: MarkSearch)
  private var second: (model: StegoModel, search: MarkSearch)?
  private let modelCount: Int
  private(set) var frames = 0

  /// - Parameter models: One or two, the likelier one first.
  init(models: [StegoModel]) {
    first = (models[0], MarkSearch())
    second = models.count > 1 ? (models[1], MarkSearch()) : nil
    modelCount = models.count
  }

  var search: MarkSearch { first.search }
  var model: StegoModel { first.model }
  /// Corrected for the number of models tried.
  var pValue: Double { min(1, first.search.pValue * Double(modelCount)) }

  mutating func add(_ picture: Picture) {
    defer { frames += 1 }
    first.search.add(first.model.softCode(of: picture), frame: frames)
    if first.search.best != nil {
      second = nil
    } else if var other = second, frames % Self.secondInterval == 0,
      other.search.total.frames < Self.secondLimit
    {
      other.search.add(other.model.softCode(of: picture), frame: frames)
      second = other
      if other.search.best != nil {
        first = other
        second = nil
      }
    }
  }

  mutating func finish() {
    first.search.finish()
    if first.search.best == nil, var other = second {
      other.search.finish()
      if other.search.best != nil { first = other }
    }
  }
}
