import Foundation
import Testing

@testable import QRSteganography

@Suite struct QRCodeTests {
  /// A code as another encoder draws it.
  struct Golden: Decodable {
    let version: Int
    let level: String
    let mask: Int
    let text: String
    let rows: [String]
  }

  /// The code for a text under a mask of choice, drawn without libqrencode.
  static func drawn(
    _ text: String, version: Int, level: ErrorCorrectionLevel, mask: Int
  ) throws -> QRCode {
    let structure = BlockStructure(version: version, level: level)
    let data = try #require(Payload.codewords(for: Array(text.utf8), count: structure.dataCount))
    return QRCode(
      text: text, version: version, format: FormatInformation(level: level, mask: mask),
      codewords: structure.codewords(for: data))
  }

  @Test func `draws what the Python package qrcode draws`() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/codes", withExtension: "json"))
    let goldens = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))
    #expect(goldens.count == 32)
    for golden in goldens {
      let level = try #require(ErrorCorrectionLevel(rawValue: golden.level))
      let code = try Self.drawn(
        golden.text, version: golden.version, level: level, mask: golden.mask)
      let rows = (0..<code.size).map { row in
        code.modules[row * code.size..<(row + 1) * code.size].map { $0 ? "1" : "0" }.joined()
      }
      #expect(rows == golden.rows, "version \(golden.version)-\(level) mask \(golden.mask)")
    }
  }

  @Test(arguments: QRCode.versions, ErrorCorrectionLevel.allCases)
  func `draws what libqrencode draws`(version: Int, level: ErrorCorrectionLevel) throws {
    var numbers = SeededNumbers(seed: UInt64(version))
    let capacity = BlockStructure(version: version, level: level).textCapacity
    for length in [1, capacity / 2, capacity - 1, capacity] {
      let text = numbers.text(length)
      let code = try QRCode(text: text, version: version, level: level)
      #expect(code == (try Self.drawn(text, version: version, level: level, mask: code.mask)))
    }
  }

  @Test(arguments: [
    (1, 1, ErrorCorrectionLevel.quartile), (11, 1, .quartile), (12, 2, .quartile),
    (16, 2, .quartile), (20, 2, .quartile), (21, 3, .quartile), (32, 3, .quartile),
    (46, 4, .quartile), (60, 5, .quartile), (74, 6, .quartile), (75, 6, .medium),
    (106, 6, .medium), (107, 6, .low), (134, 6, .low),
  ]) func `takes the smallest code for a text`(
    length: Int, version: Int, level: ErrorCorrectionLevel
  ) throws {
    let code = try QRCode(text: String(repeating: "x", count: length))
    #expect((code.version, code.level) == (version, level))
    #expect(code.modules.count == code.size * code.size)
  }

  @Test func `refuses a text that is too long`() {
    let error = #expect(throws: QRCodeError.self) {
      try QRCode(text: String(repeating: "é", count: 68))
    }
    #expect(error == .textTooLong(bytes: 136, limit: 134))
    #expect(
      error?.description == "the text is 136 bytes long, but a mark holds at most 134 bytes")
  }

  @Test func `refuses an empty text`() {
    let error = #expect(throws: QRCodeError.self) { try QRCode(text: "") }
    #expect(error?.description == "the text is empty, but a mark must say something")
  }

  @Test(arguments: QRCode.versions)
  func `every module has one purpose`(version: Int) {
    let layout = CodeLayout.of(version: version)
    let all =
      layout.functionModules.map(\.index) + layout.formatCopies.joined() + layout.dataModules
    #expect(all.sorted() == Array(0..<layout.size * layout.size))
    let codewords = [26, 44, 70, 100, 134, 172][version - 1]
    #expect(layout.dataModules.count == codewords * 8 + (version == 1 ? 0 : 7))
    for level in ErrorCorrectionLevel.allCases {
      #expect(BlockStructure(version: version, level: level).codewordCount == codewords)
    }
  }

  @Test func `formats differ in at least seven bits`() {
    for a in FormatInformation.all {
      for b in FormatInformation.all where a != b {
        #expect((a.bits ^ b.bits).nonzeroBitCount >= 7)
      }
    }
    // ISO/IEC 18004:2015, C.1: level M, mask 101.
    #expect(FormatInformation(level: .medium, mask: 0b101).bits == 0b100_0000_1100_1110)
  }
}
