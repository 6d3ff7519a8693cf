internal import Foundation

/// A network as dlib writes it.
///
/// The layers lie in one another, the outermost first; their versions come first, down to the input,
/// then the layers themselves, from the input outwards. Whole numbers have as many bytes as they
/// need; other numbers are a mantissa and an exponent of two; the elements of arrays are plain.
///
/// Arrays get names from the kind of layer and its place among those of its kind, from the input
/// outwards, and shapes as PyTorch has them: `con.0.weight`, `con.0.bias`, `affine.0.gamma`,
/// `affine.0.beta`, `fc.0.weight`.
///
/// Source: dlib 19.24, `serialize.h`, `dnn/core.h`, `dnn/layers.h`, `dnn/input.h`, `dnn/loss.h`.
struct DlibNetwork {
  private(set) var arrays: [(name: String, array: StoredArray)] = []

  private var reader: ByteReader
  private var counts: [String: Int] = [:]

  /// How every network with a loss begins: version 1 of the outermost layer, then the loss's name.
  static func isLikely(_ data: Data) -> Bool {
    data.starts(with: [1, 1, 1]) && data.dropFirst(4).starts(with: Data("loss_".utf8))
  }

  init(_ data: Data) throws(FormatError) {
    reader = ByteReader(data)
    try expect(1, "loss layer")
    let loss = try text()
    guard loss == "loss_metric_2" else { throw FormatError("its loss is \(loss)") }
    try skipNumbers(2)
    var versions: [Int] = []
    var next = try integer()
    while (1...3).contains(next) {
      versions.append(next)
      next = try integer()
    }
    let input = try text(length: next)
    guard input == "input_rgb_image_sized" else { throw FormatError("its input is \(input)") }
    try skipNumbers(3)
    try skipIntegers(2)
    // A layer of version 1 only passes on what a tag names.
    for version in versions.reversed() where version > 1 { try readLayer(version) }
    guard reader.isAtEnd else { throw FormatError("there is more in it than the network") }
  }

  private mutating func readLayer(_ version: Int) throws(FormatError) {
    let kind = try text()
    switch kind {
    case "con_4", "con_5": try readConvolution(hasBiasFlag: kind == "con_5")
    case "affine_", "affine_2":
      let values = try tensor()
      let (gamma, beta) = (try alias(), try alias())
      try skipIntegers(1)
      if kind == "affine_2" { try skipFlags(1) }
      try add("affine", [("gamma", [gamma[1]]), ("beta", [beta[1]])], values)
    case "fc_2", "fc_3":
      try skipIntegers(2)
      let values = try tensor()
      let (weight, bias) = (try alias(), try alias())
      try skipIntegers(1)
      try skipNumbers(4)
      if kind == "fc_3" { try skipFlags(1) }
      try addLinear(values, inputs: weight[0], outputs: weight[1], bias: bias[1])
    case "max_pool_2", "avg_pool_2": try skipIntegers(6)
    case "relu_", "add_prev_": break
    default: throw FormatError("it has a layer of the unknown kind \(kind)")
    }
    try skipFlags(3)
    // The gradient, the output and the gradient of the parameters or of the input.
    for _ in 0..<3 { _ = try tensor() }
    if version == 3 { try skipIntegers(1) }
  }

  private mutating func readConvolution(hasBiasFlag: Bool) throws(FormatError) {
    let values = try tensor()
    try skipIntegers(7)
    let (weight, bias) = (try alias(), try alias())
    try skipNumbers(4)
    if hasBiasFlag { try skipFlags(1) }
    try add(
      "con", [("weight", weight)] + (bias[1] > 0 ? [("bias", [bias[1]])] : []), values)
  }

  /// Adds parts of one array, one after the other.
  private mutating func add(
    _ kind: String, _ parts: [(name: String, shape: [Int])], _ values: Data
  ) throws(FormatError) {
    let place = counts[kind, default: 0]
    counts[kind] = place + 1
    var offset = 0
    for (name, shape) in parts {
      let array = try StoredArray(.float32, shape: shape, offset: offset, storage: values)
      arrays.append(("\(kind).\(place).\(name)", array))
      offset += array.count
    }
    guard 4 * offset == values.count else { throw FormatError("the layer \(kind) is damaged") }
  }

  /// Adds the matrix of a linear layer, which is stored by inputs.
  private mutating func addLinear(
    _ values: Data, inputs: Int, outputs: Int, bias: Int
  ) throws(FormatError) {
    let place = counts["fc", default: 0]
    counts["fc"] = place + 1
    arrays.append(
      (
        "fc.\(place).weight",
        try StoredArray(
          .float32, shape: [outputs, inputs], strides: [1, outputs], storage: values)
      ))
    guard bias > 0 else { return }
    arrays.append(
      (
        "fc.\(place).bias",
        try StoredArray(.float32, shape: [bias], offset: inputs * outputs, storage: values)
      ))
  }

  /// A number of bytes with the sign in its highest bit, then the bytes, lowest first.
  private mutating func integer() throws(FormatError) -> Int {
    let head = try reader.integer(UInt8.self)
    let count = Int(head & 0x0F)
    guard (1...8).contains(count) else { throw FormatError("a number in it is damaged") }
    let magnitude = try reader.bytes(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: magnitude) else {
      throw FormatError("a number in it is too large")
    }
    return head & 0x80 == 0 ? value : -value
  }

  private mutating func expect(_ version: Int, _ subject: String) throws(FormatError) {
    let found = try integer()
    guard found == version else {
      throw FormatError("its \(subject) is of the unknown version \(found)")
    }
  }

  private mutating func text() throws(FormatError) -> String { try text(length: try integer()) }

  private mutating func text(length: Int) throws(FormatError) -> String {
    try reader.text(length)
  }

  private mutating func skipIntegers(_ count: Int) throws(FormatError) {
    for _ in 0..<count { _ = try integer() }
  }

  /// Mantissas and exponents.
  private mutating func skipNumbers(_ count: Int) throws(FormatError) {
    try skipIntegers(2 * count)
  }

  /// A digit each.
  private mutating func skipFlags(_ count: Int) throws(FormatError) {
    for flag in try reader.bytes(count) where flag != 0x30 && flag != 0x31 {
      throw FormatError("a flag in it is damaged")
    }
  }

  /// The elements of an array, in single precision.
  private mutating func tensor() throws(FormatError) -> Data {
    try expect(2, "array")
    let shape = try sizes()
    var count = 4
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, size >= 0 else { throw FormatError("an array in it is too large") }
      count = product
    }
    return try reader.bytes(count)
  }

  /// The shape of a part of an array.
  private mutating func alias() throws(FormatError) -> [Int] {
    try expect(1, "part of an array")
    return try sizes()
  }

  /// Samples, channels, rows and columns.
  private mutating func sizes() throws(FormatError) -> [Int] {
    var sizes: [Int] = []
    for _ in 0..<4 { sizes.append(try integer()) }
    return sizes
  }
}
