internal import CZBar

/// Reads QR codes as any scanner would, by zbar.
public enum BarcodeReader {
  /// The bytes of the one code in a grey picture (0 black, 255 white), or `nil` if none is read.
  ///
  /// - Parameter gray: Rows of `width` values.
  public static func bytes(inGray gray: [UInt8], width: Int, height: Int) -> [UInt8]? {
    precondition(gray.count == width * height, "\(gray.count) values, not \(width)×\(height)")
    let scanner = zbar_image_scanner_create()
    defer { zbar_image_scanner_destroy(scanner) }
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
    // The bytes as they are: zbar would otherwise guess at their character set.
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1)
    let image = zbar_image_create()
    defer { zbar_image_destroy(image) }
    zbar_image_set_format(image, 0x3030_3859)  // "Y800", least significant first
    zbar_image_set_size(image, UInt32(width), UInt32(height))
    return gray.withUnsafeBytes { pixels -> [UInt8]? in
      zbar_image_set_data(image, pixels.baseAddress, UInt(pixels.count), nil)
      guard zbar_scan_image(scanner, image) == 1, let symbol = zbar_image_first_symbol(image),
        let data = zbar_symbol_get_data(symbol)
      else { return nil }
      let count = Int(zbar_symbol_get_data_length(symbol))
      return data.withMemoryRebound(to: UInt8.self, capacity: count) {
        Array(UnsafeBufferPointer(start: $0, count: count))
      }
    }
  }
}

extension QRCode {
  /// Whether zbar reads this code and finds this text in it.
  ///
  /// Drawn at several scales, since zbar misses a few perfect codes at any one of them.
  public var isConfirmedByReader: Bool {
    let expected = Array(text.utf8)
    return [4, 3, 5, 7].contains { scale in
      let (gray, side) = rendered(scale: scale)
      return BarcodeReader.bytes(inGray: gray, width: side, height: side) == expected
    }
  }
}
