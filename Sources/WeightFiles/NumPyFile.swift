internal import Foundation

/// An array in NumPy's own format, `.npy`.
///
/// Versions 1 to 3, either byte order, either order of axes. Source: NumPy, "NEP 1" and
/// `numpy/lib/format.py`.
struct NumPyFile {
  /// How every such file begins.
  static let magic = Data([0x93] + "NUMPY".utf8)

  let array: StoredArray

  init(_ data: Data) throws(FormatError) {
    var reader = ByteReader(data)
    guard try reader.bytes(6) == Self.magic else { throw FormatError("it is no array of NumPy") }
    let version = try reader.integer(UInt8.self)
    _ = try reader.bytes(1)
    guard (1...3).contains(version) else {
      throw FormatError("it is of NumPy's unknown version \(version)")
    }
    let length = try version == 1 ? reader.count(UInt16.self) : reader.count(UInt32.self)
    let header = try reader.text(length)
    guard let type = header.firstMatch(of: /'descr'\s*:\s*'([^']*)'/),
      let order = header.firstMatch(of: /'fortran_order'\s*:\s*(True|False)/),
      let shape = header.firstMatch(of: /'shape'\s*:\s*\(([0-9, ]*)\)/)
    else { throw FormatError("its header is damaged, or its elements are no numbers") }
    let fields = shape.1.split { $0 == "," || $0 == " " }
    let sizes = fields.compactMap { Int($0) }
    guard sizes.count == fields.count else { throw FormatError("its header is damaged") }
    array = try StoredArray(
      numPy: try NumPyType(String(type.1)), shape: sizes, isFortran: order.1 == "True",
      storage: data.dropFirst(reader.position))
  }
}
