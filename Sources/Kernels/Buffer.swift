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
  private let memory: Memory
  private let lock = NSLock()
  private var derivedForms: [AnyHashable: Buffer] = [:]

  /// Takes room for `count` floats; nothing is cleared.
  public init(count: Int) {
    self.count = count
    memory = Memory(count: max(count, 1))
    pointer = memory.pointer
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

  deinit { memory.giveBack() }

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
      // Kept for good, so that it is made for a cancelled task, too.
      let form = Cancellation.$isHeeded.withValue(false, operation: make)
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
