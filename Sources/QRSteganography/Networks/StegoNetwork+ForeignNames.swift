public import WeightFiles

extension StegoNetwork {
  /// The names of FC-DenseNets in PyTorch, under `encoder` and `decoder`.
  ///
  /// Source: bfortuner/pytorch_tiramisu, `models/tiramisu.py`, whose networks are the same.
  public static let foreignNames = Renaming(
    [
      ("*.firstconv.*", "*.first.*"),
      ("*.denseBlocksDown.**", "*.down.**"),
      ("*.transDownBlocks.**", "*.shrink.**"),
      ("*.bottleneck.bottleneck.**", "*.bottom.**"),
      ("*.transUpBlocks.*.convTrans.*", "*.grow.*.conv.*"),
      ("*.denseBlocksUp.**", "*.up.**"),
      ("*.finalConv.*", "*.last.*"),
    ], leavingOut: ["**.num_batches_tracked"])
}
