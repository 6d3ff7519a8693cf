internal import Foundation

/// Reads a pickle and builds numbers, text, containers and arrays, and nothing else.
///
/// A pickle is a program that calls whatever it names. Here a name stands for nothing but itself:
/// it may be the class of a record, which stays inert; a call of anything but the few functions
/// that make containers and arrays is an error that names it. Time and memory are bounded by the
/// size of the pickle.
struct Unpickler {
  typealias Value = Pickle.Value

  private var reader: ByteReader
  private let start: Int
  private var stack: [Value] = []
  /// The heights of the stack at which open marks lie.
  private var marks: [Int] = []
  private var memo: [Int: Value] = [:]
  private(set) var objects: [Pickle.Object] = []
  /// What calls may still copy: as much as any honest pickle needs.
  private var allowance: Int

  /// - Parameter position: Where the pickle begins in the data.
  init(_ data: Data, at position: Int = 0) throws(FormatError) {
    reader = try ByteReader(data, at: position)
    start = position
    allowance = 2 * (data.count - position) + 1024
  }

  mutating func read() throws(FormatError) -> Pickle {
    while true {
      let code = try reader.integer(UInt8.self)
      if code == UInt8(ascii: ".") { break }
      try run(code)
    }
    let root = try pop()
    return Pickle(root: root, objects: objects, length: reader.position - start)
  }

  private mutating func run(_ code: UInt8) throws(FormatError) {
    switch code {
    case 0x80:  // PROTO
      let version = try reader.integer(UInt8.self)
      guard (2...5).contains(version) else {
        throw FormatError("it is a pickle of the unknown protocol \(version)")
      }
    case 0x95: _ = try reader.bytes(8)  // FRAME
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): stack.append(try top())
    case UInt8(ascii: "q"): memo[try reader.count(UInt8.self)] = try top()
    case UInt8(ascii: "r"): memo[try reader.count(UInt32.self)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): try recall(try reader.count(UInt8.self))
    case UInt8(ascii: "j"): try recall(try reader.count(UInt32.self))
    case UInt8(ascii: "N"), 0x88, 0x89, UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "J"),
      UInt8(ascii: "G"), 0x8A, 0x8B:
      stack.append(try number(code))
    case UInt8(ascii: "X"), 0x8C, 0x8D, UInt8(ascii: "U"), UInt8(ascii: "T"), UInt8(ascii: "C"),
      UInt8(ascii: "B"), 0x8E, 0x96:
      stack.append(try text(code))
    default: try runContainer(code)
    }
  }

  private mutating func number(_ code: UInt8) throws(FormatError) -> Value {
    switch code {
    case UInt8(ascii: "N"): return .none
    case 0x88: return .boolean(true)
    case 0x89: return .boolean(false)
    case UInt8(ascii: "K"): return .integer(Int(try reader.integer(UInt8.self)))
    case UInt8(ascii: "M"): return .integer(Int(try reader.integer(UInt16.self)))
    case UInt8(ascii: "J"): return .integer(Int(try reader.integer(Int32.self)))
    case UInt8(ascii: "G"):
      return .number(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped))
    default:
      let count = try code == 0x8A ? reader.count(UInt8.self) : reader.count(UInt32.self)
      let bytes = try reader.bytes(count)
      guard count <= 8 else { return .largeInteger(bytes) }
      // Signed: the missing bytes are those of the sign.
      let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
      return .integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }
  }

  private mutating func text(_ code: UInt8) throws(FormatError) -> Value {
    switch code {
    case UInt8(ascii: "X"): .text(try reader.text(try reader.count(UInt32.self)))
    case 0x8C: .text(try reader.text(try reader.count(UInt8.self)))
    case 0x8D: .text(try reader.text(try reader.count(UInt64.self)))
    case UInt8(ascii: "U"), UInt8(ascii: "C"):
      .bytes(try reader.bytes(try reader.count(UInt8.self)))
    case UInt8(ascii: "T"), UInt8(ascii: "B"):
      .bytes(try reader.bytes(try reader.count(UInt32.self)))
    default: .bytes(try reader.bytes(try reader.count(UInt64.self)))
    }
  }

  private mutating func runContainer(_ code: UInt8) throws(FormatError) {
    switch code {
    case UInt8(ascii: "]"), 0x8F: push(.list)
    case 0x91: push(.list, try popToMark())  // FROZENSET
    case UInt8(ascii: "}"): push(.dictionary)
    case UInt8(ascii: ")"): push(.tuple)
    case UInt8(ascii: "t"): push(.tuple, try popToMark())
    case 0x85...0x87:
      let items = try (0x85...code).map { _ throws(FormatError) in try pop() }
      push(.tuple, items.reversed())
    case UInt8(ascii: "a"): try extendTop(by: [try pop()], as: .list)
    case UInt8(ascii: "e"), 0x90: try extendTop(by: try popToMark(), as: .list)
    case UInt8(ascii: "s"):
      let value = try pop()
      try extendTop(by: [try pop(), value], as: .dictionary)
    case UInt8(ascii: "u"): try extendTop(by: try popToMark(), as: .dictionary)
    default: try runClass(code)
    }
  }

  private mutating func runClass(_ code: UInt8) throws(FormatError) {
    switch code {
    case UInt8(ascii: "c"):
      let module = try reader.line()
      stack.append(try symbol("\(module).\(try reader.line())"))
    case 0x93:
      guard let name = try pop().name, let module = try pop().name else { throw Self.isDamaged }
      stack.append(try symbol("\(module).\(name)"))
    case UInt8(ascii: "R"):
      let arguments = try pop()
      stack.append(try call(try pop(), arguments))
    case 0x81:
      let arguments = try pop()
      stack.append(try instance(of: try pop(), arguments))
    case 0x92:
      _ = try pop()
      let arguments = try pop()
      stack.append(try instance(of: try pop(), arguments))
    case UInt8(ascii: "b"):
      let state = try pop()
      try build(try top(), state)
    case UInt8(ascii: "Q"): stack.append(try persistent(try pop()))
    case UInt8(ascii: "i"):
      let module = try reader.line()
      throw FormatError("it wants to make a \(module).\(try reader.line())")
    case UInt8(ascii: "o"):
      let items = try popToMark()
      let made = items.first.flatMap(symbolName) ?? "thing"
      throw FormatError("it wants to make a \(made)")
    default:
      throw FormatError("it has the instruction \(code), which pickles of arrays do not need")
    }
  }
}

// What the calls work with.
extension Unpickler {
  static var isDamaged: FormatError { FormatError("it is a damaged pickle") }

  func object(_ value: Value) -> Pickle.Object? {
    if case .object(let index) = value { objects[index] } else { nil }
  }

  func symbolName(_ value: Value) -> String? {
    if case .symbol(let name)? = object(value)?.kind { name } else { nil }
  }

  /// The items of a tuple or list.
  func items(_ value: Value) throws(FormatError) -> [Value] {
    switch object(value)?.kind {
    case .tuple, .list: object(value)?.items ?? []
    default: throw Self.isDamaged
    }
  }

  mutating func made(_ kind: Pickle.Kind, _ items: [Value] = []) -> Value {
    objects.append(Pickle.Object(kind: kind, items: items))
    return .object(objects.count - 1)
  }

  /// Counts what a call copies, and stops one that copies the same again and again.
  mutating func spend(_ bytes: Int) throws(FormatError) {
    allowance -= bytes
    guard allowance >= 0 else { throw FormatError("it is a pickle that grows without end") }
  }

  mutating func give(_ object: Value, _ kind: Pickle.Kind) {
    if case .object(let index) = object { objects[index].kind = kind }
  }

  mutating func give(_ object: Value, state: Value) {
    if case .object(let index) = object { objects[index].items.append(state) }
  }

  private mutating func push(_ kind: Pickle.Kind, _ items: [Value] = []) {
    stack.append(made(kind, items))
  }

  private mutating func pop() throws(FormatError) -> Value {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw Self.isDamaged }
    return value
  }

  private func top() throws(FormatError) -> Value {
    guard let value = stack.last else { throw Self.isDamaged }
    return value
  }

  private mutating func popToMark() throws(FormatError) -> [Value] {
    guard let mark = marks.popLast() else { throw Self.isDamaged }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ index: Int) throws(FormatError) {
    guard let value = memo[index] else { throw Self.isDamaged }
    stack.append(value)
  }

  /// Adds items to the container on top, or to a record that is a container too.
  private mutating func extendTop(
    by items: [Value], as kind: Pickle.Kind
  ) throws(FormatError) {
    guard case .object(let index) = try top() else { throw Self.isDamaged }
    switch (objects[index].kind, kind) {
    case (.list, .list), (.dictionary, .dictionary):
      objects[index].items.append(contentsOf: items)
    case (.record, _):
      let content = made(kind, items)
      objects[index].items.append(content)
    default: throw Self.isDamaged
    }
  }
}
