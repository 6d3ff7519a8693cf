internal import CKernels
internal import Foundation

/// A fixed run of `Float`s in memory that is aligned for vectors and returned to a pool at the end.
///
/// Buffers of like size are handed out again instead of being given back to the system, since a
/// network asks for the same sizes at each step. Contents are undefined until written. A buffer may
/// be read by several threads at once; who writes must be alone.
public final class Buffer: @unchecked Sendable {
  public let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private let capacity: Int
  private let lock = NSLock()
  private var derivedForms: [AnyHashable: Buffer] = [:]

  /// Takes room for `count` floats; nothing is cleared.
  public init(count: Int) {
    self.count = count
    (pointer, capacity) = Pool.shared.take(max(count, 1))
  }

  /// Takes room for `count` floats of one value.
  public convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    parallelRuns(count) { start, length in
      (pointer + start).update(repeating: value, count: length)
    }
  }

  /// Copies an array.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  deinit { Pool.shared.give(back: pointer, capacity: capacity) }

  /// The contents as an array.
  public var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Element `index`; checked.
  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "index \(index) outside a buffer of \(count)")
      return pointer[index]
    }
    set {
      willChange()
      precondition(index >= 0 && index < count, "index \(index) outside a buffer of \(count)")
      pointer[index] = newValue
    }
  }

  /// Copies `length` floats from another buffer.
  public func copy(_ length: Int, from source: Buffer, at start: Int, to target: Int) {
    willChange()
    precondition(
      start >= 0 && target >= 0 && start + length <= source.count && target + length <= count,
      "copying \(length) floats from \(start) of \(source.count) to \(target) of \(count)")
    (pointer + target).update(from: source.pointer + start, count: length)
  }

  /// Gives access to the contents as a span of mutable memory.
  public func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows
    -> Result
  {
    willChange()
    var span = unsafe MutableSpan(_unsafeStart: pointer, count: count)
    return try body(&span)
  }

  /// Gives access to the contents for reading.
  public func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try body(unsafe Span(_unsafeStart: pointer, count: count))
  }

  /// Another form of the contents, such as another layout; made once and dropped when the contents
  /// change.
  func derived(_ key: some Hashable, _ make: () -> Buffer) -> Buffer {
    lock.withLock {
      if let form = derivedForms[AnyHashable(key)] { return form }
      let form = make()
      derivedForms[AnyHashable(key)] = form
      return form
    }
  }

  /// Drops what was derived from the contents, which are about to change.
  func willChange() {
    lock.withLock { derivedForms = [:] }
  }

  /// The contents in IEEE half precision.
  public var halves: [UInt16] {
    [UInt16](unsafeUninitializedCapacity: count) { target, written in
      ck_to_half(target.baseAddress, pointer, count)
      written = count
    }
  }

  /// Widens half precision to single.
  public convenience init(halves: [UInt16]) {
    self.init(count: halves.count)
    halves.withUnsafeBufferPointer { ck_from_half(pointer, $0.baseAddress, halves.count) }
  }
}

/// Memory given back by buffers, kept by size.
///
/// Sizes are rounded up to an eighth of their power of two, which wastes a sixteenth on average and
/// lets nearly equal sizes share.
private final class Pool: @unchecked Sendable {
  static let shared = Pool()
  private static let hugePage = 1 << 21

  private let lock = NSLock()
  private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]

  func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
    let capacity = rounded(count)
    if let reused = lock.withLock({ free[capacity]?.popLast() }) { return (reused, capacity) }
    let bytes = capacity * 4
    let isLarge = bytes >= 2 * Pool.hugePage
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? Pool.hugePage : 64)
    // Large pages spare most of the searches for where a page stands.
    if isLarge { madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    return (raw.bindMemory(to: Float.self, capacity: capacity), capacity)
  }

  func give(back pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    lock.withLock { free[capacity, default: []].append(pointer) }
  }

  func empty() {
    lock.withLock {
      for pointer in free.values.joined() { pointer.deallocate() }
      free = [:]
    }
  }

  private func rounded(_ count: Int) -> Int {
    guard count > 128 else { return 128 }
    let step = 1 << (Int.bitWidth - count.leadingZeroBitCount - 4)
    return (count + step - 1) / step * step
  }
}

/// Gives the memory that no buffer uses back to the system.
public func releaseUnusedMemory() {
  Pool.shared.empty()
}
