import Foundation
import Testing
import WeightFiles

/// Weights that others published, in a folder that `Tests/Oracles/WeightFiles/real.py` filled.
@Suite struct `Published weights` {
  private static let folder = ProcessInfo.processInfo.environment["REAL_WEIGHTS"]

  @Test(.enabled(if: folder != nil, "REAL_WEIGHTS names no folder"))
  func `hold what PyTorch or OpenCV reads of them`() throws {
    let folder = try #require(Self.folder)
    let suffix = ".golden"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
    #expect(files.count >= 8)
    for file in files {
      let expected = try Safetensors(path: "\(folder)/\(file)\(suffix)").arrays
      let arrays = try Checkpoint(path: "\(folder)/\(file)").arrays
      let found = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) })
      // A script also holds constants of its code, and attributes that no state dictionary names.
      let (names, wanted) = (Set(found.keys), Set(expected.map(\.name)))
      #expect(file.hasSuffix(".jit") ? names.isSuperset(of: wanted) : names == wanted, "\(file)")
      for (name, array) in expected {
        #expect(found[name]?.shape == array.shape, "\(name) of \(file)")
        #expect(found[name]?.floats == array.floats, "\(name) of \(file)")
      }
      print("\(file): \(expected.count) arrays as they are read elsewhere")
    }
  }
}
