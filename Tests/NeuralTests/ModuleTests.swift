import Kernels
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Modules` {
  private struct Pair: Module {
    let left: Conv2D
    let right: [BatchNorm]
  }

  @Test func `name their parameters by the path of their properties`() {
    let pair = Pair(left: Conv2D(2, 3, kernel: 1), right: [BatchNorm(3), BatchNorm(4)])
    let names = ["weight", "bias", "running_mean", "running_var"]
    #expect(
      pair.parameters.map(\.name) == ["left.weight", "left.bias"]
        + names.map { "right.0." + $0 } + names.map { "right.1." + $0 })
    #expect(pair.trained.count == 6)
  }

  @Test func `begin by seed and name alone`() {
    let small = Pair(left: Conv2D(2, 3, kernel: 3), right: [])
    let large = Pair(left: Conv2D(2, 3, kernel: 3), right: [BatchNorm(5)])
    small.initialize(seed: 7)
    large.initialize(seed: 7)
    #expect(small.left.weight().array == large.left.weight().array)
    large.initialize(seed: 8)
    #expect(small.left.weight().array != large.left.weight().array)
  }

  @Test func `begin with the spread that keeps the size of what passes through`() {
    let wide = Conv2D(64, 96, kernel: 3)
    Pair(left: wide, right: []).initialize(seed: 3)
    let values = wide.weight().array.map { Double($0) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(mean) < 1e-3)
    #expect(abs(variance / (2.0 / (64 * 9)) - 1) < 0.02)
    #expect(wide.bias?.value.array.allSatisfy { $0 == 0 } == true)
  }

  @Test func `begin with the spread that PyTorch's have`() {
    func expect(
      _ module: some Module, _ name: String, _ variance: Double,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      module.initialize(seed: 5)
      let values = module.parameters.first { $0.name == name }?.parameter.value.array ?? []
      let found = values.reduce(0) { $0 + Double($1 * $1) } / Double(values.count)
      #expect(
        values.count > 4000 && abs(found / variance - 1) < 0.05,
        "\(name): \(found), not \(variance)", sourceLocation: sourceLocation)
    }
    // Uniform numbers have a third of their bound's square.
    expect(Linear(50, 120), "weight", 1.0 / 50 / 3)
    expect(LSTM(40, 60), "weight_ih_l0", 1.0 / 60 / 3)
    expect(GRU(40, 60), "weight_hh_l0", 1.0 / 60 / 3)
    expect(Embedding(100, 60), "weight", 1)
    expect(MultiHeadAttention(48, heads: 2), "in_proj_weight", 6.0 / (4 * 48) / 3)
    // Ours, as He et al. have it: 2 over the numbers that meet in one.
    expect(Conv1D(40, 90, kernel: 3, groups: 2), "weight", 2.0 / (20 * 3))
    expect(ConvTranspose2D(16, 20, kernel: 4, stride: 2), "weight", 2.0 / (16 * 4))
    expect(ConvTranspose1D(40, 30, kernel: 4, stride: 2), "weight", 2.0 / (40 * 2))
  }

  @Test func `follow another module's mean`() {
    let (own, other) = (BatchNorm(2), BatchNorm(2))
    own.initialize(seed: 1)
    other.initialize(seed: 1)
    other.bias?.value = Tensor([1, -3], shape: [2])
    other.running_var.value = Tensor([2, 3], shape: [2])
    for _ in 0..<2 { own.move(towards: other, keeping: 0.75) }
    #expect(own.bias?.value.array == [0.4375, -1.3125])
    #expect(own.running_var.value.array == [1.4375, 1.875])
    own.move(towards: other, keeping: 0)
    own.bias?.value.buffer[0] = 7
    #expect(other.bias?.value.array == [1, -3], "a copy shares no memory")
  }

  @Test func `copy singular vectors, whose mean would be shorter`() {
    let (own, other) = (
      Linear(6, 5, reparametrization: .spectralNorm()),
      Linear(6, 5, reparametrization: .spectralNorm())
    )
    own.initialize(seed: 1)
    other.initialize(seed: 1)
    // The same layer, whose vectors point the other way.
    for (name, parameter) in other.parameters where name.hasSuffix("_u") || name.hasSuffix("_v") {
      parameter.value = parameter.value * -1
    }
    own.move(towards: other, keeping: 0.5)
    for ((name, mine), (_, theirs)) in zip(own.parameters, other.parameters) {
      #expect(mine.value.array == theirs.value.array, "\(name)")
    }
  }

  /// Draws rings and learns to tell inside from outside: all of the engine at once.
  @Test func `learn a small picture`() {
    let network = FCDenseNet(
      .init(input: 2, output: 1, first: 8, growth: 4, down: [2], bottom: 2))
    network.initialize(seed: 1)
    let adam = Optimizer(Adam(), network.parameters, rate: 0.01)
    let (picture, targets) = ring(height: 12, width: 16)
    var losses: [Float] = []
    BatchNorm.Mode.$current.withValue(.batch) {
      for _ in 0..<60 {
        let loss = binaryCrossEntropy(logits: network(picture), targets: targets).mean()
        losses.append(loss.scalar)
        adam.step(gradients(of: loss, with: network.trained.map(\.value)))
      }
    }
    #expect(losses[0] > 0.3)
    #expect(losses[59] < 0.05, "\(losses[0]) fell to \(losses[59])")
  }

  /// The coordinates of every pixel, −1…1, and whether it lies on a ring.
  private func ring(height: Int, width: Int) -> (coordinates: Tensor, isOnRing: Tensor) {
    var (rows, columns, ring): ([Float], [Float], [Float]) = ([], [], [])
    for index in 0..<height * width {
      let y = 2 * Float(index / width) / Float(height) - 1
      let x = 2 * Float(index % width) / Float(width) - 1
      rows.append(y)
      columns.append(x)
      let radius: Float = (y * y + x * x).squareRoot()
      ring.append(abs(radius - 0.5) < 0.25 ? 1 : 0)
    }
    return (
      Tensor(rows + columns, shape: [1, 2, height, width]),
      Tensor(ring, shape: [1, 1, height, width])
    )
  }
}
