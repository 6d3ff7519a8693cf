/// What happened in one step of training.
public struct StegoTrainingStep: Sendable {
  /// Steps taken so far.
  public let step: Int
  /// The PSNR asked for and the PSNR reached, in dB, and the MS-SSIM of luma.
  public let target, psnr, similarity: Float
  public let loss: Float
  /// The share of data modules read wrong: now, and smoothed over about thirty steps.
  public let moduleError, smoothedError: Float
  public let rate, gradientNorm: Float
  /// Attack and share of wrong modules of each sample.
  public let errors: [(kind: String, moduleError: Float)]

  public static let csvHeader =
    "step,target,psnr,similarity,loss,moduleError,smoothedError,rate,gradientNorm,attacks"

  public var csvFields: String {
    let attacks = errors.map { "\($0.kind) \($0.moduleError)" }.joined(separator: " | ")
    return [target, psnr, similarity, loss, moduleError, smoothedError, rate, gradientNorm]
      .reduce("\(step)") { "\($0),\($1)" } + ",\(attacks)"
  }
}
