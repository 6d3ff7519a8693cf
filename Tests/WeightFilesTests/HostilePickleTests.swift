import Foundation
import Testing

@testable import WeightFiles

/// Pickles that no honest program writes, put together by hand.
@Suite struct `A hostile pickle` {
  private func bytes(_ parts: Any...) -> Data {
    var data = Data([0x80, 2])
    for part in parts {
      switch part {
      case let text as String: data += Data(text.utf8)
      case let byte as Int: data.append(UInt8(byte))
      case let list as [UInt8]: data += list
      default: Issue.record("\(part)")
      }
    }
    return data
  }

  /// The reason for which a pickle is refused.
  private func refusal(_ data: Data) -> String? {
    do throws(FormatError) {
      _ = try Checkpoint(data)
      return nil
    } catch {
      return error.reason
    }
  }

  /// Text as a pickle has it.
  private func text(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + text.utf8 }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"),
    ("operator", "attrgetter"), ("functools", "partial"), ("torch.hub", "load"),
    ("torch", "load"), ("numpy", "load"), ("numpy.testing._private.utils", "runstring"),
    ("torch._utils", "_rebuild_tensor_v2.__globals__"), ("collections", "OrderedDict.__init__"),
    ("codecs", "decode"), ("_codecs", "decode"), ("torch.storage", "_load_from_bytes"),
  ])
  func `that calls something is refused by its name`(module: String, name: String) {
    let arguments = bytes("(", text("true")).dropFirst(2)
    let byLine = bytes("c\(module)\n\(name)\n") + arguments + Data("tR.".utf8)
    let byStack = bytes(text(module), text(name), 0x93) + arguments + Data("tR.".utf8)
    for pickle in [byLine, byStack] {
      #expect(refusal(pickle) == "it wants to call \(module).\(name)")
    }
  }

  @Test(arguments: [
    "eval", "exec", "getattr", "setattr", "__import__", "open", "compile", "apply", "map", "type",
  ])
  func `that only mentions a built-in function is refused`(name: String) {
    for module in ["builtins", "__builtin__"] {
      #expect(refusal(bytes("c\(module)\n\(name)\n.")) == "it wants to use \(module).\(name)")
    }
  }

  @Test func `that makes an instance the old way is refused by its name`() {
    #expect(refusal(bytes("(", text("x"), "ios\nsystem\n.")) == "it wants to make a os.system")
    #expect(refusal(bytes("(cos\nsystem\n", text("x"), "o.")) == "it wants to make a os.system")
  }

  @Test func `gets an inert record for a class, whatever its name`() throws {
    let data = bytes("cos\nsystem\n(", text("true"), "t", 0x81, "}", text("a"), "K", 1, "sb.")
    var unpickler = try Unpickler(data)
    let pickle = try unpickler.read()
    guard case .record? = pickle.object(pickle.root)?.kind else {
      Issue.record("\(pickle.root)")
      return
    }
    #expect(refusal(data) == "there is no array in it")
  }

  @Test func `that calls what is no function is refused`() {
    #expect(refusal(bytes("K", 1, ")R.")) == "it is a damaged pickle")
    #expect(refusal(bytes("])R.")) == "it is a damaged pickle")
    #expect(refusal(bytes(")", 0x81, ".")) == "it is a damaged pickle")
  }

  @Test func `that nests deeply neither overflows the stack nor is followed`() {
    let tuples = bytes(")", [UInt8](repeating: 0x85, count: 200_000), ".")
    #expect(refusal(tuples) == "it is a pickle that nests without end")
    let lists = bytes(
      [UInt8](repeating: UInt8(ascii: "]"), count: 200_000),
      [UInt8](repeating: UInt8(ascii: "a"), count: 199_999), ".")
    #expect(refusal(lists) == "it is a pickle that nests without end")
  }

  @Test func `that contains itself is not followed`() {
    #expect(refusal(bytes("]q", 0, "h", 0, "a.")) == "it is a pickle that nests without end")
  }

  @Test func `that doubles again and again is not followed`() {
    // Fifty lists, each twice in the next: 2⁵⁰ in all.
    let doubled = Array(bytes("q", 0, "](h", 0, "h", 0, "e").dropFirst(2))
    let laughs = bytes("]", Array(repeatElement(doubled, count: 50).joined()), ".")
    #expect(refusal(laughs) == "it is a pickle that nests without end")
  }

  @Test func `that copies the same again and again is stopped`() {
    let copying = Array(bytes("0h", 0, "h", 1, 0x85, "R").dropFirst(2))
    let data = bytes(
      "cbuiltins\nlist\nq", 0, "0](", Array(repeatElement(UInt8(ascii: "N"), count: 10_000)),
      "eq", 1, Array(repeatElement(copying, count: 10_000).joined()), ".")
    #expect(refusal(data) == "it is a pickle that grows without end")
  }

  @Test(
    arguments: [
      [0x8B, 0xFF, 0xFF, 0xFF, 0xFF],  // a whole number of 4 GB
      [0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],  // text of 2⁶⁴ bytes
      [0x8E, 0, 0, 0, 0, 0, 0, 0, 0x80], [0x58, 0xFF, 0xFF, 0xFF, 0x7F],
      [0x54, 0xFF, 0xFF, 0xFF, 0xFF], [0x68, 7], [0x6A, 0, 0, 0, 0x80], [0x74], [0x65], [0x30],
      [0x52], [0x62], [0x86], [0x93], [0x51], [0x28, 0x30], [0x7D, 0x4E, 0x73], [0x82, 1], [0x97],
      [0x98], [0xFF],
    ] as [[UInt8]])
  func `that is no pickle is refused`(code: [UInt8]) {
    #expect(refusal(bytes(code, ".")) != nil)
  }

  @Test(arguments: [
    ("K\u{1}", "(K\u{2}t", "(K\u{1}t"),  // more than its storage
    ("J\u{0}\u{0}\u{0}@", "(K\u{1}t", "(K\u{1}t"), ("K\u{0}", "(N t", "(K\u{1}t"),
    ("K\u{0}", "(K\u{1}K\u{1}t", "(K\u{1}t"),
  ])
  func `of a tensor that cannot be is refused`(offset: String, shape: String, strides: String) {
    let storage = bytes(
      "(", text("storage"), "ctorch\nFloatStorage\n", text("0"), text("cpu"), "K", 1, "tQ")
    let tensor =
      bytes("ctorch._utils\n_rebuild_tensor_v2\n(") + storage.dropFirst(2)
      + Data((offset + shape + strides).utf8) + Data([0x89]) + Data("NtR.".utf8)
    #expect(refusal(tensor) != nil)
  }
}
