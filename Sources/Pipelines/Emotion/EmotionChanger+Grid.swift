internal import Emotion
internal import MediaTypes
internal import Tensors

extension EmotionChanger {
  /// A picture of changed faces: a row for each emotion shown, with the first face that shows it, and
  /// a column for each emotion asked for, after one with the face as it is.
  func grid(of faces: FaceSet) -> Picture {
    let gap = 4
    let side = design.side * max(1, 96 / design.side)
    let (left, top) = (110, 24)
    let count = emotions.count
    var canvas = Canvas(
      width: left + (count + 1) * (side + gap), height: top + count * (side + gap))
    let font = PixelFont(scale: 1)
    func head(_ text: String, column: Int) {
      let right = left + column * (side + gap) + (side + font.width(of: text)) / 2
      font.draw(text, right: right, middle: top / 2, color: (0, 0, 0), on: &canvas)
    }
    head("as it is", column: 0)
    for (column, emotion) in emotions.enumerated() { head(emotion.rawValue, column: column + 1) }
    for (row, emotion) in emotions.enumerated() {
      guard let face = faces.faces.firstIndex(where: { $0.label == row }) else { continue }
      let y = top + row * (side + gap)
      font.draw(
        emotion.rawValue, right: left - 8, middle: y + side / 2, color: (0, 0, 0), on: &canvas)
      let shown = faces.pictures([face], side: design.side)
      let batch = concatenated([Tensor](repeating: shown, count: count), axis: 0)
      let changed = self(batch, wanted: Array(emotions.indices))
      for (column, picture) in ([shown] + changed.split(Array(repeating: 1, count: count), axis: 0))
        .enumerated()
      {
        canvas.draw(enlarged(picture, to: side), x: left + column * (side + gap), y: y)
      }
    }
    return canvas.picture
  }

  private func enlarged(_ face: Tensor, to side: Int) -> Picture {
    let values = face.resized(to: Extent(side), .nearest).array
    let plane = side * side
    let bytes = (0..<plane).flatMap { pixel in
      (0..<3).map { color in
        let value = values[(face.shape[1] == 1 ? 0 : color) * plane + pixel]
        return UInt8(max(0, min(255, 255 * value + 0.5)))
      }
    }
    return Picture(rgbWidth: side, height: side, bytes: bytes)
  }
}
