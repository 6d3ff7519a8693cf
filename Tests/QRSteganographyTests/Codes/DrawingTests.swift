import QRSteganography
import Testing

@Suite struct DrawingTests {
  @Test(arguments: [82, 100, 127, 128, 200], [1, 16, 74])
  func `means of a drawn code lean to its modules`(side: Int, length: Int) throws {
    let code = try QRCode(text: String(repeating: "k", count: length))
    let picture = code.drawn(width: side, height: side + 3)
    let means = moduleMeans(of: picture, width: side, height: side + 3, size: code.size)
    #expect(zip(means, code.modules).allSatisfy { ($0 > 0.5) == $1 })
  }

  @Test func `means are exact where modules fall on whole pixels`() throws {
    let code = try QRCode(text: "0123456789abcdef")
    let means = moduleMeans(
      of: code.drawn(width: 75, height: 50), width: 75, height: 50, size: 25)
    #expect(zip(means, code.modules).allSatisfy { abs($0 - ($1 ? 1 : 0)) < 1e-6 })
  }

  @Test func `pixels count by the area they share with a module`() {
    // Two modules over three pixels: each has one and a half.
    let means = moduleMeans(
      of: [1, 2, 4, 1, 2, 4, 10, 20, 40], width: 3, height: 3, size: 2)
    let (left, right): (Float, Float) = ((1 + 1) / 1.5, (1 + 4) / 1.5)
    let expected = [left, right, (left * 0.5 + left * 10) / 1.5, (right * 0.5 + right * 10) / 1.5]
    #expect(zip(means, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(means)")
  }

  @Test func `dark modules are 1 and light ones 0`() throws {
    let code = try QRCode(text: "0123456789abcdef")
    let picture = code.drawn(width: 128, height: 128)
    #expect(picture[0] == 1)  // The finder's corner,
    #expect(picture[128 * 8 + 8] == 0)  // the light ring in it,
    #expect(picture[128 * 17 + 17] == 1)  // and its heart.
    #expect(Set(picture) == [0, 1])
  }

  @Test(arguments: [
    "a", "0123456789abcdef", "naïve 日本語", "😀👩‍👩‍👧", "a\u{0}b", "\u{0}", "ÄÖÜ ß", "\n\t\r",
    "https://example.org/?q=1&r=%20", String(repeating: "w", count: 134),
  ]) func `a scanner finds the text`(text: String) throws {
    let code = try QRCode(text: text)
    let (gray, side) = code.rendered(scale: 4)
    #expect(BarcodeReader.bytes(inGray: gray, width: side, height: side) == Array(text.utf8))
    #expect(code.isConfirmedByReader)
  }

  @Test func `a scanner finds nothing in white`() {
    let white = [UInt8](repeating: 255, count: 10_000)
    #expect(BarcodeReader.bytes(inGray: white, width: 100, height: 100) == nil)
  }
}
