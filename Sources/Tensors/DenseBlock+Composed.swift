extension DenseLayer {
  /// What ``denseBlock(_:layers:output:)`` gives, in operations that can be differentiated again.
  ///
  /// Batch statistics are found anew and told to nobody.
  ///
  /// - Parameters:
  ///   - sources: The inputs, then the parameters of each layer.
  ///   - layers: Where they have their statistics from.
  static func composed(_ sources: [Tensor], layers: [DenseLayer], output: DenseOutput) -> Tensor {
    let inputs = Array(sources.dropLast(4 * layers.count))
    var maps = inputs
    for (index, layer) in layers.enumerated() {
      let own = sources[(inputs.count + 4 * index)...].prefix(4).map { $0 }
      let statistics: NormalizationStatistics =
        if case .fixed = layer.statistics { layer.statistics } else { .batch { _, _ in } }
      let normalized = batchNormalized(
        concatenated(maps, axis: 1), statistics, scale: own[0], shift: own[1],
        epsilon: Float(epsilon))
      let kernel = layer.weight.shape
      maps.append(
        convolved(
          relu(normalized), weight: own[2], bias: own[3],
          ConvolutionSettings(
            padding: Padding(
              top: kernel[2] / 2, left: kernel[3] / 2, bottom: kernel[2] / 2, right: kernel[3] / 2))
        ))
    }
    return concatenated(output == .all ? maps : Array(maps[inputs.count...]), axis: 1).blocked
  }
}
