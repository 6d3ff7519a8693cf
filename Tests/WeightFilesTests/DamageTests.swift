import Foundation
import TestSupport
import Testing

@testable import WeightFiles

@Suite struct `A damaged file` {
  private static let files = fixtureNames + ["arrays.npz.safetensors"]

  /// Reads everything; whatever is no `FormatError` would end the test.
  private func isRead(_ data: Data) -> Bool {
    do throws(FormatError) {
      for (_, array) in try Checkpoint(data).arrays { _ = array.floats.count }
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: files)
  func `is refused wherever it was cut`(name: String) throws {
    let whole = try Data(contentsOf: URL(filePath: fixturePath(name)))
    #expect(isRead(whole))
    for length in 0..<whole.count {
      #expect(!isRead(whole.prefix(length)), "cut to \(length) of \(whole.count) bytes")
    }
  }

  @Test(arguments: files)
  func `with other bytes is an error or a value, and never a crash`(name: String) throws {
    let whole = try Data(contentsOf: URL(filePath: fixturePath(name)))
    let choices = hashUniform(name, count: 900).map { ($0 + 1) / 2 }
    var refused = 0
    for start in stride(from: 0, to: choices.count, by: 3) {
      var bytes = whole
      // Few bytes are structure; most of it stands at either end.
      let place = choices[start] < 0.5 ? choices[start + 1] : 1 - 0.3 * choices[start + 1]
      bytes[Int(place * Double(whole.count - 1))] = UInt8(choices[start + 2] * 256)
      if !isRead(bytes) { refused += 1 }
    }
    #expect(refused > 15, "\(refused) of 300 changes were noticed")
  }
}

@Suite struct `A view of a storage` {
  private let storage = Data((0..<24).flatMap { [UInt8($0), 0, 0, 0] })

  private func integers(_ shape: [Int], _ strides: [Int], _ offset: Int) throws(FormatError)
    -> [Int]?
  {
    try StoredArray(.int32, shape: shape, strides: strides, offset: offset, storage: storage)
      .integers
  }

  @Test func `takes the elements that its strides say`() throws {
    #expect(try integers([2, 3], [6, 2], 1) == [1, 3, 5, 7, 9, 11])
    #expect(try integers([2, 2], [0, 1], 22) == [22, 23, 22, 23])
    #expect(try integers([], [], 23) == [23])
    #expect(try integers([0, 5], [5, 1], 0) == [])
  }

  @Test(arguments: [
    ([2, 3], [6, 9], 1), ([25], [1], 0), ([1], [1], 24), ([2], [1], -1), ([2], [-1], 5),
    ([-1], [1], 0), ([2, 2], [1], 0), ([Int.max, 2], [1, 1], 0), ([2, 2], [Int.max, Int.max], 0),
    ([2], [Int.max], 1), ([1 << 40], [0], 0), ([1 << 62, 4], [0, 0], 0),
    (Array(repeating: 1, count: 65), Array(repeating: 1, count: 65), 0),
  ])
  func `that leaves it is refused`(shape: [Int], strides: [Int], offset: Int) {
    #expect(throws: FormatError.self) { try integers(shape, strides, offset) }
  }
}
