import Tensors
import TestSupport
import Testing

@Suite struct `Padding` {
  static let all: [GoldenCase] = ["constant", "reflect", "replicate"].flatMap { name in
    let mode: PaddingMode =
      name == "constant" ? .constant(-1.5) : name == "reflect" ? .reflect : .replicate
    return [
      GoldenCase("pad-" + name) { $0[0].padded(.init(top: 2, left: 1, right: 3), mode) },
      GoldenCase("pad-signal-" + name) { $0[0].padded(.init(left: 4, right: 2), mode) },
    ]
  }

  static let cut = GoldenCase("pad-cut") {
    $0[0].padded(.init(top: 2, left: -1, bottom: -2, right: 3), .zeros)
  }

  @Test(arguments: all + [cut], layouts)
  func `agrees with PyTorch to the second derivative`(_ golden: GoldenCase, layout: Tensor.Layout)
    throws
  {
    try golden.expect(tolerance: 3e-7, layout: layout)
  }

  @Test(arguments: [PaddingMode.zeros, .reflect, .replicate])
  func `has the adjoint as its gradient`(mode: PaddingMode) {
    expectAdjoint([2, 11, 4, 6], seed: 1) { $0.blocked.padded(.init(top: 3, right: 5), mode) }
    expectAdjoint([2, 3, 9], seed: 2) { $0.padded(.init(left: 3, right: 8), mode) }
  }
}

@Suite struct `Resizing` {
  private static let sizes = [
    "up": Extent(height: 8, width: 11), "down": 3, "mixed": Extent(height: 11, width: 2),
  ]
  private static let interpolations: [(String, Interpolation)] = [
    ("nearest", .nearest), ("bilinear", .bilinear()), ("bicubic", .bicubic()),
    ("bilinear-corners", .bilinear(alignCorners: true)),
    ("bicubic-corners", .bicubic(alignCorners: true)),
  ]

  static let pictures: [GoldenCase] = interpolations.flatMap { name, interpolation in
    sizes.map { kind, size in
      GoldenCase("resize-\(name)-\(kind)") { $0[0].resized(to: size, interpolation) }
    }
  }

  static let factors: [GoldenCase] = interpolations.prefix(3).map { name, interpolation in
    GoldenCase("resize-\(name)-by") {
      $0[0].resized(by: (height: 1.7, width: 0.6), interpolation)
    }
  }

  static let signals: [GoldenCase] = [
    GoldenCase("resize-linear") { $0[0].resized(to: 10, .bilinear()) },
    GoldenCase("resize-linear-corners") { $0[0].resized(to: 10, .bilinear(alignCorners: true)) },
    GoldenCase("resize-nearest-signal") { $0[0].resized(by: 2.5, .nearest) },
  ]

  @Test(arguments: pictures + factors + signals, layouts)
  func `agrees with PyTorch to the second derivative`(_ golden: GoldenCase, layout: Tensor.Layout)
    throws
  {
    try golden.expect(tolerance: 1.5e-6, layout: layout)
  }

  @Test(arguments: interpolations.map(\.1)) func `to the same size changes nothing`(
    interpolation: Interpolation
  ) {
    let x = randomTensor("x", [2, 3, 5, 4])
    let same = x.resized(to: .init(height: 5, width: 4), interpolation)
    expectClose(same.array, x.array, tolerance: 1e-6)
  }

  @Test(arguments: interpolations.map(\.1)) func `has the adjoint as its gradient`(
    interpolation: Interpolation
  ) {
    expectAdjoint([2, 11, 7, 5], seed: 1) {
      $0.blocked.resized(to: .init(height: 4, width: 13), interpolation)
    }
    expectAdjoint([1, 3, 40, 50], seed: 2) { $0.resized(by: 2, interpolation) }
  }
}
