/// What a face expresses, in the order of AffectNet's labels.
///
/// Source: Mollahosseini, Hasani & Mahoor 2017, arXiv:1708.03985, table 3.
public enum Emotion: String, CaseIterable, Sendable {
  case neutral, happy, sad, surprise, fear, disgust, anger, contempt

  /// The emotion that a data set's folder is named after: in English, as noun or adjective, or
  /// AffectNet's number.
  public init?(folder name: String) {
    let name = name.lowercased()
    if let number = Int(name), Self.allCases.indices ~= number {
      self = Self.allCases[number]
      return
    }
    let found = Self.allCases.first { $0.folderNames.contains(name) }
    guard let found else { return nil }
    self = found
  }

  private var folderNames: [String] {
    switch self {
    case .neutral: ["neutral", "neutrality"]
    case .happy: ["happy", "happiness", "joy"]
    case .sad: ["sad", "sadness"]
    case .surprise: ["surprise", "surprised"]
    case .fear: ["fear", "fearful", "afraid"]
    case .disgust: ["disgust", "disgusted"]
    case .anger: ["anger", "angry"]
    case .contempt: ["contempt", "contemptuous"]
    }
  }
}

extension [Emotion] {
  /// The list as weight files hold it.
  public var names: String { map(\.rawValue).joined(separator: ",") }

  /// The list that ``names`` wrote; `nil` if it holds anything else.
  public init?(names: String) {
    let found = names.split(separator: ",").map { Emotion(rawValue: String($0)) }
    guard !found.isEmpty, found.allSatisfy({ $0 != nil }) else { return nil }
    self = found.compactMap { $0 }
  }
}
