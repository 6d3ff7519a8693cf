import Foundation
import TestSupport
import Testing
import WeightFiles

/// The path of a fixture.
func fixturePath(_ name: String) throws -> String {
  try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path()
}

/// One file of each kind that other programs write.
let fixtureNames = [
  "tensors.pth", "tensors-legacy.pth", "tensors-protocol-4.pth", "wrapped.ckpt", "module.pt",
  "module-legacy.pt", "script.pt", "arrays-2.pkl", "arrays-4.pkl", "arrays-5.pkl",
  "arrays-numpy-1.pkl", "arrays.npz", "array.npy", "array-2.npy", "array-3.npy", "streamed.npz",
  "types.safetensors",
]

@Suite struct `A checkpoint` {
  @Test(arguments: fixtureNames)
  func `holds what the other program says`(name: String) throws {
    let expected = try Fixture(name, in: .module).entries
    let found = try Checkpoint(path: fixturePath(name)).arrays
    #expect(found.map(\.name).sorted() == expected.keys.sorted())
    for (name, array) in found {
      let entry = try #require(expected[name])
      #expect(array.shape == entry.shape, "\(name)")
      #expect(array.floats == entry.values, "\(name)")
    }
  }

  @Test func `keeps whole numbers whole`() throws {
    let arrays = try Checkpoint(path: fixturePath("tensors.pth")).arrays
    let found = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) })
    for name in ["int64", "int32", "int16", "int8"] {
      #expect(found[name]?.integers == [-3, 0, 1, 100], "\(name)")
    }
    #expect(found["uint8"]?.integers == [3, 0, 1, 100])
    #expect(found["bool"]?.integers == [0, 0, 1, 1])
    #expect(found["half"]?.integers == nil)
    #expect(found["bfloat16"]?.type == .bfloat16)
  }

  @Test func `gives the part that is asked for`() throws {
    let path = try fixturePath("wrapped.ckpt")
    let names = try Checkpoint(path: path, part: "optimizer.state").arrays.map(\.name)
    #expect(names.contains("0.exp_avg"))
    #expect(!names.contains { $0.contains("weight") })
    for part in ["state_dict.module.head", "module.head"] {
      let arrays = try Checkpoint(path: path, part: part).arrays
      #expect(arrays.map(\.name) == ["weight", "bias"])
    }
    let error = #expect(throws: WeightError.self) { try Checkpoint(path: path, part: "net_d") }
    #expect(error?.description == "cannot read the weights \(path): there is no net_d in it")
  }

  @Test func `of safetensors is read like any other`() throws {
    let path = try fixturePath("array.npy.safetensors")
    let arrays = try Checkpoint(path: path).arrays
    #expect(arrays.map(\.name) == ["array"])
    #expect(arrays[0].array.shape == [3, 4])
  }
}
