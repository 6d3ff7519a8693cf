import Foundation
import Testing
import WeightFiles

@Suite struct `A safetensors file` {
  @Test func `of the library itself keeps its types and its free text`() throws {
    let file = try Safetensors(path: fixturePath("types.safetensors"))
    #expect(file.metadata == ["made": "elsewhere"])
    let found = Dictionary(uniqueKeysWithValues: file.arrays.map { ($0.name, $0.array) })
    #expect(
      found.mapValues(\.type) == [
        "double": .float64, "whole": .float32, "half": .float16, "bfloat16": .bfloat16,
        "int64": .int64, "int32": .int32, "int16": .int16, "int8": .int8, "uint8": .uint8,
        "bool": .boolean, "scalar": .float32, "empty": .float32,
      ])
    #expect(found["int64"]?.integers == [-3, 0, 1, 100])
    #expect(found["scalar"]?.shape == [])
    #expect(found["empty"]?.count == 0)
  }

  @Test func `is mapped, so that a small array of a huge file costs little`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: path) }
    let huge = 1 << 33
    let header = #"""
      {"huge":{"dtype":"U8","shape":[\#(huge)],"data_offsets":[0,\#(huge)]},
      "small":{"dtype":"F32","shape":[2],"data_offsets":[\#(huge),\#(huge + 8)]}}
      """#
    var start = Data((0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) })
    start.append(Data(header.utf8))
    try start.write(to: path)
    // The huge array is a hole in the file, which takes no place.
    let handle = try FileHandle(forWritingTo: path)
    try handle.seek(toOffset: UInt64(start.count + huge))
    try handle.write(contentsOf: Data([0, 0, 128, 63, 0, 0, 0, 192]))
    try handle.close()
    let before = try residentPages()
    let arrays = try Safetensors(path: path.path).arrays
    #expect(arrays.map(\.name) == ["huge", "small"])
    #expect(arrays[1].array.floats == [1, -2])
    let grown = try residentPages() - before
    #expect(grown < 1 << 16, "\(grown) pages of memory for two numbers")
  }

  /// Pages of memory that the process holds; other tests run beside this one.
  private func residentPages() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      .split(separator: " ")
    return try #require(Int(fields[1]))
  }
}
