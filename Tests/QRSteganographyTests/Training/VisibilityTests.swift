import Imaging
import Neural
import Tensors
import Testing

@testable import QRSteganography

@Suite struct `Visibility of changes` {
  private let width = 32
  private let height = 24

  private func weights(_ luma: (_ x: Int, _ y: Int) -> Float) -> [[Float]] {
    let count = width * height
    let plane = (0..<count).map { luma($0 % width, $0 / width) }
    let chroma = [Float](repeating: 0.5, count: 2 * count)
    let weights = Visibility.weights(
      of: YUVPicture(width: width, height: height, values: plane + chroma))
    return (0..<3).map { Array(weights[$0 * count..<($0 + 1) * count]) }
  }

  @Test func `is whole in even areas, and counts chroma fourfold`() {
    let planes = weights { _, _ in 0.3 }
    #expect(planes[0].allSatisfy { $0 == 1 })
    #expect(planes[1] == planes[2] && planes[1].allSatisfy { $0 == 4 })
  }

  @Test func `falls with texture, to a sixteenth at the lowest`() {
    func squares(_ levels: Float) -> Float {
      let plane = weights { x, y in 0.5 + ((x / 2 + y / 2) % 2 == 0 ? levels : 0) / 255 }[0]
      return plane[12 * width + 16]
    }
    let fine = [Float(1), 4, 16, 64].map(squares)
    #expect(zip(fine, fine.dropFirst()).allSatisfy { $0 > $1 })
    #expect(fine[0] > 0.7 && fine[3] == 1.0 / 16)
  }

  @Test func `stays high beside an edge between even areas`() {
    let plane = weights { x, _ in x < 16 ? 0.2 : 0.8 }[0]
    let row = Array(plane[12 * width..<13 * width])
    #expect(row[11] == 1 && row[20] == 1, "five samples from the edge")
    #expect(row[14] > 0.25, "one sample from the edge: \(row[14])")
  }

  @Test func `weighs the picture's error`() {
    let shape = [1, 3, 96, 96]
    let cover = Tensor([Float](repeating: 0.4, count: 3 * 96 * 96), shape: shape)
    func decibels(_ plane: Int, weight: Float) -> (plain: Float, visible: Float) {
      var values = [Float](repeating: 0, count: 3 * 96 * 96)
      for index in 0..<96 * 96 { values[plane * 96 * 96 + index] = index % 2 == 0 ? 0.01 : -0.01 }
      let loss = PictureLoss(
        cover: cover, residual: Tensor(values, shape: shape),
        visibility: Tensor([Float](repeating: weight, count: values.count), shape: shape),
        ratios: [1])
      return (loss.psnr.scalar, loss.visiblePSNR.scalar)
    }
    #expect(abs(decibels(0, weight: 1).plain - 40) < 1e-3)
    #expect(abs(decibels(0, weight: 1).visible - 40) < 1e-3)
    #expect(abs(decibels(0, weight: 0.1).visible - 50) < 1e-3)
    #expect(abs(decibels(2, weight: 0.1).visible - 50) < 1e-3)
    #expect(abs(decibels(2, weight: 0.1).plain - 40.84) < 0.01)
  }
}
