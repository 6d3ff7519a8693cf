internal import Media
internal import MediaTypes

/// Writes a picture of three panels side by side: one picture, another, and their difference × 4
/// around grey.
///
/// - Parameter path: A still; the extension decides the format.
func writeComparison(of before: Picture, with after: Picture, to path: String) throws {
  let gap = 8
  let (before, after) = (try before.asRGB(), try after.asRGB())
  let difference = amplifiedDifference(before, after, gain: 4)
  let panels = try [before, after, difference].map { try $0.shown(within: 640, 640) }
  let (width, height) = (panels[0].width, panels[0].height)
  var sheet = Canvas(width: 3 * width + 4 * gap, height: height + 2 * gap)
  for (index, panel) in panels.enumerated() {
    sheet.draw(panel, x: gap + index * (width + gap), y: gap)
  }
  try writeStill(sheet.picture, to: path)
}
