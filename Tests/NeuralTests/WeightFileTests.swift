import Foundation
import Neural
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct `A weight file` {
  @Test func `brings single precision back exactly`() throws {
    let layer = NormReLUConv(5, 3, kernel: 3)
    layer.initialize(seed: 1)
    try withFile { path in
      try WeightFile.write(layer, metadata: ["made": "here"], precision: .single, path: path)
      let file = try WeightFile(path: path)
      #expect(file.metadata == ["made": "here"])
      let other = NormReLUConv(5, 3, kernel: 3)
      try file.load(into: other)
      for (before, after) in zip(layer.parameters, other.parameters) {
        #expect(before.name == after.name)
        #expect(before.parameter.value.array == after.parameter.value.array)
      }
    }
  }

  @Test func `brings half precision back to eleven bits`() throws {
    let values: [Float] = [0, 1, -2, 65504, 1e-7, 6e-8, 0.1, -1 / 3, 2049, .infinity]
    try withFile { path in
      let tensor = Tensor(values, shape: [2, 5])
      try WeightFile.write([("a", tensor)], precision: .half, path: path)
      let read = try WeightFile(path: path)["a"]
      #expect(read?.shape == [2, 5])
      #expect(read?.array == values.map { Float(Float16($0)) })
    }
  }

  @Test func `is read if another program wrote it`() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/optimizer-adam.safetensors", withExtension: nil))
    let file = try WeightFile(path: url.path())
    let golden = try Fixture("optimizer-adam", in: .module)
    #expect(Set(file.shapes.keys) == Set(golden.entries.keys))
    for (key, entry) in golden.entries { #expect(file[key]?.array == entry.values) }
  }

  @Test func `that does not fit says every mismatch at once and changes nothing`() throws {
    let layer = NormReLUConv(5, 3, kernel: 3)
    layer.initialize(seed: 1)
    let before = layer.conv.bias?.value.array
    try withFile { path in
      var tensors = layer.parameters.map { ($0.name, $0.parameter.value + 1) }
      tensors.removeFirst()
      tensors[0].1 = Tensor([1, 2], shape: [2])
      tensors.append(("extra", Tensor([1], shape: [1])))
      try WeightFile.write(tensors, precision: .single, path: path)
      let error = #expect(throws: WeightError.self) { try WeightFile(path: path).load(into: layer) }
      #expect(
        error?.description
          == "the weights \(path) do not fit the model: norm.weight is missing; "
          + "norm.bias has shape [2], not [5]; extra is not known")
    }
    #expect(layer.conv.bias?.value.array == before)
  }

  @Test func `is refused wherever it was cut`() throws {
    try withFile { path in
      let tensors = [("a", randomTensor("a", [3, 4])), ("b", randomTensor("b", [2]))]
      try WeightFile.write(tensors, precision: .single, path: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(filePath: path))
        let error = #expect(throws: WeightError.self, "cut to \(length) bytes") {
          try WeightFile(path: path)
        }
        #expect(error?.description.hasPrefix("cannot read the weights \(path): ") == true)
      }
    }
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967295,4294967295,4294967295],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[2147483648,2147483648],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,-9223372036854775808]}}"#,
    #"{"a":{"dtype":"F32","shape":[4.5],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"C64","shape":[2],"data_offsets":[0,16]}}"#,
    #"{"a":{"shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
    #"""
    {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},
    "b":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}
    """#,
    #"""
    {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},
    "a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}
    """#,
    #"{"a":{"dtype":"F32","dtype":"I32","shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":[1,2]}"#,
    #"["a"]"#,
    "no header",
  ])
  func `with a hostile header is refused`(header: String) throws {
    try withFile { path in
      var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
      bytes += Array(header.utf8) + [UInt8](repeating: 0, count: 16)
      try Data(bytes).write(to: URL(filePath: path))
      #expect(throws: WeightError.self) { try WeightFile(path: path) }
    }
  }

  @Test(arguments: [UInt64.max, 1 << 63, 17, 200_000_000])
  func `with a header longer than itself is refused`(length: UInt64) throws {
    try withFile { path in
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      try Data(bytes + Array("{              }".utf8)).write(to: URL(filePath: path))
      #expect(throws: WeightError.self) { try WeightFile(path: path) }
    }
  }

  @Test func `may have arrays of any type, one of them empty, and colons in its names`() throws {
    let header = #"""
      {"a:b":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},
      "c\"":{"dtype":"F64","shape":[0,3],"data_offsets":[4,4]},
      "d":{"dtype":"U8","shape":[],"data_offsets":[4,5]},"__metadata__":{"e":"f:g"}}
      """#
    try withFile { path in
      var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
      bytes += Array(header.utf8) + [1, 0, 0xFE, 0xFF, 200]
      try Data(bytes).write(to: URL(filePath: path))
      let file = try WeightFile(path: path)
      #expect(file["a:b"]?.array == [1, -2])
      #expect(file[#"c""#]?.shape == [0, 3])
      #expect(file["d"]?.scalar == 200)
      #expect(file.metadata == ["e": "f:g"])
    }
  }

  @Test func `that is not there is named`() {
    let error = #expect(throws: WeightError.self) { try WeightFile(path: "/no/such/file") }
    #expect(error?.description == "cannot read the weights /no/such/file: no such file")
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }
}
