import Testing

@testable import QRSteganography

@Suite struct CodeReaderTests {
  let reader = CodeReader()

  @Test(arguments: QRCode.versions, ErrorCorrectionLevel.allCases)
  func `reads every version, level and mask`(version: Int, level: ErrorCorrectionLevel) throws {
    var numbers = SeededNumbers(seed: UInt64(10 * version))
    let capacity = BlockStructure(version: version, level: level).textCapacity
    for mask in 0..<8 {
      let code = try QRCodeTests.drawn(
        numbers.text(capacity - mask % 3), version: version, level: level, mask: mask)
      let soft = SoftCode(
        logits: code.drawn(width: 128, height: 128).map { $0 - 0.5 }, width: 128, height: 128)
      let reading = reader.read(soft, effort: .frame)
      #expect(reading?.code == code, "mask \(mask)")
      #expect(reading?.moduleErrorRate == 0)
      #expect(reading?.isConfirmedByReader == true, "mask \(mask)")
    }
  }

  @Test(arguments: [
    "a", "naïve 日本語", "😀", "a\u{0}b", "\u{FEFF}bom", "ÿ", String(repeating: "ж", count: 67),
  ]) func `gives any UTF-8 back`(text: String) throws {
    var numbers = SeededNumbers(seed: 1)
    let reading = reader.read(SoftCode(of: try QRCode(text: text), noise: 0.3, &numbers))
    #expect(reading.map { Array($0.text.utf8) } == Array(text.utf8))
    #expect(reading?.isConfirmedByReader == true)
  }

  @Test func `reads most codes with one module in ten wrong`() throws {
    var numbers = SeededNumbers(seed: 2)
    var right = 0
    for _ in 0..<20 {
      let code = try QRCode(text: numbers.text(16))
      let reading = reader.read(SoftCode(of: code, noise: 0.78, &numbers))
      guard let reading else { continue }
      #expect(reading.code == code)
      #expect((0.04..<0.17).contains(reading.moduleErrorRate))
      right += 1
    }
    #expect(right >= 19, "\(right)")  // Of 300 with other numbers, all were read.
  }

  @Test(arguments: [16, 60, 100]) func `never reads a wrong text`(length: Int) throws {
    var numbers = SeededNumbers(seed: UInt64(length))
    for noise in [Float(0.7), 0.9, 1.1] {
      for _ in 0..<4 {
        let code = try QRCode(text: numbers.text(length))
        let reading = reader.read(SoftCode(of: code, noise: noise, &numbers), effort: .frame)
        #expect(reading == nil || reading?.code == code)
      }
    }
  }

  @Test func `frames together say what none says alone`() throws {
    var numbers = SeededNumbers(seed: 6)
    let code = try QRCode(text: numbers.text(16))
    var clip = SoftCode()
    for index in 0..<32 {
      let frame = SoftCode(of: code, noise: 2, &numbers)  // Three modules in ten are wrong.
      if index % 8 == 0 { #expect(reader.read(frame, effort: .frame)?.text == nil) }
      clip.add(frame)
    }
    #expect(clip.frames == 32)
    #expect(reader.read(clip)?.code == code)
  }

  @Test func `a known code shows where none can be read`() throws {
    var numbers = SeededNumbers(seed: 7)
    let code = try QRCode(text: numbers.text(16))
    let other = try QRCode(text: numbers.text(16))
    let frame = SoftCode(of: code, noise: 1.5, &numbers)  // One module in four is wrong.
    #expect(reader.read(frame, effort: .frame) == nil)
    #expect(CodeReader.pValue(of: code, in: frame) < 1e-15)
    // Another text of the same length shares a few modules, but is far from significant.
    #expect(CodeReader.pValue(of: other, in: frame) > 1e-6)
    let noise = (0..<128 * 128).map { _ in numbers.normal() }
    let unmarked = SoftCode(logits: noise, width: 128, height: 128)
    #expect(CodeReader.pValue(of: code, in: unmarked) > 1e-3)
  }

  /// Pictures that a decoder might make of unmarked media.
  enum Unmarked: String, CaseIterable, Sendable {
    case nothing, constant, noise, blobs, stripes, finders
  }

  @Test(arguments: Unmarked.allCases) func `finds nothing in unmarked media`(kind: Unmarked) {
    var numbers = SeededNumbers(seed: 8)
    for _ in 0..<(kind == .finders ? 8 : 40) {
      let picture = Self.picture(kind, &numbers)
      let soft = SoftCode(logits: picture, width: 128, height: 128)
      #expect(reader.read(soft, effort: .frame)?.text == nil)
    }
  }

  static func picture(_ kind: Unmarked, _ numbers: inout SeededNumbers) -> [Float] {
    var picture = [Float](repeating: 0, count: 128 * 128)
    let (a, b) = (numbers.normal(), numbers.normal())
    switch kind {
    case .nothing: break
    case .constant: for i in picture.indices { picture[i] = 3 * a + numbers.normal() }
    case .noise: for i in picture.indices { picture[i] = numbers.normal() }
    case .stripes:
      for i in picture.indices {
        let phase = a * Float(i % 128) + b * Float(i / 128)
        picture[i] = phase - phase.rounded() + 0.1 * numbers.normal()
      }
    case .blobs:
      let centres = (0..<8).map { _ in
        (Int.random(in: 0..<128, using: &numbers), Int.random(in: 0..<128, using: &numbers))
      }
      for (n, (x, y)) in centres.enumerated() {
        for i in picture.indices where abs(i % 128 - x) + abs(i / 128 - y) < 30 {
          picture[i] += n % 2 == 0 ? 2 : -1.5
        }
      }
    case .finders:
      // All that codes share, and noise where the data should be.
      let layout = CodeLayout.of(version: Int.random(in: 1...6, using: &numbers))
      var modules = (0..<layout.size * layout.size).map { _ in numbers.normal() }
      for module in layout.functionModules { modules[module.index] = module.isDark ? 5 : -5 }
      for i in picture.indices {
        modules.withUnsafeBufferPointer {
          picture[i] = $0[i / 128 * layout.size / 128 * layout.size + i % 128 * layout.size / 128]
        }
      }
    }
    return picture
  }
}
