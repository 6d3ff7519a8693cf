internal import Foundation
internal import Media
internal import MediaTypes
internal import QRSteganography

/// A page for people in a newsroom about what was found in a file.
///
/// `index.html` needs nothing but the pictures beside it: `code.png` as it was read, `clean.png` as
/// it was meant, and `frame-N.png`.
struct Report {
  let result: VerificationResult
  let finding: Finding

  func write(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw PipelineError.unwritable(path: folder, reason: "the folder cannot be made")
    }
    if let code = finding.best?.code {
      try writeStill(recovered(code), to: "\(folder)/code.png")
      try writeStill(clean(code), to: "\(folder)/clean.png")
    }
    for frame in finding.strip.selection {
      try writeStill(frame.picture, to: "\(folder)/\(name(of: frame.number))")
    }
    let page = "\(folder)/index.html"
    do {
      try html.write(toFile: page, atomically: true, encoding: .utf8)
    } catch {
      throw PipelineError.unwritable(path: page, reason: sentence(for: error))
    }
  }

  private func name(of frame: Int) -> String { "frame-\(frame).png" }

  /// The soft values as grey modules, the surer the blacker or whiter, in a quiet zone.
  private func recovered(_ code: QRCode) -> Picture {
    let values = finding.soft.values(version: code.version)
    let scale = values.reduce(0) { $0 + abs($1) } / Float(max(1, values.count))
    let gray = values.map { UInt8(255 / (1 + exp(2 * $0 / max(scale, 1e-9)))) }
    let quiet = code.size + 8
    var modules = [UInt8](repeating: 255, count: quiet * quiet)
    for row in 0..<code.size {
      for column in 0..<code.size {
        modules[(row + 4) * quiet + column + 4] = gray[row * code.size + column]
      }
    }
    var canvas = Canvas(width: 8 * quiet, height: 8 * quiet)
    canvas.draw(modules, side: 8 * quiet, x: 0, y: 0)
    return canvas.picture
  }

  private func clean(_ code: QRCode) -> Picture {
    let (gray, side) = code.rendered(scale: 8)
    return Picture(grayWidth: side, height: side, bytes: gray)
  }

  private var html: String {
    let name = escapedForHTML(printable(result.input))
    return """
      <!DOCTYPE html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>\(name)</title>
      <style>
      body { font: 16px/1.5 sans-serif; max-width: 800px; margin: 2em auto; padding: 0 1em }
      figure { display: inline-block; margin: 0 1em 1em 0; vertical-align: top }
      figure img { max-width: 320px; height: auto; border: 1px solid #ccc }
      figcaption, td { font-size: 14px }
      td { padding: 0 1.5em 0 0; vertical-align: top }
      svg { width: 100% }
      </style>
      <h1>\(headline)</h1>
      <p>\(summary)</p>
      \(codes)
      <h2>\(result.kind == .still ? "The picture" : "Frames")</h2>
      \(strip)
      \(plot)
      <h2>Numbers</h2>
      <table>\(numbers)</table>
      <h2>What this means</h2>
      <p>\(meaning)</p>
      </html>

      """
  }

  private var headline: String {
    let thing = result.kind == .still ? "picture" : "film"
    return result.status == .found
      ? "This \(thing) carries a mark" : "No mark was found in this \(thing)"
  }

  private var summary: String {
    let name = "<b>\(escapedForHTML(printable(result.input)))</b>"
    guard let text = result.text else {
      return "In \(name) no hidden code can be read with the models tried."
    }
    var sentences = [
      "The hidden code in \(name) says: <b>“\(escapedForHTML(printable(text)))”</b>."
    ]
    if result.kind == .video {
      let share = 100 * Double(result.framesRead) / Double(max(1, result.frames))
      sentences.append(
        "\(result.framesRead) of \(result.frames) frames (\(share.rounded(digits: 1)) %) can be "
          + "read each by itself; the others count in the sum of all.")
    }
    sentences.append(escapedForHTML(chance(result.pValue).capitalizedFirst) + ".")
    let others = finding.readings.filter { $0.key != text }
    if !others.isEmpty {
      let list = others.sorted { $0.value > $1.value }.map {
        "“\(escapedForHTML(printable($0.key)))” (\($0.value) frames)"
      }
      sentences.append("Some frames say something else: \(list.joined(separator: ", ")).")
    }
    return sentences.joined(separator: " ")
  }

  private var codes: String {
    guard finding.best != nil else { return "" }
    return """
      <h2>The code</h2>
      <figure><img src="code.png" alt="The code as it was read"><figcaption>As it was \
      read</figcaption></figure>
      <figure><img src="clean.png" alt="The code without its errors"><figcaption>Without its \
      errors; a telephone can read it</figcaption></figure>
      """
  }

  private var strip: String {
    finding.strip.selection.map { frame in
      "<figure><img src=\"\(name(of: frame.number))\" alt=\"Frame \(frame.number)\">"
        + (result.kind == .still ? "" : "<figcaption>Frame \(frame.number)</figcaption>")
        + "</figure>"
    }.joined(separator: "\n")
  }

  private var plot: String {
    guard finding.confidences.count > 1 else { return "" }
    // Means over equal stretches, so that the page stays small for a long film.
    let stretch = max(1, finding.confidences.count / 1000)
    let points = stride(from: 0, to: finding.confidences.count, by: stretch).map { start in
      let part = finding.confidences[start..<min(start + stretch, finding.confidences.count)]
      let mean = part.reduce(0) { $0 + Double($1.confidence) } / Double(part.count)
      return (x: Double(finding.confidences[start].frame), y: mean)
    }
    let curve = Plot.Curve(
      label: "powers of ten against chance", points: points, color: "#1f6feb")
    return "<h2>Confidence in each frame</h2>\n"
      + Plot(title: "Confidence per frame", xLabel: "frame", curves: [curve]).svg
      + "\n<p>A frame at height 20 would look so by chance once in 10<sup>20</sup> frames.</p>"
  }

  private var numbers: String {
    var rows = [
      ("File", printable(result.input)), ("Kind", result.kind.rawValue),
      ("Frames", String(result.frames)), ("Frames read alone", String(result.framesRead)),
      ("Probability for unmarked media", String(result.pValue)),
      ("Model", result.model ?? "none found anything"),
    ]
    if let best = finding.best {
      rows += [
        ("Size of the code", "version \(best.code.version), \(best.code.size) × \(best.code.size)"),
        (
          "Modules corrected",
          "\((100 * best.moduleErrorRate).rounded(digits: 1)) % of those with data"
        ),
        ("Read by an ordinary QR reader, too", best.isConfirmedByReader ? "yes" : "no"),
      ]
    }
    return rows.map {
      "<tr><td>\(escapedForHTML($0.0))</td><td>\(escapedForHTML($0.1))</td></tr>"
    }.joined(separator: "\n")
  }

  private var meaning: String {
    result.status == .found
      ? "Someone who made or published this file let a program mark it, and the mark says what is "
        + "quoted above. A mark can be written by whoever has the program: it does not prove who "
        + "that was."
      : "Either the file was never marked, or the mark has been lost by strong compression, "
        + "cropping or intent. It does not prove that the file shows what happened."
  }
}

extension String {
  /// With its first letter in upper case.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
