internal import COneDNN
internal import Foundation

/// One direction of a convolution, as oneDNN runs it on one thread.
enum ConvolutionPass: Hashable {
  case forward, data, weights
}

extension ConvolutionGeometry {
  /// The primitive for one direction; made at first use and kept for the life of the process.
  func primitive(_ pass: ConvolutionPass) -> Primitive {
    PrimitiveCache.shared.primitive(PrimitiveKey(geometry: self, pass: pass))
  }

  /// PyTorch's order of weights: `[output, input, …]`, transposed `[input, output, …]`, in groups.
  var plainWeights: dnnl_memory_desc_t {
    let kernel = [kernelHeight, kernelWidth]
    if groups == 1 {
      return layout([outputChannels, inputChannels] + kernel, isTransposed ? dnnl_bacd : dnnl_abcd)
    }
    return layout(
      [groups, outputChannels / groups, inputChannels / groups] + kernel,
      isTransposed ? dnnl_acbde : dnnl_abcde)
  }

  fileprivate func describe(_ pass: ConvolutionPass, hint: dnnl_primitive_desc_t?)
    -> dnnl_primitive_desc_t
  {
    let tag = isChannelsLast ? dnnl_nhwc : OneDNN.blockedTag
    var source = layout(
      [batch, inputChannels, inputHeight, inputWidth], sourceIsPlain ? dnnl_nchw : tag)
    var target = layout([batch, outputChannels, outputHeight, outputWidth], tag)
    let kernel = [kernelHeight, kernelWidth]
    var weights =
      groups == 1
      ? layout([outputChannels, inputChannels] + kernel, dnnl_format_tag_any)
      : layout(
        [groups, outputChannels / groups, inputChannels / groups] + kernel, dnnl_format_tag_any)
    var bias = layout([outputChannels], dnnl_a)
    let strides = [Int64(strideHeight), Int64(strideWidth)]
    let dilations = [Int64(dilationHeight - 1), Int64(dilationWidth - 1)]
    let before = [Int64(paddingTop), Int64(paddingLeft)]
    let after = [Int64(paddingBottom), Int64(paddingRight)]

    var attributes: dnnl_primitive_attr_t?
    check(dnnl_primitive_attr_create(&attributes), "attributes")
    check(
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "attributes")
    defer { dnnl_primitive_attr_destroy(attributes) }

    var description: dnnl_primitive_desc_t?
    if isTransposed {
      var operation = dnnl_deconvolution_desc_t()
      let kind = dnnl_deconvolution_direct
      let status =
        switch pass {
        case .forward:
          dnnl_dilated_deconvolution_forward_desc_init(
            &operation, dnnl_forward_training, kind, &source, &weights, &bias, &target, strides,
            dilations, before, after)
        case .data:
          dnnl_dilated_deconvolution_backward_data_desc_init(
            &operation, kind, &source, &weights, &target, strides, dilations, before, after)
        case .weights:
          dnnl_dilated_deconvolution_backward_weights_desc_init(
            &operation, kind, &source, &weights, nil, &target, strides, dilations, before, after)
        }
      check(status, "\(self)")
      check(
        dnnl_primitive_desc_create(&description, &operation, attributes, OneDNN.engine, hint),
        "\(self)")
    } else {
      var operation = dnnl_convolution_desc_t()
      let kind = dnnl_convolution_direct
      let status =
        switch pass {
        case .forward:
          dnnl_dilated_convolution_forward_desc_init(
            &operation, dnnl_forward_training, kind, &source, &weights, &bias, &target, strides,
            dilations, before, after)
        case .data:
          dnnl_dilated_convolution_backward_data_desc_init(
            &operation, kind, &source, &weights, &target, strides, dilations, before, after)
        case .weights:
          dnnl_dilated_convolution_backward_weights_desc_init(
            &operation, kind, &source, &weights, nil, &target, strides, dilations, before, after)
        }
      check(status, "\(self)")
      check(
        dnnl_primitive_desc_create(&description, &operation, attributes, OneDNN.engine, hint),
        "\(self)")
    }
    guard let description else { fatalError("oneDNN gave no description of \(self)") }
    return description
  }

  fileprivate func make(_ pass: ConvolutionPass) -> Primitive {
    omp_set_num_threads(1)
    if pass == .forward { return Primitive(describe(.forward, hint: nil)) }
    let hint = describe(.forward, hint: nil)
    defer { dnnl_primitive_desc_destroy(hint) }
    return Primitive(describe(pass, hint: hint))
  }
}

private struct PrimitiveKey: Hashable {
  let geometry: ConvolutionGeometry
  let pass: ConvolutionPass
}

private final class PrimitiveCache: @unchecked Sendable {
  static let shared = PrimitiveCache()

  private let lock = NSLock()
  private var made: [PrimitiveKey: Primitive] = [:]

  func primitive(_ key: PrimitiveKey) -> Primitive {
    lock.withLock {
      if let primitive = made[key] { return primitive }
      let primitive = key.geometry.make(key.pass)
      made[key] = primitive
      return primitive
    }
  }
}
