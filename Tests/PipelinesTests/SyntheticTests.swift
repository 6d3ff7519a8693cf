import Foundation
import Testing

/// Compiles small programs against the modules that this test was built with.
struct SyntheticTests {
  /// What every program begins with.
  private let opening = """
    import MediaTypes
    func generate(_ picture: Picture) -> Synthetic<Picture> { Synthetic(picture) }
    """

  @Test func `a generator that closes its frames compiles`() throws {
    let complaints = try complaints(
      about: "func frame(_ picture: Picture) -> Synthetic<Picture> { generate(picture) }")
    #expect(complaints == "")
  }

  @Test(
    arguments: [
      "func write(_ picture: Picture) -> Picture { generate(picture).unmarked }",
      "func write(_ picture: Picture) -> Marked<Picture> { Marked(picture) }",
      "func write(_ picture: Picture) -> Marked<Picture> { Marked(generate(picture).unmarked) }",
    ])
  func `code that would write an unmarked synthetic frame does not compile`(body: String) throws {
    #expect(try complaints(about: body).contains("inaccessible due to '@_spi' protection level"))
  }

  @Test func `a synthetic frame is no picture`() throws {
    let complaints = try complaints(
      about: "func write(_ picture: Picture) -> Picture { generate(picture) }")
    #expect(complaints.contains("cannot convert return expression of type 'Synthetic<Picture>'"))
  }

  /// What the compiler says of a program.
  private func complaints(about body: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("palimpsest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appendingPathComponent("program.swift")
    try Data("\(opening)\n\(body)\n".utf8).write(to: program)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "swiftc", "-typecheck", "-swift-version", "6", "-I", try modules(), program.path,
    ]
    let output = Pipe()
    compiler.standardError = output
    try compiler.run()
    let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    return words
  }

  /// The folder of the modules, beside the program that runs the tests.
  private func modules() throws -> String {
    let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
    let folder = URL(fileURLWithPath: tests.bundlePath)
    let places = [folder, folder.deletingLastPathComponent()].map {
      $0.appendingPathComponent("Modules").path
    }
    return try #require(places.first { FileManager.default.fileExists(atPath: $0) })
  }
}
