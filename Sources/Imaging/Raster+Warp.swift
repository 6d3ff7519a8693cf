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
    let sampler = RasterSampler(self, interpolation, border, along: map.inverse)
    var values = [Float](repeating: 0, count: width * height * channels)
    var line = [Float](repeating: 0, count: width * channels)
    for y in 0..<height {
      sampler.read(0..<width, row: y, into: &line)
      for channel in 0..<channels {
        let start = (channel * height + y) * width
        for x in 0..<width { values[start + x] = line[channel * width + x] }
      }
    }
    return Raster(width: width, height: height, channels: channels, values: values)
  }
}
