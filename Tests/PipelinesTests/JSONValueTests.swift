import Foundation
import Testing

@testable import Pipelines

struct JSONValueTests {
  @Test func `keys keep their order`() {
    let value = JSONValue.object([
      ("b", .integer(1)), ("a", .array([.null, .boolean(true)])), ("c", .object([])),
    ])
    #expect(
      value.text == """
        {
          "b": 1,
          "a": [
            null,
            true
          ],
          "c": {}
        }
        """)
  }

  @Test(arguments: ["", "a\"b\\c", "line\nfeed\ttab\r", "\u{0}\u{1F}\u{7F}", "Grüße 🐻 \u{2028}"])
  func `any text comes back from Foundation's parser`(_ text: String) throws {
    let written = JSONValue.object([("t", .string(text))]).text
    let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: String]
    #expect(read == ["t": text])
  }

  @Test(arguments: [0, 1.5, -2e-300, 1.756e-72, 123_456_789.123])
  func `numbers come back exactly`(_ number: Double) throws {
    let written = JSONValue.array([.number(number)]).text
    let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [Double]
    #expect(read == [number])
  }

  @Test func `what JSON has no number for is null`() {
    #expect(JSONValue.number(.infinity).text == "null")
    #expect(JSONValue.number(.nan).text == "null")
  }
}
