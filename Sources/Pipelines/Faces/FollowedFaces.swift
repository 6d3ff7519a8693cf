internal import Faces
internal import Imaging
internal import MediaTypes

/// The faces that are meant, from frame to frame of a film; a still is a film of one frame.
struct FollowedFaces: Sendable {
  /// What there is in one frame.
  struct Frame: Sendable {
    /// Those that are meant, in the order in which they came up.
    let faces: [TrackedFace]
    /// Red, green and blue, upright.
    let colors: Raster
    /// Seconds since the frame before.
    let interval: Double
    /// Whether the film or a shot of it begins here.
    let beginsShot: Bool
  }

  private let kind: MediaKind
  private let choice: FaceChoice
  private let detector: MTCNN
  private var follower: FaceFollower?
  private var cuts = CutDetector()
  private var time: Double?
  /// The identities that are meant, unless all are.
  private var chosen: Set<Int> = []

  /// - Parameters:
  ///   - kind: In films, faces below a twentieth of the shorter side are not looked for, in stills
  ///     those below a fortieth.
  ///   - choice: In a film it holds for as long as one of the chosen faces is followed.
  init(in kind: MediaKind, choice: FaceChoice, detector: MTCNN) {
    self.kind = kind
    self.choice = choice
    self.detector = detector
  }

  /// The faces of the next frame.
  mutating func next(_ picture: Picture) -> Frame {
    let now = picture.timestamp?.seconds
    var interval = 0.04
    if let now, let time, now > time { interval = now - time }
    time = now
    var follower =
      self.follower
      ?? FaceFollower(
        detector: Self.adapted(
          detector, to: kind, width: picture.width, height: picture.height))
    let isCut = cuts.isCut(to: picture)
    if isCut { follower.reset() }
    let colors = Raster(rgb: picture)
    let faces = follower.faces(in: colors, interval: interval)
    let beginsShot = isCut || self.follower == nil
    self.follower = follower
    return Frame(
      faces: meant(faces, in: colors), colors: colors,
      interval: interval, beginsShot: beginsShot)
  }

  /// A detector that looks for faces of the sizes that count in pictures of some size.
  static func adapted(
    _ detector: MTCNN, to kind: MediaKind, width: Int, height: Int
  ) -> MTCNN {
    var detector = detector
    let side = Double(min(width, height))
    detector.settings.minimumSize = max(20, side / (kind == .still ? 40 : 20))
    return detector
  }

  private mutating func meant(_ faces: [TrackedFace], in colors: Raster) -> [TrackedFace] {
    if case .all = choice.selection { return faces }
    let followed = faces.filter { chosen.contains($0.identity) }
    guard followed.isEmpty else { return followed }
    let found = choice.chosen(from: faces.map(\.face), in: colors)
    let meant = faces.filter { found.contains($0.face) }
    chosen = Set(meant.map(\.identity))
    return meant
  }
}
