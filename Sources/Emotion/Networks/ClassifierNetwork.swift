public import Neural
public import Tensors

/// A network that tells emotions apart.
public protocol ClassifierNetwork: Module {
  init(_ design: EmotionDesign, emotions: Int)

  /// Maps `[batch, channels, height, width]`, values 0…1, to `[batch, emotions]`.
  ///
  /// - Parameter seed: What the places that are left out in training follow from; `nil` leaves
  ///   out none.
  func logits(_ pictures: Tensor, dropout seed: UInt64?) -> Tensor
}
