/// Numbers in −1 ..< 1 that depend on a name and their index only, exact in single precision.
///
/// Oracles make the same ones, so that large arrays need not be stored; `Tests/Oracles/fixtures.py` says how: splitmix64
/// of FNV-1a of the name plus the index, of which the first 24 bits count.
public func hashUniform(_ name: String, count: Int) -> [Double] {
  let seed = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
    ($0 ^ UInt64($1)) &* 0x100_0000_01B3
  }
  return (0..<count).map { index in
    var z = seed &+ UInt64(index) &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 40) / 8_388_608 - 1
  }
}
