internal import Emotion

extension ModelStore {
  /// EmoDNN, with the weights of the store or of a file.
  func emotionChanger(weights: String?) throws -> EmotionChanger {
    try EmotionChanger(weightsPath: weights ?? weightsPath(named: "emodnn"))
  }

  /// Classifiers A and B, with the weights of the store or of files.
  ///
  /// - Throws: ``PipelineError/wrongUse(_:)`` if they do not tell the same emotions apart.
  func emotionClassifiers(_ a: String?, _ b: String?) throws -> [EmotionClassifier] {
    let classifiers = try zip(ClassifierKind.allCases, [a, b]).map { kind, weights in
      try EmotionClassifier(weightsPath: weights ?? weightsPath(named: kind.rawValue))
    }
    guard classifiers.allSatisfy({ $0.emotions == classifiers[0].emotions }) else {
      throw PipelineError.wrongUse("the classifiers do not tell the same emotions apart")
    }
    return classifiers
  }
}
