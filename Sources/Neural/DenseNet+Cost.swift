extension FCDenseNet.Design {
  /// Multiplications with addition that a picture of this size costs: convolutions only, as the
  /// field counts.
  public func multiplications(height: Int, width: Int) -> Int {
    var pixels = height * width
    var total = 9 * input * first * pixels
    var channels = first
    var skips: [Int] = []
    for count in down {
      total += block(channels, count, pixels)
      channels += count * growth
      skips.append(channels)
      total += channels * channels * pixels
      pixels /= 4
    }
    total += block(channels, bottom, pixels)
    var made = bottom * growth
    for (count, skip) in zip(down, skips).reversed() {
      total += 9 * made * made * pixels
      pixels *= 4
      total += block(made + skip, count, pixels)
      channels = made + skip + count * growth
      made = count * growth
    }
    return total + channels * output * pixels
  }

  private func block(_ channels: Int, _ count: Int, _ pixels: Int) -> Int {
    (0..<count).reduce(0) { $0 + 9 * (channels + $1 * growth) * growth * pixels }
  }
}
