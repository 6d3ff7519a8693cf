import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Similarity of pictures` {
  static let all: [LossCase] = [
    LossCase("ssim") { structuralSimilarity($0[0], $0[1]) },
    LossCase("ssim-7") { structuralSimilarity($0[0], $0[1], window: 7, deviation: 1.1) },
    LossCase("gmsd") { gradientSimilarityDeviation($0[0], $0[1]) },
  ]

  @Test(arguments: all) func `agrees with piq`(_ golden: LossCase) throws {
    try golden.expect(tolerance: 3e-5)
  }

  /// PyTorch in single precision is 2e-5 away from double itself: variances are differences of near equal numbers.
  @Test func `over several scales agrees with the oracle`() throws {
    let fixture = try Fixture("ms-ssim", in: .module)
    let (cover, marked) = pictures("ms-ssim", [1, 1, 176, 192])
    let similarity = multiScaleSimilarity(cover, marked)
    expectClose(similarity.array, fixture["output"].values, tolerance: 1e-5)
    expectClose(
      gradients(of: similarity.mean(), with: [marked])[0].array, fixture["gradient.input.1"].values,
      tolerance: 1e-4, "gradient")
  }

  @Test func `over one scale alone gives that all of the exponents`() {
    let (cover, marked) = pictures("one scale", [2, 1, 24, 32])
    // Wang's exponents add up to 1.0001.
    let expected = power(structuralSimilarity(cover, marked), 1.0001)
    let found = multiScaleSimilarity(cover, marked, scales: 1)
    expectClose(found.array, expected.array, tolerance: 1e-5)
  }

  @Test func `over several scales is a mean over a batch`() throws {
    let fixture = try Fixture("ms-ssim-batch", in: .module)
    let shape = [2, 3, 192, 176]
    let (cover, marked) = pictures("ms-ssim-batch", shape)
    let similarity = multiScaleSimilarity(cover, marked)
    #expect(similarity.shape == [2])
    expectClose([similarity.mean().scalar], fixture["output"].values, tolerance: 1e-5)
    let gradient = gradients(of: similarity.mean(), with: [marked])[0]
    let direction = randomTensor("ms-ssim-batch.direction", shape)
    let squares = (gradient * gradient).mean(axes: [2, 3]).array.map { $0.squareRoot() }
    expectClose(squares, fixture["gradient.rms"].values, tolerance: 1e-4, "root mean squares")
    expectClose(
      (gradient * direction).summed(to: [2, 3, 1, 1]).array,
      fixture["gradient.projections"].values, tolerance: 1e-4, "projections")
  }

  @Test func `say that a picture is wholly similar to itself and less to a blurred one`() {
    let (cover, marked) = pictures("itself", [1, 2, 176, 176])
    expectClose(multiScaleSimilarity(cover, cover).array, [1], tolerance: 1e-5)
    let halfway = multiScaleSimilarity(cover, 0.5 * (cover + marked)).array[0]
    let whole = multiScaleSimilarity(cover, marked).array[0]
    #expect(whole < halfway && halfway < 1)
  }

  /// The pictures that `similarity_case` of the oracle describes, the second as a variable.
  private func pictures(_ name: String, _ shape: [Int]) -> (cover: Tensor, marked: Tensor) {
    let (planes, height, width) = (shape[0] * shape[1], shape[2], shape[3])
    let squares = hashUniform(name + ".squares", count: planes * (height / 8) * (width / 8))
    let pixels = hashUniform(name + ".pixels", count: planes * height * width)
    let noise = hashUniform(name + ".noise", count: pixels.count)
    let cover = pixels.indices.map { index in
      // Rows of all planes are counted through: heights are multiples of 8.
      let (row, column) = (index / width, index % width)
      let square = squares[row / 8 * (width / 8) + column / 8]
      return Float(0.1 + 0.6 * ((1 + square) / 2) + 0.2 * ((1 + pixels[index]) / 2))
    }
    let marked = zip(cover, noise).map { Float(Double($0) + 0.1 * $1) }
    return (Tensor(cover, shape: shape), Tensor(marked, shape: shape).variable)
  }
}
