internal import Foundation
internal import Media
internal import MediaTypes
internal import QRSteganography

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
  let side = max(64, min(height, width / 2))
  let (values, columns, rows) = model.logits(of: marked)
  var sheet = Canvas(width: 2 * max(width, 2 * side) + 12, height: height + max(height, side) + 12)
  let second = (x: max(width, 2 * side) + 8, y: height + 8)
  sheet.draw(panels[0], x: 4, y: 4)
  sheet.draw(panels[1], x: second.x, y: 4)
  sheet.draw(panels[2], x: 4, y: second.y)
  sheet.draw(
    recoveredCode(values, width: columns, height: rows), side: side - 4, x: second.x, y: second.y)
  sheet.draw(
    code.modules.map { $0 ? 0 : 255 }, side: side - 4, x: second.x + side, y: second.y)
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
