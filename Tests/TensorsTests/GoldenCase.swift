import Foundation
import Tensors
import TestSupport
import Testing

/// An operation under the name of its fixture.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let operation: @Sendable ([Tensor]) -> Tensor

  init(_ name: String, _ operation: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.operation = operation
  }

  var testDescription: String { name }

  func expect(tolerance: Float, layout: Tensor.Layout) throws {
    expectGolden(
      try Fixture(name, in: .module), tolerance: tolerance, layout: layout, operation: operation)
  }
}

let layouts: [Tensor.Layout] = [.plain, .blocked]
