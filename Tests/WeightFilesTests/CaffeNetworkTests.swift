import Foundation
import TestSupport
import Testing

@testable import WeightFiles

@Suite struct CaffeNetworkTests {
  private static let values: [Float] = [1, -2, 0.5, 3, 0.25, -6]

  /// A convolution of 2 × 1 × 1 × 3 with its bias, a layer without arrays, and a scale.
  private static func network(_ storage: CaffeFile.Storage) -> Data {
    var file = CaffeFile()
    file.add("conv/a", [([2, 1, 1, 3], values), ([2], [7, 8])], storage)
    file.add("relu", [], storage)
    file.add("scale", [([300], (0..<300).map { Float($0) / 4 })])
    return file.data
  }

  /// A network of one array that is whatever is given.
  private static func network(blob: Data) -> Data {
    var file = CaffeFile()
    file.addLayer(CaffeFile.field(1, Data("conv".utf8)) + CaffeFile.field(7, blob))
    return file.data
  }

  @Test(arguments: CaffeFile.Storage.allCases)
  func `arrays have names by layer and place, and Caffe's shapes`(
    storage: CaffeFile.Storage
  ) throws {
    let arrays = try Checkpoint(Self.network(storage)).arrays
    #expect(arrays.map(\.name) == ["conv/a.0", "conv/a.1", "scale.0"])
    #expect(arrays.map(\.array.shape) == [[2, 1, 1, 3], [2], [300]])
    #expect(
      arrays.map(\.array.type) == [
        storage == .half ? .float16 : .float32, arrays[0].array.type, .float32,
      ])
    #expect(arrays[0].array.floats == Self.values)
    #expect(arrays[1].array.floats == [7, 8])
    #expect(arrays[2].array.floats.last == 74.75)
  }

  @Test func `an array may say its four sizes, and come in pieces`() throws {
    let sizes = [1, 2, 1, 3].enumerated().flatMap {
      CaffeFile.number(($0 + 1) << 3) + CaffeFile.number($1)
    }
    let halves = [Self.values[..<4], Self.values[4...]].map { part in
      CaffeFile.field(
        5,
        Data(
          part.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
          }))
    }
    let arrays = try Checkpoint(Self.network(blob: Data(sizes) + halves[0] + halves[1])).arrays
    #expect(arrays.map(\.array.shape) == [[1, 2, 1, 3]])
    #expect(arrays[0].array.floats == Self.values)
  }

  /// A message that ends between two layers is whole.
  @Test(arguments: CaffeFile.Storage.allCases)
  func `what is cut short is an error or lacks layers`(storage: CaffeFile.Storage) throws {
    let whole = Self.network(storage)
    var read = 0
    for count in 0..<whole.count {
      guard let arrays = try? Checkpoint(whole.prefix(count)).arrays else { continue }
      #expect(arrays.map(\.name) == ["conv/a.0", "conv/a.1"], "\(count) bytes")
      read += 1
    }
    #expect(read == 2)
  }

  @Test(arguments: CaffeFile.Storage.allCases)
  func `damage never traps`(storage: CaffeFile.Storage) {
    let whole = Self.network(storage).prefix(120)
    for place in whole.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var damaged = whole
        damaged[place] = value
        for (_, array) in (try? Checkpoint(damaged).arrays) ?? [] { _ = array.floats }
      }
    }
  }

  @Test(arguments: [
    // More and fewer numbers than the shape says, and none.
    CaffeFile.blob([2, 2], values, .packed), CaffeFile.blob([7], values, .packed),
    CaffeFile.blob([7], values, .half), CaffeFile.blob([0], [], .packed),
    CaffeFile.field(7, Data()),
    // A shape that is too large, alone and as a product, or less than nothing.
    CaffeFile.blob([1 << 40], [1], .packed), CaffeFile.blob([1 << 31, 1 << 31, 4], [1], .packed),
    CaffeFile.blob([-1], [1], .apart),
    // Numbers of which no type or an unknown one is said.
    CaffeFile.field(12, Data([0, 0])),
    Data(CaffeFile.number(10 << 3) + [9])
      + CaffeFile.field(12, Data([0, 0])),
  ])
  func `an array that is not what it says is refused`(blob: Data) {
    #expect(throws: FormatError.self) { try Checkpoint(Self.network(blob: blob)) }
  }

  @Test(
    arguments: [
      // A length of nearly 2^63 and one beyond; a number without end; a group; a field 0.
      [0xA2, 0x06, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
      [0xA2, 0x06, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [0x08] + [UInt8](repeating: 0x80, count: 20), [0x0B], [0x02, 0x00],
    ] as [[UInt8]])
  func `a hostile length is refused`(bytes: [UInt8]) {
    #expect(throws: FormatError.self) { try CaffeNetwork(Data(bytes)) }
    #expect(throws: FormatError.self) { try CaffeNetwork(Self.network(.packed) + bytes) }
  }

  @Test func `a file that cannot be used is named`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString).caffemodel")
    defer { try? FileManager.default.removeItem(at: path) }
    try Self.network(.packed).dropLast(3).write(to: path)
    let error = #expect(throws: WeightError.self) { try Checkpoint(path: path.path) }
    #expect(
      error?.description == "cannot read the weights \(path.path): it is cut short or damaged")
  }
}
