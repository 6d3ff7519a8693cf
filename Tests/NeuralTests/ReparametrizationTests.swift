import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Reparametrized layers` {
  /// A layer of each kind, in the names of the oracle.
  enum Kind: String, CaseIterable {
    case conv1d, conv2d, linear, tconv1d, tconv2d
  }

  static let forms: [(name: String, form: Reparametrization)] = [
    ("plain", .none), ("weight-norm", .weightNorm()),
    ("weight-norm-suffixes", .weightNorm(names: .suffixes)),
    ("spectral-norm-evaluation", .spectralNorm()), ("spectral-norm-training", .spectralNorm()),
    ("spectral-norm-suffixes-evaluation", .spectralNorm(names: .suffixes)),
    ("spectral-norm-suffixes-training", .spectralNorm(names: .suffixes)),
  ]

  private func expectGolden<Layer: Module>(
    _ name: String, _ layer: Layer, _ operation: (Layer, Tensor) -> Tensor
  ) throws {
    let mode = name.hasSuffix("training") ? BatchNorm.Mode.batch : .running
    try BatchNorm.Mode.$current.withValue(mode) {
      TestSupport.expectGolden(
        try Fixture(name, in: .module), of: layer, tolerance: 5e-6
      ) { operation(layer, $0[0]) }
    }
  }

  @Test(arguments: Kind.allCases, forms.indices)
  func `with any form of weight agree with PyTorch`(kind: Kind, index: Int) throws {
    let form = Self.forms[index].form
    let name = "\(kind)-\(Self.forms[index].name)"
    switch kind {
    case .conv1d:
      try expectGolden(name, Conv1D(3, 4, kernel: 3, stride: 2, reparametrization: form)) {
        $0($1)
      }
    case .conv2d:
      let layer = Conv2D(
        3, 4, kernel: .init(height: 3, width: 2), padding: .init(.init(height: 1, width: 0)),
        bias: false, reparametrization: form)
      try expectGolden(name, layer) { $0($1) }
    case .linear:
      try expectGolden(name, Linear(5, 3, reparametrization: form)) { $0($1) }
    case .tconv1d:
      let layer = ConvTranspose1D(
        3, 4, kernel: 4, stride: 2, padding: 1, reparametrization: form)
      try expectGolden(name, layer) { $0($1) }
    case .tconv2d:
      let layer = ConvTranspose2D(
        4, 6, kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2,
        reparametrization: form)
      try expectGolden(name, layer) { $0($1) }
    }
  }

  @Test func `of other axes and paddings agree with PyTorch`() throws {
    let byPosition = Conv1D(
      3, 4, kernel: 3, stride: 2, reparametrization: .weightNorm(axis: 2))
    try expectGolden("conv1d-weight-norm-axis-2", byPosition) { $0($1) }
    let reflecting = Conv2D(4, 6, kernel: 3, paddingMode: .reflect, groups: 2)
    try expectGolden("conv2d-reflect", reflecting) { $0($1) }
  }

  @Test(arguments: [Reparametrization.weightNorm(), .spectralNorm()])
  func `have the gradients of their differences`(form: Reparametrization) {
    let layer = ConvTranspose2D(3, 4, kernel: 3, stride: 2, reparametrization: form)
    expectGradientsMatch(of: layer, inputs: [[2, 3, 4, 3]], seed: 1) { layer($0[0]) }
  }

  @Test func `begin with weights of the deviation asked for`() {
    let layer = Conv1D(64, 96, kernel: 5, reparametrization: .weightNorm())
    layer.initialize(seed: 1)
    let values = layer.weight().array.map { Double($0) }
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(variance / (2.0 / (64 * 5)) - 1) < 0.02)
  }

  /// A rotation in the first two of three dimensions, made longer by 3.
  @Test func `find the largest singular value in training`() {
    let layer = Conv1D(3, 3, kernel: 1, bias: false, reparametrization: .spectralNorm())
    layer.initialize(seed: 3)
    let values: [Float] = [0, 3, 0, -3, 0, 0, 0, 0, 1]
    layer.trained[0].value = Tensor(values, shape: [3, 3, 1])
    let x = randomTensor("x", [1, 3, 4])
    BatchNorm.Mode.$current.withValue(.batch) { for _ in 0..<20 { _ = layer(x) } }
    expectClose(layer.weight().array, values.map { $0 / 3 }, tolerance: 1e-5)
  }
}
