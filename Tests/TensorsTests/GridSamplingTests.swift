import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct `Grid sampling` {
  static let all: [GoldenCase] = [
    ("zeros", GridPadding.zeros), ("border", .border), ("reflection", .reflection),
  ].flatMap { name, padding in
    [("", false), ("-corners", true)].flatMap { suffix, align in
      [("bilinear", GridInterpolation.bilinear), ("nearest", .nearest)].map { mode, interpolation in
        GoldenCase("grid-\(mode)-\(name)\(suffix)") {
          gridSampled(
            $0[0], at: $0[1], interpolation, padding: padding, alignCorners: align)
        }
      }
    }
  }

  static let affine: [GoldenCase] = [("", false), ("-corners", true)].map { suffix, align in
    GoldenCase("affine-grid" + suffix) {
      affineGrid($0[0], size: .init(height: 4, width: 5), alignCorners: align)
    }
  }

  @Test(arguments: all, layouts)
  func `agrees with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 3e-6, layout: layout)
  }

  @Test(arguments: affine) func `of an affine map agrees with PyTorch`(_ golden: GoldenCase) throws
  {
    try golden.expect(tolerance: 1e-6, layout: .plain)
  }

  @Test(arguments: 1...3) func `has the adjoint as its gradient`(seed: Int) {
    let grid = randomTensor("grid \(seed)", [2, 40, 30, 2])
    expectAdjoint([2, 19, 7, 9], seed: seed) { gridSampled($0.blocked, at: grid) }
    expectAdjoint([2, 19, 7, 9], seed: seed) {
      gridSampled($0, at: grid, .nearest, padding: .reflection)
    }
  }

  /// Places away from the pixels' centres and edges, where the slope changes.
  private func places(seed: Int) -> Tensor {
    let steps = hashUniform("places \(seed)", count: 2 * 3 * 5 * 2).map { ($0 + 1) / 2 }
    let places = steps.enumerated().map { index, step in
      let size = index % 2 == 0 ? 5 : 4
      let pixel = Int(step * Double(size - 1))
      let behind = 0.2 + 0.6 * (step * 1000).truncatingRemainder(dividingBy: 1)
      return Float((2 * (Double(pixel) + behind) + 1) / Double(size) - 1)
    }
    return Tensor(places, shape: [2, 3, 5, 2])
  }

  @Test(arguments: 1...3, layouts) func `is differentiated twice`(
    seed: Int, layout: Tensor.Layout
  ) {
    let start = [randomTensor("x \(seed)", [2, 3, 4, 5]), places(seed: seed)]
    expectGradientsMatch(at: start, seed: seed) { x in
      let picture = layout == .blocked ? x[0].blocked : x[0]
      let made = gridSampled(picture, at: x[1])
      let back = gradients(of: sigmoid(made).sum(), with: x, recording: true)
      return back.map { ($0 * $0).sum() }.reduce(Tensor(repeating: 0, shape: []), +)
    }
  }
}
