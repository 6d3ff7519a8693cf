internal import CKernels

// Convolutions with so few results that a block of them would be mostly empty.

extension ConvolutionGeometry {
  var isNarrow: Bool {
    outputChannels <= 4 && inputChannels >= channelLanes && groups == 1 && !isTransposed
  }

  var hasUnitStride: Bool { strideHeight == 1 && strideWidth == 1 }

  private var narrow: ck_narrow {
    ck_narrow(
      blocks: blocks(inputChannels), height: inputHeight, width: inputWidth,
      outputs: outputChannels, result_height: outputHeight, result_width: outputWidth,
      kernel_height: kernelHeight, kernel_width: kernelWidth, stride_height: strideHeight,
      stride_width: strideWidth, dilation_height: dilationHeight, dilation_width: dilationWidth,
      top: paddingTop, left: paddingLeft)
  }

  private var sourcePitch: Int { inputCount / batch }
  private var resultPitch: Int { outputCount / batch }
  private var kernelArea: Int { kernelHeight * kernelWidth }

  func narrowConvolve(_ source: Buffer, weights: Buffer, bias: Buffer, tail: Tail) -> Buffer {
    let result = Buffer(count: outputCount)
    let (shape, packed) = (narrow, narrowPacked(weights))
    let row = outputWidth * channelLanes
    let sweep = tail.sweep(
      result, batch: batch, planes: 1, pixels: outputHeight * outputWidth, lanes: channelLanes)
    forEachRun(of: outputHeight, rows: batch * outputHeight) { image, first, count in
      ck_narrow_convolve(
        result.pointer + image * resultPitch, source.pointer + image * sourcePitch,
        packed.pointer, bias.pointer, shape, first, count, channelLanes)
      sweep(image * resultPitch + first * row, count * row)
    }
    return result
  }

  /// Of unit stride.
  func narrowSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    let result = Buffer(count: inputCount)
    let (shape, packed) = (narrow, narrowPacked(weights))
    let blocks = blocks(inputChannels)
    forEachRun(of: inputHeight, rows: batch * blocks * inputHeight) { plane, first, count in
      ck_narrow_source(
        result.pointer + plane / blocks * sourcePitch,
        upstream.pointer + plane / blocks * resultPitch, packed.pointer, shape, plane % blocks,
        first, count, channelLanes)
    }
    return result
  }

  /// Of unit stride.
  func narrowWeightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    let blocks = blocks(inputChannels)
    let shape = narrow
    let pitch = outputChannels * kernelArea * channelLanes
    let packed = Buffer(repeating: 0, count: blocks * pitch)
    parallel(blocks) { block in
      for image in 0..<batch {
        ck_narrow_weights(
          packed.pointer + block * pitch, source.pointer + image * sourcePitch,
          upstream.pointer + image * resultPitch, shape, block, channelLanes)
      }
    }
    let result = Buffer(count: weightCount)
    forEachWeight { plain, output, input, place in
      let (block, lane) = (input / channelLanes, input % channelLanes)
      result.pointer[plain] =
        packed.pointer[
          block * pitch + (output * kernelArea + place) * channelLanes + lane]
    }
    return result
  }

  /// `[output][block][kernel height][kernel width][lanes]`; kept until the weights change.
  private func narrowPacked(_ weights: Buffer) -> Buffer {
    weights.derived(NarrowPacking()) {
      let blocks = blocks(inputChannels)
      let packed = Buffer(
        repeating: 0, count: outputChannels * blocks * kernelArea * channelLanes)
      forEachWeight { plain, output, input, place in
        let (block, lane) = (input / channelLanes, input % channelLanes)
        packed.pointer[((output * blocks + block) * kernelArea + place) * channelLanes + lane] =
          weights.pointer[plain]
      }
      return packed
    }
  }

  private func forEachWeight(
    _ body: (_ plain: Int, _ output: Int, _ input: Int, _ place: Int) -> Void
  ) {
    var plain = 0
    for output in 0..<outputChannels {
      for input in 0..<inputChannels {
        for place in 0..<kernelArea {
          body(plain, output, input, place)
          plain += 1
        }
      }
    }
  }

  /// Gives out runs of rows that lie in one plane of `height` rows each.
  private func forEachRun(
    of height: Int, rows: Int, _ body: (_ plane: Int, _ first: Int, _ count: Int) -> Void
  ) {
    parallelRuns(rows, cost: 32_768) { start, length in
      var (row, left) = (start, length)
      while left > 0 {
        let count = min(left, height - row % height)
        body(row / height, row % height, count)
        row += count
        left -= count
      }
    }
  }
}

private struct NarrowPacking: Hashable {}
