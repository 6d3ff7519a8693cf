import Foundation
import QRSteganography

/// Numbers that look random and are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of the standard normal distribution.
  mutating func normal() -> Float {
    let (u, v) = (
      Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self)
    )
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }

  mutating func text(_ length: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.")
    return String((0..<length).map { _ in letters.randomElement(using: &self) ?? " " })
  }
}

extension SoftCode {
  /// What a decoder might make of a code: ±1 for every module, with normal noise added to it.
  init(of code: QRCode, noise: Float, _ numbers: inout SeededNumbers) {
    let scale = 3  // Pixels per module; a code of version 6 needs 41 pixels for its 41 modules.
    let side = code.size * scale
    let values = code.modules.map { ($0 ? 1 : -1) + noise * numbers.normal() }
    let picture = (0..<side * side).map { place in
      values[place / side / scale * code.size + place % side / scale]
    }
    self.init(logits: picture, width: side, height: side)
  }
}
