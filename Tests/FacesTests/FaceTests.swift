import Faces
import Testing

@Suite struct FaceBoxTests {
  @Test func `overlap is the share of the union`() {
    let a = FaceBox(left: 0, top: 0, right: 4, bottom: 2)
    let b = FaceBox(left: 2, top: 1, right: 6, bottom: 3)
    #expect(a.overlap(with: b) == 2.0 / 14)
    #expect(a.overlap(with: a) == 1)
    #expect(a.overlap(with: FaceBox(left: 4, top: 0, right: 5, bottom: 2)) == 0)
  }
}
