internal import WeightFiles

/// What a weight file says of the network that it is for.
struct EmotionMetadata {
  let model: String
  let design: EmotionDesign.Name
  let emotions: [Emotion]

  init(model: String, design: EmotionDesign.Name, emotions: [Emotion]) {
    self.model = model
    self.design = design
    self.emotions = emotions
  }

  init(_ entries: [String: String], path: String) throws(WeightError) {
    guard let model = entries["model"],
      let design = entries["design"].flatMap(EmotionDesign.Name.init),
      let emotions = entries["emotions"].flatMap({ [Emotion](names: $0) })
    else {
      throw .unreadable(path: path, reason: "it does not say which emotion network it is of")
    }
    (self.model, self.design, self.emotions) = (model, design, emotions)
  }

  var entries: [String: String] {
    let sizes = EmotionDesign.named(design)
    return [
      "model": model, "design": design.rawValue, "emotions": emotions.names,
      "channels": String(sizes.channels), "side": String(sizes.side),
    ]
  }
}
