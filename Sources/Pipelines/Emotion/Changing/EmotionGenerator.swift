internal import Emotion
internal import Faces
internal import Imaging
internal import MediaTypes

/// Gives the faces in frames another emotion.
///
/// What the network changes in a small crop is enlarged and added to the luma of the frame, within a
/// soft mask: skin keeps its colour, and hair and pores their detail. Over a film, points, masks and
/// differences are smoothed in time, and the change of a face that comes or goes is faded.
struct EmotionGenerator: FrameGenerator {
  /// What is known of a face from the frames before.
  private struct History: Sendable {
    /// How much of the change shows, 0…1.
    var presence: Float
    /// What the network adds to luma.
    var difference: Raster?
  }

  /// Samples of a mask and of an enlarged difference per sample of the network's crop.
  private static let enlargement = 4
  /// In seconds: what differences are smoothed over.
  private static let memory = 0.08
  /// In seconds: how long a face takes to come or to go.
  private static let fading = 0.2

  private let input: String
  private let changer: EmotionChanger
  private let wanted: Int
  private let strength: Float
  private var faces: FollowedFaces
  private var masks: FaceMasks
  private var histories: [Int: History] = [:]
  /// Frames in which a face was found.
  private(set) var framesWithFaces = 0
  /// The faces found, each counted once however long it is followed.
  private(set) var identities: Set<Int> = []

  /// - Parameters:
  ///   - input: The file's name, for errors.
  ///   - wanted: One of the changer's emotions, by its place.
  ///   - strength: What the difference is multiplied with, 0…1.
  init(
    input: String, changer: EmotionChanger, wanted: Int, strength: Float, faces: FollowedFaces,
    masks: FaceMasks
  ) {
    self.input = input
    self.changer = changer
    self.wanted = wanted
    self.strength = strength
    self.faces = faces
    self.masks = masks
  }

  var hasChanged: Bool { framesWithFaces > 0 }

  mutating func frame(from source: Picture) -> Synthetic<Picture> {
    let frame = faces.next(source)
    let followed = Set(frame.faces.map(\.identity))
    histories = histories.filter { followed.contains($0.key) }
    masks.keep(followed)
    let found = frame.faces.filter(\.isFound)
    if !found.isEmpty { framesWithFaces += 1 }
    identities.formUnion(found.map(\.identity))
    var picture = source
    for face in frame.faces { change(face, of: frame, in: &picture) }
    return Synthetic(picture)
  }

  func finish() throws(PipelineError) {
    if identities.isEmpty { throw .noFace(path: input) }
  }

  private mutating func change(
    _ face: TrackedFace, of frame: FollowedFaces.Frame, in picture: inout Picture
  ) {
    let side = changer.design.side
    guard let small = FaceCrop(of: face.face, in: frame.colors, size: side),
      let large = FaceCrop(of: face.face, in: frame.colors, size: side * Self.enlargement)
    else { return }
    var history = histories[face.identity] ?? History(presence: frame.beginsShot ? 1 : 0)
    let step = Float(frame.interval / Self.fading)
    history.presence = max(0, min(1, history.presence + (face.isFound ? step : -step)))
    let difference = changer.difference(of: small, wanted: wanted)
    history.difference =
      history.difference?.approaching(
        difference, memory: Self.memory, interval: frame.interval) ?? difference
    histories[face.identity] = history
    let mask = masks.mask(of: face, large, in: frame.colors, interval: frame.interval)
    let share = strength * history.presence
    guard share > 0, let shown = history.difference else { return }
    large.addLuma(
      shown.enlarged(Self.enlargement).mapped { $0 * share }, mask: mask, into: &picture)
  }
}
