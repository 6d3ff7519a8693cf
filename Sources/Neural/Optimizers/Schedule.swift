internal import Foundation

/// The share of an optimizer's full rate that each step takes.
///
/// Set before each step: `optimizer.rate = full * schedule(optimizer.count)`. Schedules are
/// multiplied to hold together, and follow one another by ``following(_:after:)``. Each is that of
/// PyTorch under the name given with it.
public struct Schedule: Sendable {
  private let share: @Sendable (Int) -> Double

  /// - Parameter share: Of the full rate, by the number of steps taken before.
  public init(_ share: @escaping @Sendable (Int) -> Double) { self.share = share }

  public func callAsFunction(_ step: Int) -> Float { Float(share(step)) }

  public static func * (a: Schedule, b: Schedule) -> Schedule {
    Schedule { a.share($0) * b.share($0) }
  }

  /// This schedule until some steps are taken, then another from its own beginning: `SequentialLR`.
  public func following(_ next: Schedule, after steps: Int) -> Schedule {
    Schedule { $0 < steps ? share($0) : next.share($0 - steps) }
  }
}

extension Schedule {
  /// The full rate throughout.
  public static let constant = Schedule { _ in 1 }

  /// A fall by `factor` each time `interval` steps are over: `StepLR`.
  public static func steps(every interval: Int, factor: Double) -> Schedule {
    Schedule { pow(factor, Double($0 / interval)) }
  }

  /// A fall by `factor` at each of some steps: `MultiStepLR`.
  public static func steps(at milestones: [Int], factor: Double) -> Schedule {
    Schedule { step in pow(factor, Double(milestones.count { $0 <= step })) }
  }

  /// A fall by `factor` at every step: `ExponentialLR`.
  public static func exponential(factor: Double) -> Schedule {
    Schedule { pow(factor, Double($0)) }
  }

  /// A straight line between two shares over some steps, then the second: `LinearLR`.
  public static func linear(from first: Double, to last: Double, over steps: Int) -> Schedule {
    Schedule { first + (last - first) * min(1, Double($0) / Double(steps)) }
  }

  /// A rise to the full rate over some steps, the first of which takes its part already.
  public static func warmUp(over steps: Int) -> Schedule {
    Schedule { min(1, Double($0 + 1) / Double(steps)) }
  }

  /// Half a cosine from the full rate to `floor` over some steps, then `floor`.
  ///
  /// `CosineAnnealingLR`, which rises again after its end.
  public static func cosine(over steps: Int, floor: Double = 0) -> Schedule {
    Schedule { eased(from: 1, to: floor, Double($0) / Double(steps)) }
  }

  /// Half cosines from the full rate to `floor`, each `growth` times as long as the one before:
  /// `CosineAnnealingWarmRestarts`.
  ///
  /// Source: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5.
  public static func cosineRestarts(first: Int, growth: Int = 1, floor: Double = 0) -> Schedule {
    precondition(first > 0 && growth > 0, "cycles of \(first) steps that grow by \(growth)")
    return Schedule { step in
      var (start, length) = (0, first)
      if growth == 1 { start = step / first * first }
      while step - start >= length {
        start += length
        length *= growth
      }
      return eased(from: 1, to: floor, Double(step - start) / Double(length))
    }
  }

  /// One rise to the full rate and one fall far below its beginning, both half cosines:
  /// `OneCycleLR`.
  ///
  /// Source: Smith & Topin 2018, arXiv:1708.07120; numbers as in PyTorch.
  ///
  /// - Parameters:
  ///   - rise: The share of the steps that the rise takes.
  ///   - first: The share of the full rate at the beginning.
  ///   - last: The share of the full rate at the last step.
  public static func oneCycle(
    over steps: Int, rise: Double = 0.3, first: Double = 1.0 / 25, last: Double = 1.0 / 250_000
  ) -> Schedule {
    let top = rise * Double(steps) - 1
    return Schedule { step in
      let step = Double(step)
      return step <= top
        ? eased(from: first, to: 1, step / top)
        : eased(from: 1, to: last, (step - top) / (Double(steps - 1) - top))
    }
  }

  /// The point of half a cosine between two values at a share of its way.
  private static func eased(from first: Double, to last: Double, _ share: Double) -> Double {
    last + (first - last) * (1 + cos(.pi * min(1, share))) / 2
  }
}
