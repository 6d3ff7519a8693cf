internal import Foundation

/// How values between samples follow from those around them.
public enum WarpInterpolation: Hashable, Sendable {
  case bilinear
  /// The curve through the samples (Keys 1981, a = −½).
  case bicubic
  /// The mean over the part of the source that a sample of the result covers, by as many bilinear
  /// samples as it takes; the same as `bilinear` where nothing is reduced.
  case area
}

/// What lies beyond the edges.
public enum WarpBorder: Hashable, Sendable {
  case constant(Float)
  /// The nearest sample.
  case replicate
  /// The picture mirrored at its outermost samples, which are not repeated.
  case reflect
}

extension Raster {
  /// The raster seen through an affine map.
  ///
  /// - Parameters:
  ///   - map: From places here to places in the result.
  ///   - width: Columns of the result.
  ///   - height: Rows of the result.
  public func warped(
    by map: AffineMap, width: Int, height: Int, _ interpolation: WarpInterpolation = .bilinear,
    border: WarpBorder = .replicate
  ) -> Raster {
    let back = map.inverse
    var sampler = RasterSampler(self, interpolation, border, along: back)
    var values = [Float](repeating: 0, count: width * height * channels)
    for y in 0..<height {
      for x in 0..<width {
        sampler.sample(at: back(Point(x: Double(x), y: Double(y))))
        for channel in 0..<channels {
          values[(channel * height + y) * width + x] = sampler.found[channel]
        }
      }
    }
    return Raster(width: width, height: height, channels: channels, values: values)
  }
}
