/// How often a code was read after something happened to its carrier.
struct Tally: Sendable {
  private(set) var count = 0
  /// Readings that gave the right text.
  private(set) var read = 0
  private var wrongModules = 0.0

  var share: Double { count == 0 ? 0 : Double(read) / Double(count) }
  /// The mean share of modules whose sign is wrong before any correction.
  var moduleErrorRate: Double { count == 0 ? 0 : wrongModules / Double(count) }

  mutating func add(isRead: Bool, wrongModules share: Double) {
    count += 1
    if isRead { read += 1 }
    wrongModules += share
  }

  static func + (left: Tally, right: Tally) -> Tally {
    var sum = left
    sum.count += right.count
    sum.read += right.read
    sum.wrongModules += right.wrongModules
    return sum
  }

  func json(_ name: String) -> JSONValue {
    .object([
      ("attack", .string(name)), ("count", .integer(count)), ("read", .integer(read)),
      ("share", .number(share.rounded(digits: 4))),
      ("moduleErrorRate", .number(moduleErrorRate.rounded(digits: 4))),
    ])
  }
}
