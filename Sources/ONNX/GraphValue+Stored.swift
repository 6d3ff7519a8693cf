internal import Foundation
internal import Tensors
internal import WeightFiles

extension GraphValue {
  /// A constant of a model, or a tensor in a file of its own.
  init(_ stored: Onnx_TensorProto) throws(ONNXError) {
    let shape = stored.dims.map { Int($0) }
    let damaged = ONNXError.unreadable("the tensor \(stored.name) is damaged or kept elsewhere")
    guard stored.dataLocation == .default, let type = stored.elementType else { throw damaged }
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
