import Emotion
import Faces
import Foundation
import Imaging
import Media
import MediaTypes
import Neural
import QRSteganography
import Tensors

@testable import Pipelines

/// What set-up fetches into `Corpus/samples`: a photograph with a face, and the detector's weights.
enum FaceMedia {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Corpus/samples").path

  static let isFetched = ["astronaut.png", "mtcnn-pnet.pt", "mtcnn-rnet.pt", "mtcnn-onet.pt"]
    .allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }

  static let haveRecognizer = FileManager.default.fileExists(
    atPath: "\(folder)/\(FaceRecognizer.fileName)")

  /// The upper part of the photograph, in which the face is.
  static func photograph() throws -> Raster {
    let whole = Raster(rgb: try readStill(path: "\(folder)/astronaut.png"))
    return whole.warped(by: .identity, width: 400, height: 300)
  }

  /// 8-bit RGB of a raster.
  static func picture(_ raster: Raster, seconds: Double? = nil) -> Picture {
    let bytes = (0..<raster.area).flatMap { place in
      (0..<3).map { channel in
        UInt8(max(0, min(255, (255 * raster.values[channel * raster.area + place]).rounded())))
      }
    }
    var picture = Picture(rgbWidth: raster.width, height: raster.height, bytes: bytes)
    picture.timestamp = seconds.map {
      Timestamp(value: Int64(($0 * 1000).rounded()), base: Rational(1, 1000))
    }
    return picture
  }

  static let emptyPicture = picture(
    Raster(width: 400, height: 300, channels: 3, repeating: 0.45))
}

/// A folder with weights that were not trained, but for the detector's.
final class FaceWorkshop: Sendable {
  let path: String
  /// Its own weights and those that set-up fetched.
  var models: ModelStore { ModelStore(folders: [path, FaceMedia.folder]) }
  static let emotions: [Emotion] = [.neutral, .happy, .sad]

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let changer = EmoDNN(.named(.face48), emotions: Self.emotions.count)
    changer.initialize(seed: 1)
    for (name, parameter) in changer.parameters where name.hasPrefix("final") {
      // Weights that the last layer begins with would change nothing.
      var generator = SplitMix64(seed: 2)
      let count = parameter.shape.reduce(1, *)
      parameter.value = Tensor(
        (0..<count).map { _ in 0.05 * generator.normal() }, shape: parameter.shape)
    }
    try write(changer, "emodnn")
    for (name, network) in [
      ("classifier-a", ResidualClassifier(.named(.face48), emotions: 3) as any ClassifierNetwork),
      ("classifier-b", ConvolutionalClassifier(.named(.face48), emotions: 3)),
    ] {
      network.initialize(seed: 3)
      try write(network, name)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  private func write(_ network: some Module, _ name: String) throws {
    try WeightFile.write(
      network,
      metadata: ["model": name, "design": "face-48", "emotions": Self.emotions.names],
      precision: .single, path: file("\(name).safetensors"))
  }
}
