import Foundation
import Testing

@Suite struct `ONNX's own tests of operators` {
  /// What `Scripts/onnx-nodes` asks for: `record` or `list`.
  private var request: String { ProcessInfo.processInfo.environment["ONNX_NODES"] ?? "" }

  @Test(.enabled(if: NodeTest.areFetched, "Scripts/onnx-nodes fetches them"))
  func `pass where they are recorded as passing`() throws {
    let tests = try NodeTest.all()
    var passing: [String] = []
    for test in tests {
      if request == "list" { FileHandle.standardError.write(Data("\(test.name): ".utf8)) }
      let fault = test.fault()
      if fault == nil { passing.append(test.name) }
      if request == "list" {
        FileHandle.standardError.write(Data(((fault ?? "passes") + "\n").utf8))
      }
    }
    if request == "record" {
      try Data((passing.joined(separator: "\n") + "\n").utf8).write(to: NodeTest.record)
    }
    let recorded = String(decoding: try Data(contentsOf: NodeTest.record), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    print("ONNX's tests of operators: \(passing.count) of \(tests.count) pass")
    #expect(Set(recorded).subtracting(passing) == [])
    #expect(!recorded.isEmpty)
  }
}
