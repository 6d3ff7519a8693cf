/// What the names of another program's weights are called here: a table of patterns and
/// replacements.
///
/// `*` stands for one or more characters without a dot, `**` for one or more of any; a replacement
/// has the same in the same order, so that the table can be read in either direction. The first
/// pattern that matches a whole name counts; a name that none matches stays.
public struct Renaming: Sendable {
  private let rules: [(pattern: Pattern, replacement: Pattern)]
  private let leftOut: [Pattern]

  /// - Parameters:
  ///   - rules: Pattern and replacement.
  ///   - leftOut: Patterns of names that mean nothing here.
  public init(_ rules: [(pattern: String, replacement: String)], leavingOut leftOut: [String] = [])
  {
    self.rules = rules.map { (Pattern($0.pattern), Pattern($0.replacement)) }
    self.leftOut = leftOut.map(Pattern.init)
    for (rule, (pattern, replacement)) in zip(rules, self.rules) {
      precondition(
        pattern.wildcards == replacement.wildcards,
        "\(rule.pattern) and \(rule.replacement) have different wildcards")
    }
  }

  private init(_ rules: [(pattern: Pattern, replacement: Pattern)]) {
    self.rules = rules
    leftOut = []
  }

  /// From the names here to those of the other program.
  public var inverse: Renaming { Renaming(rules.map { ($0.replacement, $0.pattern) }) }

  /// What a name is called here, or `nil` if it is left out.
  public func renamed(_ name: String) -> String? {
    guard !leftOut.contains(where: { $0.parts(of: name[...]) != nil }) else { return nil }
    for (pattern, replacement) in rules {
      if let parts = pattern.parts(of: name[...]) { return replacement.filled(with: parts) }
    }
    return name
  }

  /// Arrays under the names they have here.
  ///
  /// - Returns: The arrays, and a sentence about each name that two of them would have.
  public func renamed(
    _ arrays: [(name: String, array: StoredArray)]
  ) -> (arrays: [String: StoredArray], collisions: [String]) {
    var found: [String: StoredArray] = [:]
    var collisions: [String] = []
    for (name, array) in arrays {
      guard let own = renamed(name) else { continue }
      if found.updateValue(array, forKey: own) != nil { collisions.append("\(own) occurs twice") }
    }
    return (found, collisions)
  }
}

/// Text with wildcards.
private struct Pattern: Sendable {
  enum Piece: Hashable, Sendable {
    case literal(String)
    /// `*`
    case component
    /// `**`
    case path
  }

  let pieces: ArraySlice<Piece>

  var wildcards: [Piece] { pieces.filter { $0 == .component || $0 == .path } }

  init(_ text: String) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let star = rest.firstIndex(of: "*") {
      if star > rest.startIndex { pieces.append(.literal(String(rest[..<star]))) }
      rest = rest[star...]
      pieces.append(rest.hasPrefix("**") ? .path : .component)
      rest = rest.dropFirst(rest.hasPrefix("**") ? 2 : 1)
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    self.pieces = pieces[...]
  }

  private init(_ pieces: ArraySlice<Piece>) { self.pieces = pieces }

  /// What each wildcard stands for in a text, or `nil` if the pattern does not match all of it.
  func parts(of text: Substring) -> [Substring]? {
    guard let piece = pieces.first else { return text.isEmpty ? [] : nil }
    let rest = Pattern(pieces.dropFirst())
    if case .literal(let literal) = piece {
      return text.hasPrefix(literal) ? rest.parts(of: text.dropFirst(literal.count)) : nil
    }
    let reach = piece == .path ? text : text.prefix { $0 != "." }
    for end in reach.indices.map({ reach.index(after: $0) }) {
      if let further = rest.parts(of: text[end...]) { return [text[..<end]] + further }
    }
    return nil
  }

  func filled(with parts: [Substring]) -> String {
    var parts = parts[...]
    return pieces.map { piece in
      if case .literal(let literal) = piece { literal } else { String(parts.removeFirst()) }
    }.joined()
  }
}
