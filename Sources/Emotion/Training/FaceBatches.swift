internal import Neural
public import Tensors

/// Faces of a set in batches: in an order that each epoch draws anew.
struct FaceBatches: Sendable {
  let source: FaceSet
  let side: Int
  let size: Int
  let seed: UInt64
  private let colors: FancyPCA

  struct Batch {
    let pictures: Tensor
    let labels: [Int]
  }

  init(_ set: FaceSet, side: Int, size: Int, seed: UInt64) {
    precondition(set.faces.count >= size, "a batch of \(size) from \(set.faces.count) faces")
    source = set
    self.side = side
    self.size = size
    self.seed = seed
    colors = FancyPCA(set)
  }

  /// Batches per epoch; what is left over waits for another.
  var perEpoch: Int { source.faces.count / size }

  /// The batch of a step, counted from 0 over all epochs.
  func callAsFunction(step: Int, _ augmentation: Augmentation) -> Batch {
    var generator = SplitMix64(seed: seed &+ UInt64(step / perEpoch) &* 0x1_0000_0001)
    let order = Array(source.faces.indices).shuffled(using: &generator)
    let start = step % perEpoch * size
    let indices = Array(order[start..<start + size])
    return Batch(
      pictures: source.pictures(
        indices, side: side, augmentation, colors: colors, seed: seed &+ UInt64(step) &* 1_000_003),
      labels: indices.map { source.faces[$0].label })
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
