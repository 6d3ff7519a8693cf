public import Imaging
public import MediaTypes
internal import Neural
internal import Tensors

/// Trained networks that mark pictures with codes and read them.
///
/// The weights do not change after loading, so that several tasks may mark and read at once.
public final class StegoModel: @unchecked Sendable {
  public let name: StegoModelName
  /// How marks get into frames of any size, and are seen in them.
  public let placement = ResidualPlacement(
    width: StegoDesign.workingSize, height: StegoDesign.workingSize)
  private let network: StegoNetwork

  /// Loads a pair of networks.
  ///
  /// - Throws: `WeightError`, naming the file and everything in it that does not fit.
  public init(_ name: StegoModelName, weightsPath: String) throws {
    self.name = name
    network = StegoNetwork(name)
    try WeightFile(path: weightsPath).load(into: network)
  }

  /// What to add to a picture, at the working size, so that it carries a code.
  public func residual(for picture: Picture, code: QRCode) -> YUVResidual {
    let side = StegoDesign.workingSize
    let drawn = Tensor(code.drawn(width: side, height: side), shape: [1, 1, side, side])
    let residual = withoutRecording { network.residual(cover: reduced(picture), code: drawn) }
    return YUVResidual(width: side, height: side, values: residual.array)
  }

  /// How much stronger than for its size a mark may become, in the order they are tried.
  private static let strengths: [Float] = [1, 1.2, 1.45, 1.75, 2.1]

  /// Hides a code in a picture and makes sure that it can be read there.
  ///
  /// The mark is read back at once. In the few pictures that defeat it, it is made stronger until it
  /// is read; where even twice the strength is not, it stays as its size asks for.
  ///
  /// - Returns: Whether the code can be read in the marked picture.
  @discardableResult
  public func mark(_ picture: inout Picture, with code: QRCode) -> Bool {
    let residual = residual(for: picture, code: code)
    for strength in Self.strengths {
      var marked = picture
      placement.mark(&marked, with: residual, strength: strength)
      if CodeReader().read(softCode(of: marked), effort: .frame)?.code == code {
        picture = marked
        return true
      }
    }
    placement.mark(&picture, with: residual)
    return false
  }

  /// The decoder's picture of the code: how surely each pixel lies under a dark module, positive
  /// where dark.
  public func logits(of picture: Picture) -> (values: [Float], width: Int, height: Int) {
    let logits = withoutRecording { network.logits(marked: reduced(picture)) }
    return (logits.array, StegoDesign.workingSize, StegoDesign.workingSize)
  }

  /// What a picture says of each module of a code.
  public func softCode(of picture: Picture) -> SoftCode {
    let (values, width, height) = logits(of: picture)
    return SoftCode(logits: values, width: width, height: height)
  }

  private func reduced(_ picture: Picture) -> Tensor {
    let small = placement.reduced(picture)
    return Tensor(small.values, shape: [1, 3, small.height, small.width])
  }
}
