/// A type of array elements as NumPy writes it, such as `<f4`.
struct NumPyType {
  let type: ElementType
  var isBigEndian: Bool

  /// - Throws: If it is a structure, text, an object or anything but one number.
  init(_ name: String) throws(FormatError) {
    var rest = name[...]
    let order = rest.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    if order != nil { rest.removeFirst() }
    guard let kind = rest.popFirst(), let width = Int(rest),
      let type = ElementType(numPyKind: kind, width: width)
    else { throw FormatError("an array has the type \(name), which is no number") }
    self.type = type
    isBigEndian = order == ">"
  }
}
