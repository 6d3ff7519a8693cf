/// The directions in which the colours of a set of pictures vary, and how much.
///
/// Adding random amounts along them changes what the light does and not what is seen.
///
/// Source: Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional
/// neural networks", section 4.1, with standard deviations where it has variances, as in its code.
struct FancyPCA: Sendable {
  /// Unit directions scaled by the standard deviation along them, of values 0…1; one per channel.
  let axes: [[Float]]

  /// Pictures that do not vary.
  static let none = FancyPCA(axes: [])

  private init(axes: [[Float]]) { self.axes = axes }

  /// From every 16th pixel of at most 2000 faces.
  init(_ set: FaceSet) {
    let channels = set.channels
    var sums = [Double](repeating: 0, count: channels)
    var products = [Double](repeating: 0, count: channels * channels)
    var count = 0.0
    let every = max(1, set.faces.count / 2000)
    for index in stride(from: 0, to: set.faces.count, by: every) {
      let face = set.faces[index]
      let plane = face.width * face.height
      for pixel in stride(from: 0, to: plane, by: 16) {
        let color = (0..<channels).map { Double(face.bytes[$0 * plane + pixel]) / 255 }
        for i in 0..<channels {
          sums[i] += color[i]
          for j in 0..<channels { products[i * channels + j] += color[i] * color[j] }
        }
        count += 1
      }
    }
    let covariance = (0..<channels).map { i in
      (0..<channels).map { j in
        products[i * channels + j] / count - sums[i] * sums[j] / (count * count)
      }
    }
    axes = eigenvectors(of: covariance).map { vector, value in
      vector.map { Float($0 * max(0, value).squareRoot()) }
    }
  }

  /// A change of each channel: normal amounts along the axes.
  func change<Generator: RandomNumberGenerator>(
    deviation: Float, normal: (inout Generator) -> Float, using generator: inout Generator
  ) -> [Float] {
    var change = [Float](repeating: 0, count: axes.first?.count ?? 0)
    for axis in axes {
      let amount = deviation * normal(&generator)
      for channel in change.indices { change[channel] += amount * axis[channel] }
    }
    return change
  }
}

/// The eigenvectors of a symmetric matrix with their values, by Jacobi's rotations.
///
/// Source: Golub & Van Loan 2013, "Matrix computations", section 8.5.
private func eigenvectors(of matrix: [[Double]]) -> [(vector: [Double], value: Double)] {
  var a = matrix
  let size = a.count
  var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
  for _ in 0..<30 {
    for p in 0..<size {
      for q in (p + 1)..<max(size, p + 1) where abs(a[p][q]) > 1e-15 {
        let ratio = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = tangent * cosine
        for k in 0..<size {
          (a[k][p], a[k][q]) = (
            cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q]
          )
        }
        for k in 0..<size {
          (a[p][k], a[q][k]) = (
            cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]
          )
          (vectors[k][p], vectors[k][q]) = (
            cosine * vectors[k][p] - sine * vectors[k][q],
            sine * vectors[k][p] + cosine * vectors[k][q]
          )
        }
      }
    }
  }
  return (0..<size).map { index in (vectors.map { $0[index] }, a[index][index]) }
}
