internal import Imaging

/// A face that is followed over frames.
public struct TrackedFace: Hashable, Sendable {
  /// The same in every frame; never given to another face.
  public let identity: Int
  /// With box and points smoothed over time.
  public var face: Face
  /// Whether the face was found in this frame, or is where its motion lets it be supposed.
  public var isFound: Bool
}

/// Gives the faces of successive frames identities, and smooths where they are.
///
/// A face is expected where its motion carries it and assigned to the found face that overlaps most
/// with that, over all faces together; so two faces that cross keep theirs. One that is not found
/// goes on for a while. A cut ends all.
public struct FaceTracker: Sendable {
  /// What is taken for the same face.
  public struct Settings: Hashable, Sendable {
    /// The least overlap of a found box with the expected one.
    public var leastOverlap: Double
    /// For how many seconds a face that is not found is still expected.
    public var patience: Double
    /// How much embeddings count beside overlap, where faces have some.
    public var identityWeight: Double
    public var smoothing: OneEuroFilter.Settings

    public init(
      leastOverlap: Double = 0.2, patience: Double = 0.5, identityWeight: Double = 1,
      smoothing: OneEuroFilter.Settings = .init()
    ) {
      self.leastOverlap = leastOverlap
      self.patience = patience
      self.identityWeight = identityWeight
      self.smoothing = smoothing
    }
  }

  private let settings: Settings
  private var tracks: [Track] = []
  private var nextIdentity = 0

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  private struct Track: Sendable {
    let identity: Int
    var face: Face
    /// In samples per second.
    var velocity = Point(x: 0, y: 0)
    var growth = 0.0
    var embedding: FaceEmbedding?
    var missed = 0.0
    var smoother: PointSmoother
    var shown: Face

    /// The box that motion carries on for some seconds.
    func expected(after interval: Double) -> FaceBox {
      let center = face.box.center + interval * velocity
      let scale = max(0.5, min(2, 1 + growth * interval))
      let (width, height) = (scale * face.box.width / 2, scale * face.box.height / 2)
      return FaceBox(
        left: center.x - width, top: center.y - height, right: center.x + width,
        bottom: center.y + height)
    }
  }

  /// The boxes in which the faces of the next frame are supposed, for
  /// ``MTCNN/faces(in:near:)``.
  public func expectedBoxes(after interval: Double) -> [FaceBox] {
    tracks.map { $0.expected(after: interval + $0.missed) }
  }

  /// Forgets all faces, at a cut; identities go on.
  public mutating func reset() { tracks = [] }

  /// Takes the faces found in a frame.
  ///
  /// - Parameters:
  ///   - embeddings: One for each face, or none.
  ///   - interval: Seconds since the frame before.
  /// - Returns: All faces that are followed, in the order in which they came up.
  public mutating func update(
    _ faces: [Face], embeddings: [FaceEmbedding] = [], interval: Double
  ) -> [TrackedFace] {
    precondition(
      embeddings.isEmpty || embeddings.count == faces.count, "an embedding for each face")
    let expected = expectedBoxes(after: interval)
    let costs = tracks.indices.map { track in
      faces.indices.map { face in
        cost(
          tracks[track], expected[track], faces[face], embeddings.isEmpty ? nil : embeddings[face])
      }
    }
    var isTaken = [Bool](repeating: false, count: faces.count)
    var isFound = [Bool](repeating: false, count: tracks.count)
    for (track, face) in assignment(costs, limit: 1 - settings.leastOverlap) {
      isTaken[face] = true
      isFound[track] = true
      follow(track, faces[face], embeddings.isEmpty ? nil : embeddings[face], interval)
    }
    for track in tracks.indices where !isFound[track] { tracks[track].missed += interval }
    var shown: [TrackedFace] = []
    for (track, isFound) in zip(tracks, isFound) where track.missed <= settings.patience {
      var face = track.shown
      if !isFound { face.move(by: track.missed * track.velocity) }
      shown.append(TrackedFace(identity: track.identity, face: face, isFound: isFound))
    }
    tracks.removeAll { $0.missed > settings.patience }
    for (index, face) in faces.enumerated() where !isTaken[index] {
      begin(face, embeddings.isEmpty ? nil : embeddings[index])
      shown.append(TrackedFace(identity: nextIdentity - 1, face: face, isFound: true))
    }
    return shown
  }

  /// 0 for the expected box and person; above the limit for boxes apart.
  private func cost(
    _ track: Track, _ expected: FaceBox, _ face: Face, _ embedding: FaceEmbedding?
  ) -> Double {
    let overlap = expected.overlap(with: face.box)
    guard overlap >= settings.leastOverlap else { return 9 }
    guard let known = track.embedding, let embedding else { return 1 - overlap }
    let strangeness = max(0, 1 - known.similarity(to: embedding)) / 2
    return (1 - overlap + settings.identityWeight * strangeness) / (1 + settings.identityWeight)
  }

  private mutating func begin(_ face: Face, _ embedding: FaceEmbedding?) {
    var smoother = PointSmoother(settings.smoothing)
    _ = smoother(face.corners + face.points, size: max(1, face.box.width), interval: 0)
    tracks.append(
      Track(
        identity: nextIdentity, face: face, embedding: embedding, smoother: smoother, shown: face))
    nextIdentity += 1
  }

  private mutating func follow(
    _ index: Int, _ face: Face, _ embedding: FaceEmbedding?, _ interval: Double
  ) {
    var track = tracks[index]
    let elapsed = interval + track.missed
    if elapsed > 0 {
      let moved = (1 / elapsed) * (face.box.center - track.face.box.center)
      track.velocity = 0.5 * (track.velocity + moved)
      let grown = (face.box.width / max(1, track.face.box.width) - 1) / elapsed
      track.growth = 0.5 * (track.growth + grown)
    }
    let smoothed = track.smoother(
      face.corners + face.points, size: max(1, face.box.width), interval: elapsed)
    track.shown = Face(
      box: FaceBox(
        left: smoothed[0].x, top: smoothed[0].y, right: smoothed[1].x, bottom: smoothed[1].y),
      score: face.score, points: Array(smoothed[2...]))
    track.face = face
    track.missed = 0
    if let embedding { track.embedding = embedding }
    tracks[index] = track
  }
}

extension Face {
  /// The upper left and the lower right corner of the box.
  fileprivate var corners: [Point] {
    [Point(x: box.left, y: box.top), Point(x: box.right, y: box.bottom)]
  }

  fileprivate mutating func move(by step: Point) {
    box = FaceBox(
      left: box.left + step.x, top: box.top + step.y, right: box.right + step.x,
      bottom: box.bottom + step.y)
    points = points.map { $0 + step }
  }
}
