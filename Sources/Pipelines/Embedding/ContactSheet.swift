internal import Foundation
internal import Media
internal import MediaTypes
internal import QRSteganography

/// Samples of white around and between panels.
private let gap = 8

/// Writes a picture of four panels: cover, marked picture, their difference × 20 around grey, and
/// the code as the decoder sees it beside the code as it was drawn.
///
/// - Parameter path: A still; the extension decides the format.
func writeContactSheet(
  cover: Picture, marked: Picture, code: QRCode, model: StegoModel, to path: String
) throws {
  let (cover, full) = (try cover.asRGB(), try marked.asRGB())
  let difference = amplifiedDifference(cover, full, gain: 20)
  let panels = try [cover, full, difference].map { try $0.shown(within: 640, 640) }
  let (width, height) = (panels[0].width, panels[0].height)
  let side = max(64, min(height, (width - 3 * gap) / 2))
  let (values, columns, rows) = model.logits(of: marked)
  let second = (x: max(width, 2 * side + 3 * gap) + 2 * gap, y: height + 2 * gap)
  var sheet = Canvas(
    width: second.x + max(width, 2 * side + 3 * gap) + gap,
    height: second.y + max(height, side) + gap)
  sheet.draw(panels[0], x: gap, y: gap)
  sheet.draw(panels[1], x: second.x, y: gap)
  sheet.draw(panels[2], x: gap, y: second.y)
  let top = second.y + (max(height, side) - side) / 2
  sheet.draw(
    recoveredCode(values, width: columns, height: rows), side: side, x: second.x, y: top)
  sheet.draw(code.modules.map { $0 ? 0 : 255 }, side: side, x: second.x + side + 3 * gap, y: top)
  try writeStill(sheet.picture, to: path)
}

/// `128 + gain · (marked − cover)` of every 8-bit sample, as far as that can be shown.
func amplifiedDifference(_ cover: Picture, _ marked: Picture, gain: Int) -> Picture {
  let bytes = zip(cover.interleavedRGB, marked.interleavedRGB).map { before, after in
    UInt8(max(0, min(255, 128 + gain * (Int(after) - Int(before)))))
  }
  return Picture(rgbWidth: cover.width, height: cover.height, bytes: bytes)
}

/// Grey values, row by row, of a decoder's logits: black where it is sure of a dark module.
func recoveredCode(_ logits: [Float], width: Int, height: Int) -> [UInt8] {
  logits.map { UInt8(max(0, min(255, 255 / (1 + exp($0))))) }
}
