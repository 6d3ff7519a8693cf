internal import Foundation
public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// A detector of faces by three networks in turn, with five points for each.
///
/// Source: Zhang et al. 2016, "Joint face detection and alignment using multi-task cascaded
/// convolutional networks", arXiv:1604.02878; every number as in facenet-pytorch 2.6.0, whose
/// weights it takes and whose boxes and points it gives.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct MTCNN: @unchecked Sendable {
  /// What is looked for.
  public struct Settings: Hashable, Sendable {
    /// The smallest face, in samples; time falls with its square.
    public var minimumSize: Double
    /// From one size looked for to the next.
    public var factor: Double
    /// The least probability that each network lets through.
    public var thresholds: [Float]

    public init(
      minimumSize: Double = 20, factor: Double = 0.709, thresholds: [Float] = [0.6, 0.7, 0.7]
    ) {
      precondition(thresholds.count == 3, "a threshold for each of three networks")
      self.minimumSize = minimumSize
      self.factor = factor
      self.thresholds = thresholds
    }
  }

  /// The weights' files in a folder, one for each network.
  public static let fileNames = ["mtcnn-pnet.pt", "mtcnn-rnet.pt", "mtcnn-onet.pt"]

  public var settings: Settings
  private let proposal = ProposalNetwork()
  private let refinement = RefinementNetwork()
  private let output = OutputNetwork()

  /// - Parameter folder: Holds ``fileNames``.
  public init(weightsFolder folder: String, settings: Settings = Settings()) throws(WeightError) {
    self.settings = settings
    try Self.load(proposal, "\(folder)/\(Self.fileNames[0])", ProposalNetwork.renaming)
    try Self.load(refinement, "\(folder)/\(Self.fileNames[1])", RefinementNetwork.renaming)
    try Self.load(output, "\(folder)/\(Self.fileNames[2])", OutputNetwork.renaming)
  }

  private static func load(
    _ module: some Module, _ path: String, _ renaming: Renaming
  ) throws(WeightError) {
    let (arrays, _) = renaming.renamed(try Checkpoint(path: path).arrays)
    try module.load(arrays, from: path)
  }

  /// All faces, surest first.
  ///
  /// - Parameter picture: Red, green and blue in 0…1.
  public func faces(in picture: Raster) -> [Face] {
    withoutRecording {
      let crops = AreaCrops(picture)
      return finished(refined(proposals(crops), crops), crops)
    }
  }

  /// The faces in windows where faces are supposed, for instance those of the frame before.
  ///
  /// Takes a small part of the time of ``faces(in:)``, and finds none elsewhere.
  public func faces(in picture: Raster, near boxes: [FaceBox]) -> [Face] {
    withoutRecording {
      let windows = boxes.map { box in
        FaceCandidate(
          left: Float(box.left), top: Float(box.top), right: Float(box.right),
          bottom: Float(box.bottom), score: 1
        ).squared
      }
      return finished(windows, AreaCrops(picture))
    }
  }

  private func proposals(_ crops: AreaCrops) -> [FaceCandidate] {
    var scale = 12 / settings.minimumSize
    var side = Double(min(crops.width, crops.height)) * scale
    var found: [FaceCandidate] = []
    while side >= 12 {
      let (score, box) = proposal(crops.whole(scale: scale))
      found += candidates(score, box, scale: Float(scale)).suppressed(limit: 0.5)
      scale *= settings.factor
      side *= settings.factor
    }
    return found.suppressed(limit: 0.7).map { $0.shifted(extra: 0).squared }
  }

  private func candidates(_ score: Tensor, _ box: Tensor, scale: Float) -> [FaceCandidate] {
    let (rows, columns) = (score.shape[2], score.shape[3])
    let (scores, shifts) = (score.array, box.array)
    let area = rows * columns
    return (0..<area).compactMap { place in
      let probability = scores[area + place]
      guard probability >= settings.thresholds[0] else { return nil }
      let (x, y) = (Float(place % columns), Float(place / columns))
      return FaceCandidate(
        left: ((2 * x + 1) / scale).rounded(.down), top: ((2 * y + 1) / scale).rounded(.down),
        right: ((2 * x + 12) / scale).rounded(.down),
        bottom: ((2 * y + 12) / scale).rounded(.down), score: probability,
        shift: SIMD4((0..<4).map { shifts[$0 * area + place] }))
    }
  }

  private func refined(_ windows: [FaceCandidate], _ crops: AreaCrops) -> [FaceCandidate] {
    judged(windows, crops, side: 24, threshold: settings.thresholds[1]) { pictures in
      let (score, box) = refinement(pictures)
      return (score, box, nil)
    }.suppressed(limit: 0.7).map { $0.shifted(extra: 1).squared }
  }

  private func finished(_ windows: [FaceCandidate], _ crops: AreaCrops) -> [Face] {
    let found = judged(windows, crops, side: 48, threshold: settings.thresholds[2]) { pictures in
      let (score, box, points) = output(pictures)
      return (score, box, points)
    }
    let kept = found.map { $0.shifted(extra: 1) }.suppressed(
      limit: 0.7, ofSmaller: true, extra: 1)
    return kept.map { window in
      Face(
        box: FaceBox(
          left: Double(window.left), top: Double(window.top), right: Double(window.right),
          bottom: Double(window.bottom)),
        score: window.score,
        points: window.points.map { Point(x: Double($0.x), y: Double($0.y)) })
    }
  }

  /// The windows that a network lets through, with what it says of them.
  private func judged(
    _ windows: [FaceCandidate], _ crops: AreaCrops, side: Int, threshold: Float,
    _ network: (Tensor) -> (score: Tensor, box: Tensor, points: Tensor?)
  ) -> [FaceCandidate] {
    let windows = windows.filter(crops.holds)
    var found: [FaceCandidate] = []
    var start = 0
    while start < windows.count {
      // Few sizes of batches, since the engine prepares for each.
      let room = min(64, 1 << (Int.bitWidth - (windows.count - start - 1).leadingZeroBitCount))
      let batch = Array(windows[start..<min(start + room, windows.count)])
      let (score, box, points) = network(crops.batch(batch, room: room, side: side))
      let (scores, shifts, places) = (score.array, box.array, points?.array)
      for (index, window) in batch.enumerated() where scores[2 * index + 1] > threshold {
        var window = window
        window.score = scores[2 * index + 1]
        window.shift = SIMD4(shifts[4 * index..<4 * index + 4])
        if let places {
          let (width, height) = (
            window.right - window.left + 1, window.bottom - window.top + 1
          )
          window.points = (0..<5).map { point in
            (
              x: width * places[10 * index + point] + window.left - 1,
              y: height * places[10 * index + 5 + point] + window.top - 1
            )
          }
        }
        found.append(window)
      }
      start += room
    }
    return found
  }
}
