import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Quantization` {
  private func flat(_ result: VectorQuantizer.Result) -> Tensor {
    let loss = result.codebookLoss + 0.25 * result.commitmentLoss
    return concatenated([result.vectors.reshaped([30]), loss.reshaped([1])], axis: 0)
  }

  @Test func `agrees with PyTorch`() throws {
    let quantizer = VectorQuantizer(codes: 7, size: 3)
    expectGolden(try Fixture("quantizer", in: .module), of: quantizer, tolerance: 1e-6) {
      flat(quantizer($0[0]))
    }
  }

  @Test func `by averages agrees with PyTorch and moves them in training`() throws {
    let quantizer = AveragingVectorQuantizer(codes: 7, size: 3, decay: 0.9)
    try BatchNorm.Mode.$current.withValue(.batch) {
      let fixture = try Fixture("quantizer-averaging", in: .module)
      expectGolden(fixture, of: quantizer, tolerance: 1e-6) { flat(quantizer($0[0])) }
    }
    let before = quantizer.embedding.value.array
    _ = quantizer(randomTensor("x", [4, 3]))
    #expect(quantizer.embedding.value.array == before)
  }

  @Test func `gives each code its vector`() {
    let quantizer = VectorQuantizer(codes: 5, size: 2)
    quantizer.initialize(seed: 1)
    let codes = Indices([4, 0, 3, 3, 1, 2], shape: [2, 3])
    let result = quantizer(quantizer.vectors(codes))
    #expect(result.codes == codes)
    #expect(result.vectors.shape == [2, 3, 2])
  }

  @Test func `of symbols sums the gradients of each`() {
    let embedding = Embedding(4, 2)
    embedding.initialize(seed: 1)
    let table = embedding.weight.value
    let vectors = embedding(Indices([3, 1, 3], shape: [1, 3]))
    #expect(vectors.shape == [1, 3, 2])
    #expect(Array(vectors.array[2..<4]) == Array(table.array[2..<4]))
    let upstream = Tensor([1, 2, 3, 4, 5, 6], shape: [1, 3, 2])
    let gradient = gradients(of: vectors, upstream: upstream, with: [table])[0]
    #expect(gradient.array == [0, 0, 3, 4, 0, 0, 6, 8])
  }
}
