internal import Foundation

/// Curves over a common axis, as SVG.
struct Plot {
  struct Curve {
    let label: String
    let points: [(x: Double, y: Double)]
    /// As CSS has it.
    let color: String
  }

  let title: String
  let xLabel: String
  let curves: [Curve]
  private let width = 760.0
  private let height = 320.0
  private let left = 52.0
  private let right = 16.0
  private let top = 40.0
  private let bottom = 40.0

  init(title: String, xLabel: String, curves: [Curve]) {
    self.title = title
    self.xLabel = xLabel
    self.curves = curves
  }

  var svg: String {
    let points = curves.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let xRange = Axis(points.map(\.x))
    let yRange = Axis(points.map(\.y) + [0])
    func x(_ value: Double) -> String {
      number(left + xRange.share(of: value) * (width - left - right))
    }
    func y(_ value: Double) -> String {
      number(height - bottom - yRange.share(of: value) * (height - top - bottom))
    }
    var parts: [String] = []
    for tick in yRange.ticks {
      parts.append(
        "<line x1='\(left)' x2='\(width - right)' y1='\(y(tick))' y2='\(y(tick))' stroke='#ddd'/>"
          + "<text x='\(left - 6)' y='\(y(tick))' text-anchor='end' dy='4'>\(number(tick))</text>")
    }
    for tick in xRange.ticks {
      parts.append(
        "<text x='\(x(tick))' y='\(height - bottom + 16)' text-anchor='middle'>"
          + "\(number(tick))</text>")
    }
    for (index, curve) in curves.enumerated() {
      let path = curve.points.filter { $0.x.isFinite && $0.y.isFinite }
        .map { "\(x($0.x)),\(y($0.y))" }.joined(separator: " ")
      parts.append(
        "<polyline points='\(path)' fill='none' stroke='\(curve.color)' stroke-width='1.5'/>"
          + "<text x='\(left + Double(index) * 240)' y='32' fill='\(curve.color)'>"
          + "\(escapedForHTML(curve.label))</text>")
    }
    return """
      <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 \(number(width)) \(number(height))' \
      font-family='sans-serif' font-size='12' role='img'>
      <title>\(escapedForHTML(title))</title>
      <rect width='100%' height='100%' fill='#fff'/>
      <text x='\(left)' y='16' font-size='14'>\(escapedForHTML(title))</text>
      \(parts.joined(separator: "\n"))
      <text x='\(width - right)' y='\(height - 6)' text-anchor='end'>\(escapedForHTML(xLabel))</text>
      </svg>
      """
  }

  private func number(_ value: Double) -> String {
    let rounded = value.rounded(digits: 2)
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  /// A range of values with round numbers in it.
  private struct Axis {
    let low: Double
    let high: Double

    init(_ values: [Double]) {
      let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
      low = least
      high = greatest > least ? greatest : least + 1
    }

    func share(of value: Double) -> Double { (value - low) / (high - low) }

    var ticks: [Double] {
      let rough = (high - low) / 5
      let power = pow(10, log10(rough).rounded(.down))
      let step = ([1, 2, 5].map { $0 * power }.first { $0 >= rough }) ?? 10 * power
      return Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step))
    }
  }
}

/// Text that may stand anywhere in HTML, SVG or a quoted attribute.
func escapedForHTML(_ text: String) -> String {
  text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    .replacingOccurrences(of: "'", with: "&#39;")
}
