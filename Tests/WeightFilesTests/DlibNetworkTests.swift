import Foundation
import Testing

@testable import WeightFiles

/// Writes networks as dlib does.
private struct DlibWriter {
  private(set) var data = Data()

  mutating func integer(_ value: Int) {
    var (bytes, rest) = ([UInt8](), value.magnitude)
    repeat {
      bytes.append(UInt8(rest & 0xFF))
      rest >>= 8
    } while rest > 0
    data.append(UInt8(bytes.count) | (value < 0 ? 0x80 : 0))
    data.append(contentsOf: bytes)
  }

  mutating func integers(_ values: Int...) { for value in values { integer(value) } }

  mutating func text(_ text: String) {
    integer(text.utf8.count)
    data.append(contentsOf: text.utf8)
  }

  /// Mantissas and exponents.
  mutating func numbers(_ count: Int) { for _ in 0..<count { integers(0xA3D7, -20) } }

  mutating func tensor(_ values: [Float]) {
    integers(2, values.count, 1, 1, values.isEmpty ? 0 : 1)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
  }

  mutating func alias(_ sizes: Int...) {
    integer(1)
    for size in sizes { integer(size) }
  }

  mutating func endOfLayer(version: Int) {
    data.append(contentsOf: "110".utf8)
    for _ in 0..<3 { tensor([]) }
    if version == 3 { integer(1) }
  }

  /// A convolution of 1 × 2, a scale and a linear layer from 2 to 3 numbers.
  static var network: Data {
    var writer = DlibWriter()
    writer.integer(1)
    writer.text("loss_metric_2")
    writer.numbers(2)
    writer.integers(2, 1, 2, 2, 3)
    writer.text("input_rgb_image_sized")
    writer.numbers(3)
    writer.integers(150, 150)
    writer.text("con_4")
    writer.tensor([1, 2, 3, 4, 5, 6])
    writer.integers(2, 1, 2, 1, 1, 0, 0)
    writer.alias(2, 1, 1, 2)
    writer.alias(1, 2, 1, 1)
    writer.numbers(4)
    writer.endOfLayer(version: 3)
    writer.text("affine_")
    writer.tensor([7, 8, 9, 10])
    writer.alias(1, 2, 1, 1)
    writer.alias(1, 2, 1, 1)
    writer.integer(0)
    writer.endOfLayer(version: 2)
    writer.text("relu_")
    writer.endOfLayer(version: 2)
    writer.text("fc_2")
    writer.integers(3, 2)
    writer.tensor([1, 2, 3, 4, 5, 6])
    writer.alias(2, 3, 1, 1)
    writer.alias(0, 0, 0, 0)
    writer.integer(1)
    writer.numbers(4)
    writer.endOfLayer(version: 2)
    return writer.data
  }
}

@Suite struct DlibNetworkTests {
  @Test func `arrays have names by kind and place, and PyTorch's shapes`() throws {
    let arrays = try Checkpoint(DlibWriter.network).arrays
    #expect(
      arrays.map(\.name) == [
        "con.0.weight", "con.0.bias", "affine.0.gamma", "affine.0.beta", "fc.0.weight",
      ])
    #expect(arrays.map(\.array.shape) == [[2, 1, 1, 2], [2], [2], [2], [3, 2]])
    #expect(
      arrays.map(\.array.floats) == [
        [1, 2, 3, 4], [5, 6], [7, 8], [9, 10], [1, 4, 2, 5, 3, 6],
      ])
  }

  @Test func `what is cut short or goes on is an error`() {
    let whole = DlibWriter.network
    for count in 1..<whole.count {
      #expect(throws: FormatError.self, "\(count) bytes") {
        try DlibNetwork(whole.prefix(count))
      }
    }
    #expect(throws: FormatError.self) { try DlibNetwork(whole + [0]) }
  }

  @Test func `damage never traps`() {
    let whole = DlibWriter.network
    for place in whole.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x88, 0xFF] {
        var damaged = whole
        damaged[place] = value
        _ = try? DlibNetwork(damaged)
      }
    }
  }
}
