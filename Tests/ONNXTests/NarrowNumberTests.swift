import Foundation
import Tensors
import Testing

@testable import ONNX

@Suite struct `Numbers of few bits` {
  /// ONNX's number of the type, its bits, the largest and the smallest above 0, numbers that there are.
  static let fractions: [(type: Int, bits: Int, largest: Float, smallest: Float, numbers: Int)] = [
    (17, 8, 448, 0x1p-9, 254), (18, 8, 240, 0x1p-10, 255), (19, 8, 57344, 0x1p-16, 248),
    (20, 8, 57344, 0x1p-17, 255), (23, 4, 6, 0.5, 16),
  ]

  @Test(arguments: fractions)
  func `are what their patterns say, and others are rounded to them`(
    type: Int, bits: Int, largest: Float, smallest: Float, count: Int
  ) throws {
    let narrow = try #require(NarrowNumbers(type: type))
    #expect(narrow.bits == bits)
    let values = (0..<1 << bits).map(narrow.value)
    let numbers = values.filter(\.isFinite)
    #expect(numbers.count == count)
    #expect(numbers.max() == largest && numbers.min() == -largest)
    let above = numbers.filter { $0 > 0 }.sorted()
    #expect(above.first == smallest)
    for number in numbers { #expect(narrow.rounded(number, saturating: false) == number) }
    for (index, pair) in zip(above, above.dropFirst()).enumerated() {
      let middle = (pair.0 + pair.1) / 2
      // Patterns are in order, so that of two neighbours the one that ends in 0 is every other.
      let even = (index + 1) % 2 == 0 ? pair.0 : pair.1
      #expect(narrow.rounded(middle, saturating: true) == even)
      #expect(narrow.rounded(middle.nextDown, saturating: true) == pair.0)
      #expect(narrow.rounded(-middle.nextUp, saturating: true) == -pair.1)
    }
    for beyond in [2 * largest, .infinity] {
      #expect(narrow.rounded(beyond, saturating: true) == largest)
      #expect(narrow.rounded(-beyond, saturating: true) == -largest)
      let found = narrow.rounded(beyond, saturating: false)
      switch type {
      case 19: #expect(found == .infinity)
      case 23: #expect(found == largest)
      default: #expect(found.isNaN)
      }
    }
  }

  @Test func `keep the lower bits of whole numbers`() throws {
    for (type, value, wrapped) in [
      (2, -1, 255), (3, 200, -56), (4, 65_537, 1), (5, 40_000, -25_536), (6, 1 << 31, -(1 << 31)),
      (12, -1, (1 << 32) - 1), (21, -9, 7), (22, 8, -8), (7, -5, -5),
    ] {
      #expect(try #require(WholeNumberType(type: type)).wrapped(value) == wrapped)
    }
    #expect(WholeNumberType(type: 22)?.range == -8...7)
    #expect(WholeNumberType(type: 2)?.range == 0...255)
  }

  @Test func `share bytes in files`() throws {
    var tensor = Onnx_TensorProto()
    tensor.dataType = 22
    tensor.dims = [3]
    tensor.rawData.append(contentsOf: [0x8F, 0x03])
    #expect(try GraphValue(tensor).tensor.array == [-1, -8, 3])
    tensor.dataType = 17
    tensor.dims = [2]
    tensor.rawData = .init([0x38, 0xC0])
    #expect(try GraphValue(tensor).tensor.array == [1, -2])
    for dims in [[3], [1], [-2], [1 << 40, 1 << 40]] as [[Int64]] {
      tensor.dims = dims
      #expect(throws: ONNXError.self) { try GraphValue(tensor) }
    }
  }
}
