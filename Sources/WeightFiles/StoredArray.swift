internal import Foundation
internal import Kernels

/// An array in a file, mapped into memory and converted when it is asked for.
///
/// It may be a view: every stride and the first element are checked against the storage when it is
/// made, so that reading cannot fail.
public struct StoredArray: Sendable {
  public let type: ElementType
  public let shape: [Int]
  private let strides: [Int]
  private let isRowMajor: Bool
  private let isBigEndian: Bool
  private let bytes: Data

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// How many elements a view may have although its storage has fewer.
  private static let repetitionLimit = 1 << 24

  /// - Parameters:
  ///   - strides: Elements from one item of an axis to the next; by default the last axis varies
  ///     fastest.
  ///   - offset: The element of the storage that is the array's first.
  ///   - storage: What holds the elements, and maybe others.
  init(
    _ type: ElementType, shape: [Int], strides: [Int]? = nil, offset: Int = 0,
    isBigEndian: Bool = false, storage: Data
  ) throws(FormatError) {
    guard shape.count <= 64, shape.allSatisfy({ $0 >= 0 }) else {
      throw FormatError("an array has the impossible shape \(shape)")
    }
    let rowMajor = try Self.rowMajorStrides(shape)
    let strides = strides ?? rowMajor
    guard strides.count == shape.count, offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
      throw FormatError("an array of shape \(shape) has the strides \(strides)")
    }
    let available = storage.count / type.width
    let count = try shape.reduced(1) { $0.multipliedReportingOverflow(by: $1) }
    self.type = type
    self.shape = shape
    self.strides = strides
    self.isBigEndian = isBigEndian
    isRowMajor = strides == rowMajor
    guard count > 0 else {
      bytes = Data()
      return
    }
    let reaches = try zip(shape, strides).map { size, stride throws(FormatError) in
      try [size - 1, stride].reduced(1) { $0.multipliedReportingOverflow(by: $1) }
    }
    let end = try ([offset, 1] + reaches).reduced(0) { $0.addingReportingOverflow($1) }
    guard end <= available, count <= max(available, Self.repetitionLimit) else {
      throw FormatError("an array of shape \(shape) does not lie in its \(available) elements")
    }
    let start = storage.startIndex
    bytes = storage[start + offset * type.width..<start + end * type.width]
  }

  /// Elements that other code took from a file, in the order of the shape and lowest byte first.
  ///
  /// - Throws: ``WeightError`` if the bytes are too few for the shape.
  public init(_ type: ElementType, shape: [Int], bytes: [UInt8]) throws(WeightError) {
    do throws(FormatError) {
      try self.init(type, shape: shape, storage: Data(bytes))
    } catch {
      throw .unreadable(path: "an array", reason: error.reason)
    }
  }

  static func rowMajorStrides(_ shape: [Int]) throws(FormatError) -> [Int] {
    var strides = shape
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step = try [step, max(shape[axis], 1)].reduced(1) { $0.multipliedReportingOverflow(by: $1) }
    }
    return strides
  }

  /// The elements in the order of the shape, as single precision.
  public var floats: [Float] {
    switch type {
    case .float64: words(UInt64.self).map { Float(Double(bitPattern: $0)) }
    case .float32: words(UInt32.self).map { Float(bitPattern: $0) }
    case .float16: Buffer(halves: words(UInt16.self)).array
    case .bfloat16: words(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .int64: words(Int64.self).map { Float($0) }
    case .int32: words(Int32.self).map { Float($0) }
    case .int16: words(Int16.self).map { Float($0) }
    case .int8: words(Int8.self).map { Float($0) }
    case .uint64: words(UInt64.self).map { Float($0) }
    case .uint32: words(UInt32.self).map { Float($0) }
    case .uint16: words(UInt16.self).map { Float($0) }
    case .uint8: words(UInt8.self).map { Float($0) }
    case .boolean: words(UInt8.self).map { $0 == 0 ? 0 : 1 }
    }
  }

  /// The elements in the order of the shape, if they are whole numbers that `Int` can hold.
  public var integers: [Int]? {
    switch type {
    case .float64, .float32, .float16, .bfloat16: nil
    case .int64: words(Int64.self).map { Int($0) }
    case .int32: words(Int32.self).map { Int($0) }
    case .int16: words(Int16.self).map { Int($0) }
    case .int8: words(Int8.self).map { Int($0) }
    case .uint64: words(UInt64.self).map { Int(exactly: $0) }.allPresent
    case .uint32: words(UInt32.self).map { Int($0) }
    case .uint16: words(UInt16.self).map { Int($0) }
    case .uint8: words(UInt8.self).map { Int($0) }
    case .boolean: words(UInt8.self).map { $0 == 0 ? 0 : 1 }
    }
  }

  private func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
    var stored = [Word](repeating: 0, count: bytes.count / MemoryLayout<Word>.size)
    _ = unsafe stored.withUnsafeMutableBytes { unsafe bytes.copyBytes(to: $0) }
    if isBigEndian { stored = stored.map(\.byteSwapped) }
    return isRowMajor ? stored : places.map { stored[$0] }
  }

  /// Where each element stands, counted from the first.
  private var places: [Int] {
    guard count > 0 else { return [] }
    return zip(shape, strides).reduce([0]) { starts, axis in
      starts.flatMap { start in (0..<axis.0).map { start + $0 * axis.1 } }
    }
  }
}

extension [Int] {
  /// All elements joined, unless the result is too large for `Int`.
  fileprivate func reduced(
    _ start: Int, _ join: (Int, Int) -> (partialValue: Int, overflow: Bool)
  ) throws(FormatError) -> Int {
    var result = start
    for value in self {
      let (joined, overflow) = join(result, value)
      guard !overflow else { throw FormatError("an array is too large") }
      result = joined
    }
    return result
  }
}

extension [Int?] {
  fileprivate var allPresent: [Int]? {
    let present = compactMap(\.self)
    return present.count == count ? present : nil
  }
}
