internal import Foundation

/// The memory of a buffer.
struct Memory {
  let pointer: UnsafeMutablePointer<Float>
  private let capacity: Int
  private let isMapped: Bool
  private let meter: MemoryMeter?

  /// Takes memory from the pool, or fresh zeros if the task is cancelled and heeds it: nothing is
  /// going to write to them, and zeros mislead the program less than remains of other work.
  init(count: Int) {
    capacity = Pool.capacity(count)
    isMapped = Cancellation.isDue
    let raw = isMapped ? Self.mapped(capacity * 4) : Pool.shared.take(capacity)
    pointer = raw.bindMemory(to: Float.self, capacity: capacity)
    meter = MemoryMeter.current
    meter?.add(4 * capacity)
  }

  func giveBack() {
    meter?.add(-4 * capacity)
    if isMapped {
      munmap(pointer, capacity * 4)
    } else {
      Pool.shared.give(back: pointer, capacity: capacity)
    }
  }

  /// Zeros that cost nothing until they are touched.
  private static func mapped(_ bytes: Int) -> UnsafeMutableRawPointer {
    let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let raw, Int(bitPattern: raw) != -1 else { fatalError("no memory for \(bytes) bytes") }
    return raw
  }
}

/// The bytes of buffers that a task made and that still exist, and the most there were.
final class MemoryMeter: @unchecked Sendable {
  @TaskLocal static var current: MemoryMeter?

  private let lock = NSLock()
  private var live = 0
  private(set) var peak = 0

  func add(_ bytes: Int) {
    lock.withLock {
      live += bytes
      peak = max(peak, live)
    }
  }
}

/// Runs `body` and finds how many bytes of buffers it held at most at one time.
///
/// Buffers that existed before do not count, nor does what the threads of a single operation need
/// besides its result.
public func measuringMemory<Result>(
  _ body: () throws -> Result
) rethrows -> (result: Result, peakBytes: Int) {
  let meter = MemoryMeter()
  let result = try MemoryMeter.$current.withValue(meter, operation: body)
  return (result, meter.peak)
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

  func take(_ capacity: Int) -> UnsafeMutableRawPointer {
    if let reused = lock.withLock({ free[capacity]?.popLast() }) {
      return UnsafeMutableRawPointer(reused)
    }
    let bytes = capacity * 4
    let isLarge = bytes >= 2 * Pool.hugePage
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? Pool.hugePage : 64)
    // Large pages spare most of the searches for where a page stands.
    if isLarge { madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    return raw
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

  /// The floats for which room is taken to hold `count`.
  static func capacity(_ count: Int) -> Int {
    guard count > 128 else { return 128 }
    let step = 1 << (Int.bitWidth - count.leadingZeroBitCount - 4)
    return (count + step - 1) / step * step
  }
}

/// Gives the memory that no buffer uses back to the system.
public func releaseUnusedMemory() {
  Pool.shared.empty()
}
