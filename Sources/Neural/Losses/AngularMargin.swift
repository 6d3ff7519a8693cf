internal import Foundation
public import Tensors

/// How much harder than telling classes apart a classifier on a sphere is made to work.
public enum AngularMargin: Sendable {
  /// The angle to the own class counts as wider by `margin` radians.
  ///
  /// Source: Deng et al. 2019, "ArcFace", arXiv:1801.07698, equation 3; beyond `π − margin` the
  /// cosine falls by `margin · sin(margin)` instead, as in the authors' program.
  case arcFace(margin: Float = 0.5)
  /// The cosine to the own class counts as less by `margin`.
  ///
  /// Source: Wang et al. 2018, "CosFace", arXiv:1801.09414, equation 4.
  case cosFace(margin: Float = 0.35)
  /// ArcFace, and classes that come nearer than the own one count the more the further training
  /// has come: `progress` is the running mean of the cosines to the own class.
  ///
  /// Source: Huang et al. 2020, "CurricularFace", arXiv:2004.00288, equations 7 to 11.
  case curricularFace(margin: Float = 0.5, progress: Float)

  /// Cosines turned into logits of a cross-entropy.
  ///
  /// - Parameters:
  ///   - cosines: `[items, classes]`, −1…1.
  ///   - labels: The own class of each item.
  public func logits(cosines: Tensor, labels: [Int], scale: Float = 64) -> Tensor {
    let (items, classes) = (cosines.shape[0], cosines.shape[1])
    precondition(labels.count == items, "\(labels.count) labels for \(items) items")
    var own = [Float](repeating: 0, count: items * classes)
    for (item, label) in labels.enumerated() { own[item * classes + label] = 1 }
    let mask = Tensor(own, shape: cosines.shape)
    let cosines = clamped(cosines, -1...1)
    switch self {
    case .cosFace(let margin): return scale * (cosines - margin * mask)
    case .arcFace(let margin):
      let target = (cosines * mask).summed(to: [items, 1])
      return scale * (cosines + mask * (widened(target, by: margin).logit - target))
    case .curricularFace(let margin, let progress):
      let target = (cosines * mask).summed(to: [items, 1])
      let wide = widened(target, by: margin)
      let threshold = wide.cosine.array
      let hard = cosines.array.enumerated().map { index, cosine in
        own[index] == 0 && cosine > threshold[index / classes] ? Float(1) : 0
      }
      let harder = Tensor(hard, shape: cosines.shape) * (cosines * (cosines + (progress - 1)))
      return scale * (cosines + harder + mask * (wide.logit - target))
    }
  }

  /// `cos(angle + margin)`, and what stands for it in the logits.
  private func widened(_ cosine: Tensor, by margin: Float) -> (cosine: Tensor, logit: Tensor) {
    // A root has no finite slope at 0: the own cosine is never quite 1.
    let sine = power(clamped(1 - cosine * cosine, 1e-9...1), 0.5)
    let wide = cos(margin) * cosine - sin(margin) * sine
    let limit = cos(.pi - margin)
    let isNear = Tensor(cosine.array.map { $0 > limit ? 1 : 0 }, shape: cosine.shape)
    let far = cosine - sin(.pi - margin) * margin
    return (wide, far + isNear * (wide - far))
  }
}

/// The scaled cosines of embeddings to the centres of classes, with a margin: what a face or a
/// speaker is learned to be told by.
public struct AngularClassifier: Module {
  /// The centres: `[classes, features]`.
  public let weight: Parameter

  public init(features: Int, classes: Int) {
    weight = Parameter([classes, features], .normal(deviation: 0.01))
  }

  /// Maps embeddings `[items, features]` to their cosines to each centre, `[items, classes]`.
  public func callAsFunction(_ embeddings: Tensor) -> Tensor { cosines(embeddings, weight.value) }
}
