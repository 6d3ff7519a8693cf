import QRSteganography
import Testing

@testable import Pipelines

struct MarkSearchTests {
  /// What a decoder might say of a frame: the code at some strength, and noise.
  private func soft(_ text: String, strength: Float, seed: UInt64) throws -> SoftCode {
    let code = try QRCode(text: text)
    var noise = GaussianNoise(seed: seed)
    let logits = code.modules.map { ($0 ? strength : -strength) + noise.next() }
    // Four by four pixels for each module, so that other versions find pixels enough.
    let side = 4 * code.size
    let enlarged = (0..<side * side).map { index in
      logits[index / side / 4 * code.size + index % side / 4]
    }
    return SoftCode(logits: enlarged, width: side, height: side)
  }

  @Test func `frames that read alone are counted`() throws {
    var search = MarkSearch()
    for frame in 0..<6 {
      search.add(try soft("alone", strength: 4, seed: UInt64(frame)), frame: frame)
    }
    search.finish()
    #expect(search.best?.text == "alone")
    #expect(search.framesRead == 6)
    #expect(search.confidences.map(\.frame) == Array(0..<6))
    #expect(search.confidences.allSatisfy { $0.confidence > 20 })
    #expect(search.pValue < 1e-12)
  }

  @Test func `frames too weak to be read are read together`() throws {
    var search = MarkSearch()
    for frame in 0..<64 {
      search.add(try soft("together", strength: 0.35, seed: UInt64(frame)), frame: frame)
    }
    search.finish()
    #expect(search.best?.text == "together")
    #expect(search.framesRead == 0)
    #expect(search.confidences.count == 64)
  }

  @Test func `noise is no mark`() throws {
    var search = MarkSearch()
    for frame in 0..<60 {
      search.add(try soft("nothing", strength: 0, seed: UInt64(frame)), frame: frame)
    }
    search.finish()
    #expect(search.best == nil)
    #expect(search.pValue == 1)
    #expect(search.framesRead == 0)
    // Each frame, sums at powers of two, one window of 50, and the whole.
    #expect(search.attempts == 60 + 5 + 1 + 1)
  }

  @Test func `the p-value counts the attempts`() throws {
    var search = MarkSearch()
    let frame = try soft("counted", strength: 1.2, seed: 1)
    search.add(frame, frame: 0)
    search.add(frame, frame: 1)
    search.finish()
    let best = try #require(search.best)
    #expect(search.attempts == 3)
    #expect(search.pValue == best.pValue * 3)
  }

  @Test func `a second text in the same film is seen`() throws {
    var search = MarkSearch()
    for frame in 0..<8 {
      let text = frame < 5 ? "first" : "second"
      search.add(try soft(text, strength: 4, seed: UInt64(frame)), frame: frame)
    }
    search.finish()
    #expect(search.readings == ["first": 5, "second": 3])
    #expect(search.framesRead == search.readings[search.best?.text ?? ""])
  }
}
