internal import Emotion
internal import Foundation
internal import MediaTypes

extension ConfusionMatrix {
  /// The matrix as a picture: a row per emotion shown, a column per emotion it was taken for, in each
  /// cell the share of the row, on blue as deep as the share is large.
  var figure: Picture {
    let (cell, left, top) = (72, 130, 40)
    let size = emotions.count
    var canvas = Canvas(width: left + size * cell + 10, height: top + size * cell + 10)
    let font = PixelFont(scale: 2)
    for (row, line) in counts.enumerated() {
      let whole = max(1, line.reduce(0, +))
      let y = top + row * cell
      font.draw(
        emotions[row].rawValue, right: left - 8, middle: y + cell / 2, color: (0, 0, 0), on: &canvas
      )
      for (column, count) in line.enumerated() {
        let share = Double(count) / Double(whole)
        let x = left + column * cell
        canvas.fill(x: x, y: y, width: cell - 1, height: cell - 1, color: Self.blue(share))
        let text = String(format: "%.2f", share)
        font.draw(
          text, right: x + (cell + font.width(of: text)) / 2, middle: y + cell / 2,
          color: share > 0.5 ? (255, 255, 255) : (0, 0, 0), on: &canvas)
      }
    }
    let heads = PixelFont(scale: 1)
    for (column, emotion) in emotions.enumerated() {
      let x = left + column * cell + (cell + heads.width(of: emotion.rawValue)) / 2
      heads.draw(emotion.rawValue, right: x, middle: top - 14, color: (0, 0, 0), on: &canvas)
    }
    return canvas.picture
  }

  private static func blue(_ share: Double) -> (UInt8, UInt8, UInt8) {
    func mixed(_ from: Double, _ to: Double) -> UInt8 { UInt8(from + (to - from) * share) }
    return (mixed(242, 8), mixed(246, 48), mixed(252, 107))
  }
}
