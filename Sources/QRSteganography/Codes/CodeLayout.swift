/// What stands where in a code of one version: known modules, format information, data.
///
/// Modules are numbered row by row from the top left; versions 1 to 6 carry no version information.
///
/// Source: ISO/IEC 18004:2015, 6.3, 7.7.3 and 7.9.
public struct CodeLayout: Sendable {
  /// A module whose value is the same in every code of the version.
  public struct KnownModule: Hashable, Sendable {
    public let index: Int
    public let isDark: Bool
  }

  public let version: Int
  /// Modules along one side.
  public let size: Int
  /// Finders, separators, timing, alignment and the one module that is always dark.
  public let functionModules: [KnownModule]
  /// The modules of the two copies of the format information, bit 0 (least significant) first.
  let formatCopies: [[Int]]
  /// The modules that carry codewords, in their order, most significant bit first; last the
  /// remainder modules, which carry nothing but the mask.
  let dataModules: [Int]

  /// The layout of a version; made once, then shared.
  public static func of(version: Int) -> CodeLayout {
    precondition(QRCode.versions.contains(version), "no layout for version \(version)")
    return all[version - 1]
  }

  private static let all = QRCode.versions.map { CodeLayout(version: $0) }

  private init(version: Int) {
    let size = 17 + 4 * version
    var known = FunctionPatternPainter(size: size)
    known.paintTiming()
    for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
      known.paintFinder(row: row, column: column)
    }
    if version > 1 { known.paintAlignment(row: size - 7, column: size - 7) }
    known.paint(row: size - 8, column: 8, dark: true)

    let first = (0..<6).map { $0 * size + 8 } + [7 * size + 8, 8 * size + 8, 8 * size + 7]
    let second = (0..<8).map { 8 * size + size - 1 - $0 }
    formatCopies = [
      first + (9..<15).map { 8 * size + 14 - $0 },
      second + (8..<15).map { (size - 15 + $0) * size + 8 },
    ]
    var taken = known.values.map { $0 != nil }
    for index in formatCopies.joined() { taken[index] = true }
    functionModules = known.values.enumerated().compactMap { index, value in
      value.map { KnownModule(index: index, isDark: $0) }
    }
    dataModules = Self.dataPath(size: size, taken: taken)
    self.version = version
    self.size = size
  }

  /// Two columns at a time from the right, up and down in turns, passing over the timing column.
  private static func dataPath(size: Int, taken: [Bool]) -> [Int] {
    var path: [Int] = []
    var upwards = true
    var right = size - 1
    while right > 0 {
      if right == 6 { right = 5 }
      for step in 0..<size {
        let row = upwards ? size - 1 - step : step
        for column in [right, right - 1] where !taken[row * size + column] {
          path.append(row * size + column)
        }
      }
      upwards.toggle()
      right -= 2
    }
    return path
  }
}

/// Paints the modules that every code of a size shares.
private struct FunctionPatternPainter {
  let size: Int
  var values: [Bool?]

  init(size: Int) {
    self.size = size
    values = [Bool?](repeating: nil, count: size * size)
  }

  mutating func paint(row: Int, column: Int, dark: Bool) {
    guard (0..<size).contains(row), (0..<size).contains(column) else { return }
    values[row * size + column] = dark
  }

  /// Rings around a centre: dark heart, light, dark, and the light separator outside.
  mutating func paintFinder(row: Int, column: Int) {
    for dy in -4...4 {
      for dx in -4...4 {
        let ring = max(abs(dy), abs(dx))
        paint(row: row + dy, column: column + dx, dark: ring != 2 && ring != 4)
      }
    }
  }

  mutating func paintAlignment(row: Int, column: Int) {
    for dy in -2...2 {
      for dx in -2...2 {
        paint(row: row + dy, column: column + dx, dark: max(abs(dy), abs(dx)) != 1)
      }
    }
  }

  mutating func paintTiming() {
    for i in 0..<size {
      paint(row: 6, column: i, dark: i % 2 == 0)
      paint(row: i, column: 6, dark: i % 2 == 0)
    }
  }
}
