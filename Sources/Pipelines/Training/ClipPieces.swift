internal import Dispatch
internal import Media
internal import MediaTypes
internal import Synchronization

/// A few consecutive frames each from many places of many clips, kept in memory.
struct ClipPieces: Sendable {
  private(set) var pieces: [[Picture]] = []
  /// Clips that gave nothing, with the reasons.
  private(set) var failures: [String] = []

  /// - Parameters:
  ///   - paths: Clips; the first `span` frames of each are decoded.
  ///   - length: Frames per piece.
  ///   - perClip: Pieces from each clip.
  ///   - byteLimit: How much memory all pieces together may take.
  init(_ paths: [String], length: Int, perClip: Int, span: Int, byteLimit: Int) {
    let found = Mutex<[Int: Result<[[Picture]], any Error>]>([:])
    let share = byteLimit / max(1, paths.count)
    DispatchQueue.concurrentPerform(iterations: paths.count) { index in
      let result = Result {
        try Self.pieces(
          of: paths[index], length: length, count: perClip, span: span, byteLimit: share)
      }
      found.withLock { $0[index] = result }
    }
    for (index, result) in found.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      switch result {
      case .success(let some): pieces += some
      case .failure(let error): failures.append("\(paths[index]): \(sentence(for: error))")
      }
    }
  }

  private static func pieces(
    of path: String, length: Int, count: Int, span: Int, byteLimit: Int
  ) throws -> [[Picture]] {
    let reader = try MediaReader(path: path)
    let stride = max(length, min(span, reader.frameCountEstimate ?? span) / max(1, count))
    var pieces: [[Picture]] = []
    var piece: [Picture] = []
    var frame = 0
    var bytes = 0
    while frame < span, pieces.count < count, let item = try reader.next() {
      guard case .picture(let picture) = item else { continue }
      if frame % stride < length { piece.append(picture) }
      frame += 1
      guard piece.count == length else { continue }
      bytes += length * picture.byteCount
      if bytes > byteLimit, !pieces.isEmpty { break }
      pieces.append(piece)
      piece = []
    }
    return pieces
  }
}

extension Picture {
  /// How much memory the samples take.
  var byteCount: Int {
    planes.reduce(0) { $0 + $1.samples.count } * (format.bitDepth > 8 ? 2 : 1)
  }
}
