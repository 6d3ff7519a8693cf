import Tensors
import TestSupport
import Testing

@testable import ONNX

@Suite struct `A graph that is read` {
  private let bytes: [UInt8]

  init() throws {
    bytes = try onnxModel(
      name: "graph", inputs: [("x", randomTensor("x", [2, 3]))], parameters: [], outputs: ["y"]
    ) { [relu($0[0] * Tensor([1, 2, 3], shape: [3])).sum(axes: [0])] }
  }

  @Test func `is an error or a graph wherever it was cut`() {
    for length in 0..<bytes.count {
      do throws(ONNXError) {
        _ = try GraphModel(Array(bytes[..<length]))
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test func `says what it lacks`() throws {
    let model = try GraphModel(bytes)
    #expect(throws: ONNXError.self) { try model([]) }
    #expect(throws: ONNXError.unreadable("these bytes are no model")) {
      try GraphModel([1, 2, 3])
    }
    var node = Onnx_NodeProto()
    node.opType = "Sing"
    #expect(throws: ONNXError.unsupported(operator: "Sing", reason: "it is not known")) {
      try OperatorCall(node, inputs: [], version: 17).results()
    }
  }

  @Test(arguments: [
    (Onnx_TensorProto.DataType.float, [0, 0, 0xC0, 0x3F] as [UInt8], [1.5] as [Float]),
    (.double, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F], [1.5]), (.float16, [0, 0x3E], [1.5]),
    (.bfloat16, [0xC0, 0x3F], [1.5]), (.int8, [0xFE], [-2]), (.uint8, [0xFE], [254]),
    (.int64, [0xFE, 255, 255, 255, 255, 255, 255, 255], [-2]), (.bool, [7], [1]),
  ])
  func `has constants of any type`(
    type: Onnx_TensorProto.DataType, bytes: [UInt8], values: [Float]
  ) throws {
    var tensor = Onnx_TensorProto()
    tensor.dataType = Int32(type.rawValue)
    tensor.dims = [1, 1]
    tensor.rawData.append(contentsOf: bytes)
    let value = try GraphValue(tensor)
    #expect(value.shape == [1, 1])
    #expect(value.tensor.array == values)
    tensor.dims = [2]
    #expect(throws: ONNXError.self) { try GraphValue(tensor) }
    tensor.dims = [-1]
    #expect(throws: ONNXError.self) { try GraphValue(tensor) }
  }
}
