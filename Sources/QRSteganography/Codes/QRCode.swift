internal import CQRencode

/// A QR code of version 1 to 6 that holds one text in byte mode.
public struct QRCode: Hashable, Sendable {
  /// The versions that marks use and readers look for.
  public static let versions = 1...6
  /// The longest text, in bytes of UTF-8: what version 6 holds at the lowest level.
  public static let textLimit = 134

  public let text: String
  public let version: Int
  public let level: ErrorCorrectionLevel
  public let mask: Int
  /// Row by row from the top left; `true` is dark.
  public let modules: [Bool]

  /// Modules along one side.
  public var size: Int { 17 + 4 * version }

  /// The code that marks carry for a text.
  ///
  /// The version is the smallest that holds the text at level Q (20 bytes in version 2, 74 in
  /// version 6); longer texts take version 6 at level M (106) or L (134). Fewer and larger modules
  /// survive more than a higher level in a larger version would.
  ///
  /// - Throws: ``QRCodeError/textTooLong(bytes:limit:)`` beyond ``textLimit`` bytes.
  public init(text: String) throws(QRCodeError) {
    let count = text.utf8.count
    let choices =
      Self.versions.map { ($0, ErrorCorrectionLevel.quartile) }
      + [(Self.versions.upperBound, .medium), (Self.versions.upperBound, .low)]
    let fitting = choices.first { version, level in
      count <= BlockStructure(version: version, level: level).textCapacity
    }
    guard let (version, level) = fitting else {
      throw .textTooLong(bytes: count, limit: Self.textLimit)
    }
    try self.init(text: text, version: version, level: level)
  }

  /// The code for a text at a chosen version and level, as libqrencode draws it.
  ///
  /// - Throws: ``QRCodeError/textTooLong(bytes:limit:)`` if it does not fit.
  public init(
    text: String, version: Int, level: ErrorCorrectionLevel
  ) throws(QRCodeError) {
    let bytes = Array(text.utf8)
    let structure = BlockStructure(version: version, level: level)
    guard bytes.count <= structure.textCapacity else {
      throw .textTooLong(bytes: bytes.count, limit: structure.textCapacity)
    }
    guard !bytes.isEmpty else { throw .textEmpty }
    guard let drawn = QRcode_encodeData(Int32(bytes.count), bytes, Int32(version), level.inLibrary)
    else { fatalError("libqrencode cannot draw \(bytes.count) bytes in version \(version)") }
    defer { QRcode_free(drawn) }
    let size = 17 + 4 * version
    precondition(drawn.pointee.width == size, "libqrencode chose another version")
    let modules = (0..<size * size).map { drawn.pointee.data[$0] & 1 == 1 }
    let written = CodeLayout.of(version: version).formatCopies[0].enumerated()
      .reduce(0) { $0 | (modules[$1.element] ? 1 << $1.offset : 0) }
    guard let format = FormatInformation.all.first(where: { $0.bits == written }) else {
      preconditionFailure("libqrencode drew an unknown format")
    }
    self.init(
      text: text, version: version, level: format.level, mask: format.mask, modules: modules)
  }

  /// The code whose codewords have been recovered.
  init(
    text: String, version: Int, format: FormatInformation, codewords: [UInt8]
  ) {
    let layout = CodeLayout.of(version: version)
    var modules = [Bool](repeating: false, count: layout.size * layout.size)
    for module in layout.functionModules { modules[module.index] = module.isDark }
    let bits = format.bits
    for copy in layout.formatCopies {
      for (i, index) in copy.enumerated() { modules[index] = bits >> i & 1 == 1 }
    }
    for (i, index) in layout.dataModules.enumerated() {
      let bit = i / 8 < codewords.count && codewords[i / 8] >> (7 - i % 8) & 1 == 1
      modules[index] =
        bit
        != maskInverts(
          format.mask, row: index / layout.size, column: index % layout.size)
    }
    self.init(
      text: text, version: version, level: format.level, mask: format.mask, modules: modules)
  }

  private init(
    text: String, version: Int, level: ErrorCorrectionLevel, mask: Int, modules: [Bool]
  ) {
    self.text = text
    self.version = version
    self.level = level
    self.mask = mask
    self.modules = modules
  }
}

extension ErrorCorrectionLevel {
  fileprivate var inLibrary: QRecLevel {
    switch self {
    case .low: QR_ECLEVEL_L
    case .medium: QR_ECLEVEL_M
    case .quartile: QR_ECLEVEL_Q
    case .high: QR_ECLEVEL_H
    }
  }
}
