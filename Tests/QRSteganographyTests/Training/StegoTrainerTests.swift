import Foundation
import MediaTypes
import Neural
import Tensors
import Testing
import WeightFiles

@testable import QRSteganography

/// Smooth pictures made of a few waves, and an attack that does nothing.
private struct DrawnMedia: StegoTrainingMedia {
  func cover(seed: UInt64) -> [Picture] {
    var random = SplitMix64(seed: seed)
    let (width, height) = (160, 128)
    let waves = (0..<3).map { _ in (random.unit() / 8, random.unit() / 8, random.unit() * 6) }
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for (across, down, phase) in waves {
          let value = sin(across * Float(x) + down * Float(y) + phase)
          bytes.append(UInt8(128 + 80 * value))
        }
      }
    }
    return [Picture(rgbWidth: width, height: height, bytes: bytes)]
  }

  func attacked(_ marked: [Picture], strength: Float, seed: UInt64) -> StegoAttackResult {
    StegoAttackResult(picture: marked[0], frame: 0, kind: "none", isFiltering: false)
  }
}

@Suite struct `Training a pair of networks` {
  private func training(seed: UInt64 = 1) -> Training<StegoTrainer> {
    var settings = StegoTrainingSettings(model: .denseFast)
    settings.batch = 2
    settings.seed = seed
    settings.warmUp = 1
    settings.firstProxyShare = 0
    settings.lastProxyShare = 0
    return Training(StegoTrainer(.denseFast, settings: settings, media: DrawnMedia()))
  }

  @Test func `makes codes legible`() throws {
    let training = training()
    var errors: [Float] = []
    for _ in 0..<60 {
      let record = try #require(try training.step())
      #expect(record.figures.allSatisfy { $0.value.isFinite })
      errors.append(try #require(record.figures.first { $0.name == "moduleError" }).value)
    }
    let last = errors.suffix(5).reduce(0, +) / 5
    #expect(errors[0] > 0.4)
    #expect(last < 0.25, "\(last) of the modules are wrong after 60 steps")
  }

  @Test func `goes the same way each time`() throws {
    let (a, b) = (training(), training())
    for _ in 0..<3 { #expect(try log(a.step()) == log(b.step())) }
    #expect(try log(training(seed: 2).step()) != log(training().step()))
  }

  @Test func `goes on from a checkpoint as if it had not stopped`() throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (whole, resumed) = (training(), training(seed: 1))
    for _ in 0..<2 { _ = try whole.step() }
    try whole.save(checkpoint: path)
    try resumed.resume(checkpoint: path)
    for _ in 0..<2 { #expect(try log(whole.step()) == log(resumed.step())) }
  }

  private func log(_ record: TrainingRecord?) throws -> String {
    let record = try #require(record)
    return "\(record.figures) \(record.remark?.text ?? "")"
  }

  @Test func `ships weights that the model loads`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try training().task.writeWeights(into: folder.path)
    let path = folder.path + "/dense-fast.safetensors"
    let model = try StegoModel(.denseFast, weightsPath: path)
    var picture = DrawnMedia().cover(seed: 3)[0]
    let code = try QRCode(text: "sixteen bytes ok")
    let cover = picture
    model.mark(&picture, with: code)
    #expect(picture.width == cover.width && picture.planes != cover.planes)
    #expect(throws: WeightError.self) { try StegoModel(.dense103, weightsPath: path) }
  }

  @Test func `gives a channel no even shift`() throws {
    let network = StegoNetwork(.denseFast)
    network.initialize(seed: 5)
    let model = FrequencyBands.side
    let cover = [Float](repeating: 0.4, count: 3 * model * model)
    let code = try QRCode(text: "x").drawn(width: model, height: model)
    let residual = network.residual(
      cover: .init(cover, shape: [1, 3, model, model]),
      code: .init(code, shape: [1, 1, model, model])
    ).array
    for channel in 0..<3 {
      let plane = residual[channel * model * model..<(channel + 1) * model * model]
      #expect(abs(plane.reduce(0, +)) / Float(plane.count) < 1e-6)
      #expect(plane.allSatisfy { abs($0) < (channel == 0 ? 0.04 : 0.02) })
    }
  }
}

@Suite struct `Frequencies of a mark` {
  @Test func `tell how much of it survived`() {
    let count = 3 * FrequencyBands.side * FrequencyBands.side
    var random = SplitMix64(seed: 9)
    let mark = (0..<count).map { _ in random.normal() }
    let shares = FrequencyBands.survival(difference: mark.map { 0.6 * $0 }, residual: mark)
    #expect(shares.allSatisfy { abs($0 - 0.6) < 1e-3 })
    let gone = FrequencyBands.survival(
      difference: (0..<count).map { _ in random.normal() }, residual: mark)
    #expect(gone.reduce(0, +) / Float(count) < 0.05)
  }

  @Test func `come back from their transform`() {
    let side = FrequencyBands.side
    var random = SplitMix64(seed: 4)
    let values = (0..<side * side).map { _ in random.normal() }
    let plane = Tensor(values, shape: [1, 1, side, side])
    let (there, back) = (FrequencyBands.transform(), FrequencyBands.inverse())
    let spectrum = plane.resampled(vertical: there, horizontal: there)
    let again = spectrum.resampled(vertical: back, horizontal: back).array
    #expect(zip(values, again).allSatisfy { abs($0 - $1) < 1e-4 })
    let energies = ((spectrum * spectrum).sum().scalar, (plane * plane).sum().scalar)
    #expect(abs(energies.0 / energies.1 - 1) < 1e-4)
  }
}
