internal import Neural
public import Tensors

/// Faces of a set in batches.
struct FaceBatches: Sendable {
  /// Which faces come when.
  enum Order: Sendable {
    /// Each face once per epoch, in an order that each epoch draws anew.
    case shuffled
    /// Each emotion as often as any other: drawn at random, and then one of its faces.
    case balanced
  }

  let source: FaceSet
  let side: Int
  let size: Int
  let seed: UInt64
  private let order: Order
  private let colors: FancyPCA
  /// The places of each emotion's faces, of emotions that have some.
  private let members: [[Int]]

  struct Batch {
    let pictures: Tensor
    let labels: [Int]
  }

  init(_ set: FaceSet, side: Int, size: Int, order: Order = .shuffled, seed: UInt64) {
    precondition(set.faces.count >= size, "a batch of \(size) from \(set.faces.count) faces")
    source = set
    self.side = side
    self.size = size
    self.order = order
    self.seed = seed
    colors = FancyPCA(set)
    let places = Dictionary(grouping: set.faces.indices) { set.faces[$0].label }
    members = places.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Batches per epoch; what is left over waits for another.
  var perEpoch: Int { source.faces.count / size }

  /// The batch of a step, counted from 0 over all epochs.
  func callAsFunction(step: Int, _ augmentation: Augmentation) -> Batch {
    let indices = indices(step: step)
    return Batch(
      pictures: source.pictures(
        indices, side: side, augmentation, colors: colors, seed: seed &+ UInt64(step) &* 1_000_003),
      labels: indices.map { source.faces[$0].label })
  }

  private func indices(step: Int) -> [Int] {
    switch order {
    case .shuffled:
      var generator = SplitMix64(seed: seed &+ UInt64(step / perEpoch) &* 0x1_0000_0001)
      let shuffled = Array(source.faces.indices).shuffled(using: &generator)
      let start = step % perEpoch * size
      return Array(shuffled[start..<start + size])
    case .balanced:
      var generator = SplitMix64(seed: seed &+ UInt64(step) &* 0x1_0000_0001)
      return (0..<size).map { _ in
        let faces = members[Int.random(in: members.indices, using: &generator)]
        return faces[Int.random(in: faces.indices, using: &generator)]
      }
    }
  }
}

extension FaceSet {
  /// Some of the faces as they are, squares of `[count, channels, side, side]`, values 0…1.
  public func pictures(_ indices: [Int], side: Int) -> Tensor {
    pictures(indices, side: side, .none, colors: .none, seed: 0)
  }

  /// The same, changed at random.
  fileprivate func pictures(
    _ indices: [Int], side: Int, _ augmentation: Augmentation, colors: FancyPCA, seed: UInt64
  ) -> Tensor {
    let values = concurrentMap(indices.count) { position in
      var generator = SplitMix64(seed: seed &+ UInt64(position))
      return augmentation(
        faces[indices[position]], channels: channels, side: side, colors: colors,
        seed: generator.next())
    }
    return Tensor(values.flatMap { $0 }, shape: [indices.count, channels, side, side])
  }
}
