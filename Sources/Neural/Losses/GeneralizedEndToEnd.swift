public import Tensors

/// The generalized end-to-end loss of speaker verification: each utterance should be nearest to the
/// centre of its own speaker's other utterances.
///
/// Source: Wan et al. 2018, arXiv:1710.10467, equations 1 to 6 and 9, the softmax form.
public struct GeneralizedEndToEnd: Module {
  /// What cosines are multiplied by, and what is added then.
  public let weight, bias: Parameter

  public init() {
    weight = Parameter([1], .constant(10))
    bias = Parameter([1], .constant(-5))
  }

  /// The similarity of each utterance to each speaker.
  ///
  /// Maps `[speakers, utterances, features]` to `[speakers · utterances, speakers]`.
  public func similarities(_ embeddings: Tensor) -> Tensor {
    let (speakers, utterances, features) = (
      embeddings.shape[0], embeddings.shape[1], embeddings.shape[2]
    )
    precondition(utterances > 1, "no centre but the utterance itself")
    let sums = embeddings.summed(to: [speakers, 1, features])
    let all = cosines(
      embeddings.reshaped([speakers * utterances, features]),
      sums.reshaped([speakers, features]))
    let others = cosineSimilarity(embeddings, sums - embeddings, axis: 2)
      .reshaped([speakers * utterances, 1])
    let own = (0..<speakers * utterances * speakers).map { index in
      index / speakers / utterances == index % speakers ? Float(1) : 0
    }
    let mask = Tensor(own, shape: all.shape)
    return weight.value * (all + mask * (others - all)) + bias.value
  }

  /// The mean loss over the utterances of a batch, of shape `[]`.
  ///
  /// - Parameter embeddings: `[speakers, utterances, features]`, of any length.
  public func callAsFunction(_ embeddings: Tensor) -> Tensor {
    let labels = (0..<embeddings.shape[0]).flatMap { speaker in
      [Int?](repeating: speaker, count: embeddings.shape[1])
    }
    return crossEntropy(logits: similarities(embeddings), targets: .labels(labels))
  }
}
