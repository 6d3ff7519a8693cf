extension Picture {
  /// The picture with its samples turned as `orientation` demands.
  ///
  /// Subsampled chroma planes of odd sizes are turned on their own grid: the chroma of a mirrored
  /// odd row may move by half a luma sample.
  public func turnedUpright() -> Picture {
    guard orientation != .upright else { return self }
    var format = format
    if orientation.swapsSides {
      swap(&format.chromaShiftX, &format.chromaShiftY)
    }
    let swaps = orientation.swapsSides
    return Picture(
      width: uprightSize.width, height: uprightSize.height, format: format,
      planes: planes.map { $0.turned(orientation) }, color: color, timestamp: timestamp,
      duration: duration,
      sampleAspect: swaps
        ? Rational(sampleAspect.denominator, sampleAspect.numerator) : sampleAspect,
      orientation: .upright, interlacing: interlacing, isKeyFrame: isKeyFrame, captions: captions,
      metadata: metadata)
  }
}

extension Plane {
  /// The plane turned as a picture of `orientation` must be to be seen upright.
  func turned(_ orientation: Orientation) -> Plane {
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    func turn<Sample>(_ samples: [Sample]) -> [Sample] {
      var turned: [Sample] = []
      turned.reserveCapacity(samples.count)
      for y in 0..<newHeight {
        for x in 0..<newWidth {
          let at = orientation.stored(x: x, y: y, width: width, height: height)
          turned.append(samples[at.y * width + at.x])
        }
      }
      return turned
    }
    switch samples {
    case .eight(let samples):
      return Plane(width: newWidth, height: newHeight, samples: .eight(turn(samples)))
    case .sixteen(let samples):
      return Plane(width: newWidth, height: newHeight, samples: .sixteen(turn(samples)))
    }
  }
}
