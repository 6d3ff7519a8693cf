internal import Foundation

/// A probability in words, for people who do not read powers of ten.
func chance(_ pValue: Double) -> String {
  let subject = "that unmarked media looks like this"
  guard pValue > 0 else { return "the chance \(subject) is less than 1 in 10^300" }
  guard pValue < 1 else { return "unmarked media often looks like this" }
  let exponent = -log10(pValue)
  let odds = exponent < 6 ? "\(Int(pow(10, exponent)))" : "10^\(Int(exponent))"
  return "the chance \(subject) is less than 1 in \(odds)"
}

/// Foreign text for a terminal or a page: control characters, which could act there, become dots.
func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: "·"
        default: scalar
        }
      }))
}
