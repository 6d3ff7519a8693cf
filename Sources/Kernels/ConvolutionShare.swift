/// One thread's part of a convolution: some of the pictures, or some of the channels of one.
struct ConvolutionShare {
  /// What the part computes.
  var geometry: ConvolutionGeometry
  /// The first picture.
  var image = 0
  /// The first channel; the first of a block.
  var firstOutput = 0
  var firstInput = 0

  /// All of it.
  init(of whole: ConvolutionGeometry) { geometry = whole }

  /// The weights of the share's channels.
  func cut(_ weights: Buffer, of whole: ConvolutionGeometry) -> Buffer {
    guard geometry.weightCount != whole.weightCount else { return weights }
    let result = Buffer(count: geometry.weightCount)
    forEachRun(of: whole) { result.copy($2, from: weights, at: $0, to: $1) }
    return result
  }

  /// The reverse of ``cut(_:of:)``.
  func place(_ part: Buffer, into weights: Buffer, of whole: ConvolutionGeometry) {
    forEachRun(of: whole) { weights.copy($2, from: part, at: $1, to: $0) }
  }

  /// The runs of weights that stand together in the whole and in the share; both in PyTorch's order.
  private func forEachRun(
    of whole: ConvolutionGeometry, _ body: (_ whole: Int, _ part: Int, _ length: Int) -> Void
  ) {
    guard whole.groups == 1 else {
      let ofOne = whole.weightCount / whole.groups
      let first = firstOutput / (whole.outputChannels / whole.groups)
      return body(first * ofOne, 0, geometry.groups * ofOne)
    }
    let area = whole.kernelHeight * whole.kernelWidth
    let outputs = (first: firstOutput, count: geometry.outputChannels, all: whole.outputChannels)
    let inputs = (first: firstInput, count: geometry.inputChannels, all: whole.inputChannels)
    let (rows, columns) = whole.isTransposed ? (inputs, outputs) : (outputs, inputs)
    guard columns.count < columns.all else {
      return body(rows.first * columns.all * area, 0, rows.count * columns.all * area)
    }
    for row in 0..<rows.count {
      body(
        ((rows.first + row) * columns.all + columns.first) * area, row * columns.count * area,
        columns.count * area)
    }
  }
}

extension ConvolutionGeometry {
  func blocks(_ channels: Int) -> Int { (channels + channelLanes - 1) / channelLanes }

  /// The work cut into one part per thread: runs of pictures, or where there are fewer pictures than
  /// threads, whole blocks of the channels of one.
  ///
  /// - Parameter channels: The channels that may be divided, those of the result.
  func shares(of channels: WritableKeyPath<ConvolutionGeometry, Int>) -> [ConvolutionShare] {
    let runs = min(threadCount, batch)
    let count = blocks(self[keyPath: channels])
    let parts = groups == 1 ? min((threadCount + runs - 1) / runs, count) : 1
    return (0..<runs).flatMap { run in
      (0..<parts).map { part in
        var share = ConvolutionShare(of: self)
        share.image = batch * run / runs
        share.geometry.batch = batch * (run + 1) / runs - share.image
        let first = count * part / parts * channelLanes
        let end = min(count * (part + 1) / parts * channelLanes, self[keyPath: channels])
        share.geometry[keyPath: channels] = end - first
        if channels == \.outputChannels {
          share.firstOutput = first
        } else {
          share.firstInput = first
        }
        return share
      }
    }
  }
}
