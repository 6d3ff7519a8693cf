public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// What a sample of a face belongs to, in the order of CelebAMask-HQ as face-parsing.PyTorch counts;
/// left and right are the person's own.
public enum FacePart: Int, Hashable, Sendable, CaseIterable {
  case background, skin, leftBrow, rightBrow, leftEye, rightEye, glasses, leftEar, rightEar
  case earring, nose, mouth, upperLip, lowerLip, neck, necklace, cloth, hair, hat

  /// What changes when a face is exchanged: all inside the contour but the glasses.
  public static let face: Set<FacePart> = [
    .skin, .leftBrow, .rightBrow, .leftEye, .rightEye, .nose, .mouth, .upperLip, .lowerLip,
  ]
}

/// Tells the parts of faces apart by a BiSeNet with the weights of face-parsing.PyTorch.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct FaceParser: @unchecked Sendable {
  private let network: BiSeNet

  init(network: BiSeNet) { self.network = network }

  /// - Parameter path: `79999_iter.pth`, or another file of the same arrays.
  public init(weightsPath path: String) throws(WeightError) {
    let (arrays, _) = BiSeNet.renaming.renamed(try Checkpoint(path: path).arrays)
    self.init(network: BiSeNet())
    try network.load(arrays, from: path)
  }

  /// How surely each sample of a crop belongs to one of some parts, 0…1.
  ///
  /// - Parameters:
  ///   - parts: Taken together.
  ///   - crop: Red, green and blue in 0…1, of any size; the network sees it as 512 × 512.
  public func mask(of parts: Set<FacePart>, in crop: Raster) -> Raster {
    let picture = Tensor(crop.values, shape: [1, 3, crop.height, crop.width])
    let shares = withoutRecording {
      softmax(
        network(parsingInput(picture.resized(to: 512, .bilinear(alignCorners: false)))).final,
        axis: 1
      )
      .resized(to: picture.extent, .bilinear(alignCorners: false)).array
    }
    var mask = Raster(width: crop.width, height: crop.height)
    var sums = mask.values
    for part in parts {
      let start = part.rawValue * crop.area
      for place in sums.indices { sums[place] += shares[start + place] }
    }
    mask.values = sums
    return mask
  }
}

/// Red, green and blue in 0…1 less ImageNet's mean, over its deviation.
func parsingInput(_ x: Tensor) -> Tensor {
  let mean = Tensor([0.485, 0.456, 0.406], shape: [1, 3, 1, 1])
  let deviation = Tensor([0.229, 0.224, 0.225], shape: [1, 3, 1, 1])
  return (x - mean) / deviation
}
