public import Neural
internal import Tensors

extension StegoNetwork {
  /// A pair as other programs see it, without weights.
  public static func portable(_ name: StegoModelName) -> PortableModel {
    let pair = StegoNetwork(name)
    func input(_ name: String, _ channels: Int) -> (name: String, shape: [Int]) {
      (name, [1, channels, StegoDesign.workingSize, StegoDesign.workingSize])
    }
    let encoder = PortableNetwork(
      "encoder", inputs: [input("cover", 3), input("code", 1)], outputs: ["residual"]
    ) { [pair.residual(cover: $0[0], code: $0[1])] }
    let decoder = PortableNetwork("decoder", inputs: [input("marked", 3)], outputs: ["logits"]) {
      [pair.logits(marked: $0[0])]
    }
    return PortableModel(
      name.rawValue, pair, networks: [encoder, decoder], foreignNames: foreignNames)
  }
}
