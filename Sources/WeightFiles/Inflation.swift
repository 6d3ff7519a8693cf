internal import CZlib
internal import Foundation

/// What a deflated stream without a header holds.
///
/// - Parameter count: How many bytes it must hold. No stream holds more than 1032 times its own
///   size, so that a small file cannot ask for much memory.
func inflated(_ stream: Data, count: Int) throws(FormatError) -> Data {
  guard count >= 0, count / 1032 <= stream.count + 1 else {
    throw FormatError("a compressed part claims \(count) bytes: it is damaged")
  }
  let source = [UInt8](stream)
  var target = [UInt8](repeating: 0, count: max(count, 1))
  let made: Int? = unsafe source.withUnsafeBufferPointer { source in
    unsafe target.withUnsafeMutableBufferPointer { target in
      var state = unsafe z_stream()
      let version = unsafe zlibVersion()
      let size = unsafe Int32(MemoryLayout<z_stream>.size)
      guard unsafe inflateInit2_(&state, -MAX_WBITS, version, size) == Z_OK else { return nil }
      defer { unsafe inflateEnd(&state) }
      // Whole gigabytes do not fit into zlib's counters at once.
      let limit = Int(UInt32.max)
      var (read, written, status) = (0, 0, Z_OK)
      while status == Z_OK {
        let (input, output) = (min(limit, source.count - read), min(limit, target.count - written))
        unsafe state.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress.map { unsafe $0 + read })
        unsafe state.next_out = target.baseAddress.map { unsafe $0 + written }
        unsafe state.avail_in = UInt32(input)
        unsafe state.avail_out = UInt32(output)
        status = unsafe inflate(&state, Z_NO_FLUSH)
        read += input - Int(unsafe state.avail_in)
        written += output - Int(unsafe state.avail_out)
      }
      return status == Z_STREAM_END ? written : nil
    }
  }
  guard made == count else { throw FormatError("a compressed part of it is damaged") }
  return Data(target.prefix(count))
}

/// The checksum that a ZIP archive keeps of its entries.
func crc32(of data: Data) -> UInt32 {
  unsafe data.withUnsafeBytes { bytes in
    let pointer = unsafe bytes.bindMemory(to: UInt8.self)
    return UInt32(truncatingIfNeeded: unsafe crc32_z(0, pointer.baseAddress, pointer.count))
  }
}
