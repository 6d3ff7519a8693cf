internal import CKernels
internal import Foundation

/// LSTM layers on top of each other over one item, at work at the same time: each does a stretch of steps as soon as the
/// layer below has done it.
///
/// For inference: nothing is left for a pullback.
public struct LSTMStack: Sendable {
  /// One layer; `weights` and `bias` are of all four gates.
  public struct Layer: Sendable {
    public let input: Int
    public let inputWeight, weight, bias: Buffer
    /// The state before the first step, `[size]`.
    public let hidden, cell: Buffer

    public init(
      input: Int, inputWeight: Buffer, weight: Buffer, bias: Buffer, hidden: Buffer, cell: Buffer
    ) {
      self.input = input
      self.inputWeight = inputWeight
      self.weight = weight
      self.bias = bias
      self.hidden = hidden
      self.cell = cell
    }
  }

  public let layers: [Layer]
  public let steps, size: Int

  public init(layers: [Layer], steps: Int, size: Int) {
    precondition(
      steps > 0
        && layers.enumerated().allSatisfy { index, layer in
          (index == 0 || layer.input == size) && layer.bias.count == 4 * size
            && layer.hidden.count == size && layer.cell.count == size
        }, "\(steps) steps of \(layers.count) layers of \(size)")
    self.layers = layers
    self.steps = steps
    self.size = size
  }

  /// - Parameter x: `[steps, input]`.
  /// - Returns: Of each layer the states after each step and the last cell, `[steps + 1, size]`.
  public func callAsFunction(_ x: Buffer) -> [Buffer] {
    precondition(x.count == steps * layers[0].input, "\(x.count) floats in \(steps) steps")
    let packed = layers.map { layer in
      (
        input: PackedMatrix(
          layer.inputWeight, inner: layer.input, columns: 4 * size, isTransposed: true),
        own: PackedMatrix(layer.weight, inner: size, columns: 4 * size, isTransposed: true)
      )
    }
    let outputs = layers.map { _ in Buffer(count: (steps + 1) * size) }
    let gates = layers.map { _ in Buffer(count: steps * 4 * size) }
    let cells = layers.map { _ in Buffer(count: steps * size) }
    let length = 16
    let order = Staggered(rows: layers.count, columns: (steps + length - 1) / length)
    parallel(min(threadCount, layers.count)) { _ in
      while let (index, stretch) = order.next() {
        let (layer, start) = (layers[index], stretch * length)
        let count = min(length, steps - start)
        let source = index == 0 ? x : outputs[index - 1]
        let own = Buffer(count: max(4 * size, count * layer.input))
        let given = gates[index].pointer + start * 4 * size
        ck_pack_rows(
          own.pointer, source.pointer + start * layer.input, layer.input, 1, count, layer.input,
          ck_tile_height(count, channelLanes))
        ck_product(
          given, 4 * size, layer.bias.pointer, 0, own.pointer, packed[index].input.panels.pointer,
          count, layer.input, 4 * size, 0, packed[index].input.panelCount, channelLanes)
        let output = outputs[index].pointer + start * size
        ck_lstm(
          output, cells[index].pointer + start * size, given, given,
          packed[index].own.panels.pointer, start == 0 ? layer.hidden.pointer : output - size,
          start == 0 ? layer.cell.pointer : cells[index].pointer + (start - 1) * size,
          own.pointer, 1, count, size, 0, channelLanes)
        order.finish(index)
      }
    }
    return outputs
  }
}

/// Pieces of work in rows and columns, each of which needs the one before it in its row and the one in the row before it.
private final class Staggered: @unchecked Sendable {
  private let condition = NSCondition()
  private let columns: Int
  /// The columns of each row that were given out and that are done.
  private var given, done: [Int]

  init(rows: Int, columns: Int) {
    self.columns = columns
    given = Array(repeating: 0, count: rows)
    done = given
  }

  /// The next piece, once there is one that can be done; `nil` if none is left.
  func next() -> (row: Int, column: Int)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      // The last rows first, as nothing waits for the columns that come later.
      for row in given.indices.reversed() {
        let column = given[row]
        if column < columns, done[row] == column, row == 0 || done[row - 1] > column {
          given[row] += 1
          return (row, column)
        }
      }
      if given.allSatisfy({ $0 == columns }) { return nil }
      condition.wait()
    }
  }

  func finish(_ row: Int) {
    condition.lock()
    done[row] += 1
    condition.broadcast()
    condition.unlock()
  }
}
