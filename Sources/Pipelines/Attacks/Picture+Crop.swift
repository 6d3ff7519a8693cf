internal import MediaTypes

extension Picture {
  /// The part of the stored picture from column `x`, row `y`; in subsampled pictures the corner and
  /// the size are rounded down to whole chroma samples.
  func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> Picture {
    func aligned(_ value: Int, _ shift: Int) -> Int { (value >> shift) << shift }
    let (left, top) = (aligned(x, format.chromaShiftX), aligned(y, format.chromaShiftY))
    let (across, down) = (
      aligned(newWidth, format.chromaShiftX), aligned(newHeight, format.chromaShiftY)
    )
    precondition(
      left >= 0 && top >= 0 && left + across <= width && top + down <= height,
      "\(across)×\(down) at \(left), \(top) of \(width)×\(height)")
    let parts = planes.enumerated().map { index, plane in
      let isChroma = format.isChroma(plane: index)
      let (shiftX, shiftY) = isChroma ? (format.chromaShiftX, format.chromaShiftY) : (0, 0)
      return plane.cropped(
        x: left >> shiftX, y: top >> shiftY, width: across >> shiftX, height: down >> shiftY)
    }
    return Picture(
      width: across, height: down, format: format, planes: parts, color: color,
      timestamp: timestamp, duration: duration, sampleAspect: sampleAspect,
      orientation: orientation)
  }
}

extension Plane {
  fileprivate func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> Plane {
    func part<Sample>(_ samples: [Sample]) -> [Sample] {
      (y..<y + newHeight).flatMap { samples[$0 * width + x..<$0 * width + x + newWidth] }
    }
    return switch samples {
    case .eight(let samples):
      Plane(width: newWidth, height: newHeight, samples: .eight(part(samples)))
    case .sixteen(let samples):
      Plane(width: newWidth, height: newHeight, samples: .sixteen(part(samples)))
    }
  }
}
