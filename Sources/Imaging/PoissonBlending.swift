internal import Foundation
internal import Kernels

/// Which gradients a blend keeps where the mask is.
public enum PoissonGradients: Hashable, Sendable {
  /// Those of what is put in.
  case inserted
  /// Of each pair the longer: what lies under a thin or transparent insertion shows.
  case stronger
}

extension Raster {
  /// Puts another raster in so that its gradients stay and its colours follow from the surroundings.
  ///
  /// The gradients are those of `inserted` where `mask` is 1 and those here where it is 0; the values
  /// at the outermost rows and columns stay. So the whole raster may change a little: what is beyond
  /// reach of the mask hardly does.
  ///
  /// Source: Pérez, Gangnet & Blake 2003, "Poisson image editing", equations 4 and 12; solved
  /// exactly by sine transforms, as matrix products. As OpenCV's `seamlessClone` of the same frame,
  /// which erodes the mask by three samples first.
  ///
  /// - Parameters:
  ///   - inserted: As many channels and samples as here.
  ///   - mask: One channel, 0…1.
  /// - Complexity: O(width · height · (width + height)).
  public func seamlesslyBlended(
    _ inserted: Raster, mask: Raster, keeping gradients: PoissonGradients = .inserted
  ) -> Raster {
    expectSize(of: inserted, "an insertion")
    expectSize(of: mask, "a mask")
    precondition(inserted.channels == channels, "\(inserted.channels) channels into \(channels)")
    guard width > 2, height > 2 else { return self }
    var result = self
    let (rows, columns) = (SineTransform(height - 2), SineTransform(width - 2))
    for channel in 0..<channels {
      let divergence = divergence(inserted, mask, channel, gradients)
      var sources = [Float](repeating: 0, count: (width - 2) * (height - 2))
      for y in 1..<height - 1 {
        for x in 1..<width - 1 {
          // The known outermost values go to the right side.
          var source = divergence[y * width + x]
          if x == 1 { source -= self[0, y, channel] }
          if x == width - 2 { source -= self[width - 1, y, channel] }
          if y == 1 { source -= self[x, 0, channel] }
          if y == height - 2 { source -= self[x, height - 1, channel] }
          sources[(y - 1) * (width - 2) + x - 1] = source
        }
      }
      let solved = solution(of: sources, rows, columns)
      for y in 1..<height - 1 {
        for x in 1..<width - 1 {
          result[x, y, channel] = solved[(y - 1) * (width - 2) + x - 1]
        }
      }
    }
    return result
  }

  /// The divergence of the gradients to be kept: forward differences, then backward ones.
  private func divergence(
    _ inserted: Raster, _ mask: Raster, _ channel: Int, _ gradients: PoissonGradients
  ) -> [Float] {
    var across = [Float](repeating: 0, count: area)
    var down = across
    for y in 0..<height {
      for x in 0..<width {
        let (right, below) = (min(x + 1, width - 1), min(y + 1, height - 1))
        let here = (
          self[right, y, channel] - self[x, y, channel],
          self[x, below, channel] - self[x, y, channel]
        )
        let there = (
          inserted[right, y, channel] - inserted[x, y, channel],
          inserted[x, below, channel] - inserted[x, y, channel]
        )
        let share = mask[x, y]
        let isKept =
          gradients == .stronger
          && here.0 * here.0 + here.1 * here.1 > there.0 * there.0 + there.1 * there.1
        let chosen = isKept ? here : there
        across[y * width + x] = here.0 + share * (chosen.0 - here.0)
        down[y * width + x] = here.1 + share * (chosen.1 - here.1)
      }
    }
    var result = across
    for y in 0..<height {
      for x in 0..<width {
        let place = y * width + x
        result[place] =
          across[place] - (x > 0 ? across[place - 1] : 0)
          + down[place] - (y > 0 ? down[place - width] : 0)
      }
    }
    return result
  }
}

/// The sine transform of one length, its own inverse, and what second differences do to each wave.
private struct SineTransform {
  let count: Int
  /// `[count, count]`, symmetric.
  let matrix: Buffer
  let eigenvalues: [Double]

  init(_ count: Int) {
    self.count = count
    let step = Double.pi / Double(count + 1)
    let norm = (2 / Double(count + 1)).squareRoot()
    matrix = Buffer(
      (0..<count * count).map { index in
        Float(norm * sin(step * Double((index / count + 1) * (index % count + 1))))
      })
    eigenvalues = (0..<count).map { 2 * cos(step * Double($0 + 1)) - 2 }
  }
}

/// The values whose second differences are `sources`, with 0 all around.
private func solution(
  of sources: [Float], _ rows: SineTransform, _ columns: SineTransform
) -> [Float] {
  func transformed(_ values: Buffer) -> Buffer {
    let left = Buffer.products(
      rows.matrix, values, rows: rows.count, inner: rows.count, columns: columns.count, items: 1)
    return Buffer.products(
      left, columns.matrix, rows: rows.count, inner: columns.count, columns: columns.count,
      items: 1)
  }
  var waves = transformed(Buffer(sources)).array
  for y in 0..<rows.count {
    for x in 0..<columns.count {
      waves[y * columns.count + x] /= Float(rows.eigenvalues[y] + columns.eigenvalues[x])
    }
  }
  return transformed(Buffer(waves)).array
}
