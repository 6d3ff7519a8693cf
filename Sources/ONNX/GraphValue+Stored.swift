internal import Foundation
internal import Tensors
internal import WeightFiles

extension GraphValue {
  /// A constant of a model, or a tensor in a file of its own.
  init(_ stored: Onnx_TensorProto) throws(ONNXError) {
    let shape = stored.dims.map { Int($0) }
    let damaged = ONNXError.unreadable("the tensor \(stored.name) is damaged or kept elsewhere")
    guard stored.dataLocation == .default else { throw damaged }
    if let narrow = NarrowNumbers(type: Int(stored.dataType)) {
      guard let patterns = stored.patterns(of: narrow.bits) else { throw damaged }
      self = .numbers(Tensor(patterns.map(narrow.value), shape: shape))
      return
    }
    if let whole = WholeNumberType(type: Int(stored.dataType)), whole.bits < 8 {
      guard let patterns = stored.patterns(of: whole.bits) else { throw damaged }
      self = .integers(Indices(patterns.map(whole.wrapped), shape: shape))
      return
    }
    guard let type = stored.elementType else { throw damaged }
    let array: StoredArray
    do {
      array = try StoredArray(type, shape: shape, bytes: [UInt8](stored.bytes(of: type)))
    } catch {
      throw damaged
    }
    switch type {
    case .boolean: self = .booleans(Tensor(array.floats, shape: shape))
    case .float64, .float32, .float16, .bfloat16:
      self = .numbers(Tensor(array.floats, shape: shape))
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8:
      guard let values = array.integers else { throw damaged }
      self = .integers(Indices(values, shape: shape))
    }
  }
}

extension Onnx_TensorProto {
  fileprivate var elementType: ElementType? {
    switch DataType(rawValue: Int(dataType)) {
    case .float: .float32
    case .double: .float64
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int64: .int64
    case .int32: .int32
    case .int16: .int16
    case .int8: .int8
    case .uint64: .uint64
    case .uint32: .uint32
    case .uint16: .uint16
    case .uint8: .uint8
    case .bool: .boolean
    default: nil
    }
  }

  /// The elements as patterns of eight bits or of four, of which two share a byte, the lower half
  /// first; `nil` if they do not fill the shape.
  fileprivate func patterns(of bits: Int) -> [Int]? {
    let bytes = rawData.isEmpty ? int32Data.map { Int($0) & 0xFF } : rawData.map { Int($0) }
    let patterns = bits == 8 ? bytes : bytes.flatMap { [$0 & 15, $0 >> 4] }
    var count = 1
    for size in dims {
      let (product, overflows) = count.multipliedReportingOverflow(by: Int(size))
      guard size >= 0, !overflows else { return nil }
      count = product
    }
    guard (count * bits + 7) / 8 == bytes.count else { return nil }
    return Array(patterns.prefix(count))
  }

  /// The elements as bytes: as such, or in the list for their type, lowest byte first.
  fileprivate func bytes(of type: ElementType) -> Data {
    switch type {
    case _ where !rawData.isEmpty: rawData
    case .float32: packed(floatData.map(\.bitPattern))
    case .float64: packed(doubleData.map(\.bitPattern))
    case .int64: packed(int64Data)
    case .uint64: packed(uint64Data)
    case .uint32: packed(uint64Data.map { UInt32(truncatingIfNeeded: $0) })
    case .int32: packed(int32Data)
    case .float16, .bfloat16, .int16, .uint16:
      packed(int32Data.map { UInt16(truncatingIfNeeded: $0) })
    case .int8, .uint8, .boolean: packed(int32Data.map { UInt8(truncatingIfNeeded: $0) })
    }
  }

  private func packed<Word: FixedWidthInteger>(_ words: [Word]) -> Data {
    words.withUnsafeBytes { Data($0) }
  }
}
