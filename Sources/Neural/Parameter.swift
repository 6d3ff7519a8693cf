internal import Foundation
public import Tensors

/// A named array of a model: declared with a shape and how it begins, then initialized or loaded.
///
/// A class, so that a model can be a value and still be written through: by an optimizer, by a
/// weight file.
public final class Parameter {
  /// How a parameter begins.
  public enum Initial: Sendable {
    case constant(Float)
    /// Normal with mean 0 and the given standard deviation.
    case normal(deviation: Float)
    /// Uniform between −bound and bound.
    case uniform(bound: Float)
  }

  /// What a parameter is for.
  public enum Role: Sendable {
    /// Learned by gradients.
    case trained
    /// Kept by the layer itself, such as running means.
    case tracked
  }

  public let shape: [Int]
  public let initial: Initial
  public let role: Role
  /// Whether the mean of its values over time means anything; a singular vector's does not.
  public let isAveraged: Bool
  private var stored: Tensor?

  public init(
    _ shape: [Int], _ initial: Initial, role: Role = .trained, isAveraged: Bool = true
  ) {
    self.shape = shape
    self.initial = initial
    self.role = role
    self.isAveraged = isAveraged
  }

  /// The values now.
  ///
  /// A parameter that was neither initialized nor loaded traps.
  public var value: Tensor {
    get {
      guard let stored else {
        fatalError("a parameter of shape \(shape) was read before it was set")
      }
      return stored
    }
    set {
      precondition(newValue.shape == shape, "values of \(newValue.shape) for shape \(shape)")
      stored = role == .trained ? newValue.detached.variable : newValue.detached
    }
  }

  /// Whether there are values.
  public var isSet: Bool { stored != nil }

  /// Begins anew with values that depend only on the seed and the parameter's name.
  func initialize(seed: UInt64, name: String) {
    var generator = SplitMix64(seed: seed ^ fnv1a(name))
    let count = shape.reduce(1, *)
    let values: [Float] =
      switch initial {
      case .constant(let value): Array(repeating: value, count: count)
      case .normal(let deviation): (0..<count).map { _ in deviation * generator.normal() }
      case .uniform(let bound): (0..<count).map { _ in bound * (2 * generator.unit() - 1) }
      }
    value = Tensor(values, shape: shape)
  }
}

/// A small random generator whose sequence is fixed by its seed.
///
/// Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators", figure 17.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< 1.
  public mutating func unit() -> Float { Float(next() >> 40) / 16_777_216 }

  /// Standard normal.
  public mutating func normal() -> Float {
    let radius = (-2 * Foundation.log(max(unit(), 1e-7))).squareRoot()
    return radius * Foundation.cos(2 * .pi * unit())
  }
}

/// The 64-bit FNV-1a hash of a name.
public func fnv1a(_ name: String) -> UInt64 {
  name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
