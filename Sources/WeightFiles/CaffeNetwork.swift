internal import Foundation

/// A network as Caffe writes it, `.caffemodel`.
///
/// Arrays have no names of their own: they are called by their layer and their place in it, such as
/// `conv1.0` for the weights of a convolution and `conv1.1` for its bias.
///
/// Source: Caffe 1.0, `src/caffe/proto/caffe.proto`, with NVIDIA's fields for half precision as in
/// OpenCV 4, `modules/dnn/src/caffe/opencv-caffe.proto`. Networks of before 2014, whose layers are
/// of another form, are not read.
struct CaffeNetwork {
  private(set) var arrays: [(name: String, array: StoredArray)] = []

  /// Whether layers follow upon what a network says of itself in its first eight fields.
  static func isLikely(_ data: Data) -> Bool {
    var message = ProtobufReader(data)
    while let (field, value) = try? message.next() {
      switch (field, value) {
      case (100, .bytes): return true
      case (1...8, _): continue
      default: return false
      }
    }
    return false
  }

  init(_ data: Data) throws(FormatError) {
    var message = ProtobufReader(data)
    while let (field, value) = try message.next() {
      if case (100, .bytes(let layer)) = (field, value) { try readLayer(layer) }
    }
  }

  private mutating func readLayer(_ layer: Data) throws(FormatError) {
    var name = ""
    var blobs: [Data] = []
    var message = ProtobufReader(layer)
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .bytes(let text)):
        var reader = ByteReader(text)
        name = try reader.text(text.count)
      case (7, .bytes(let blob)): blobs.append(blob)
      default: continue
      }
    }
    for (place, blob) in blobs.enumerated() {
      guard let array = try CaffeBlob(blob).array else {
        throw FormatError("an array of the layer \(name) is damaged")
      }
      arrays.append(("\(name).\(place)", array))
    }
  }
}

/// An array of a layer.
private struct CaffeBlob {
  private var shape: [Int]?
  /// Samples, channels, rows and columns, if it says these in place of a shape.
  private var fourSizes: [Int]?
  private var numbers = Data()
  private var raw: Data?
  private var rawType: ElementType?

  init(_ blob: Data) throws(FormatError) {
    var message = ProtobufReader(blob)
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1...4, .number(let size)):
        var sizes = fourSizes ?? [0, 0, 0, 0]
        sizes[Int(field) - 1] = try Self.size(size)
        fourSizes = sizes
      case (5, .bytes(let packed)): add(packed)
      case (5, .fixed(let number)): add(number)
      case (7, .bytes(let sizes)): shape = try Self.sizes(sizes)
      case (10, .number(let type)): rawType = [1: .float32, 2: .float16][type]
      case (12, .bytes(let bytes)): raw = bytes
      default: continue
      }
    }
  }

  /// `nil` if it has no numbers, or other than its shape says.
  var array: StoredArray? {
    get throws(FormatError) {
      guard let type = raw == nil ? .float32 : rawType else { return nil }
      let storage = raw ?? numbers
      let array = try StoredArray(type, shape: fourSizes ?? shape ?? [], storage: storage)
      return array.count > 0 && array.count * type.width == storage.count ? array : nil
    }
  }

  /// Nothing is copied where all numbers stand together.
  private mutating func add(_ packed: Data) {
    if numbers.isEmpty { numbers = packed } else { numbers.append(packed) }
  }

  private static func sizes(_ shape: Data) throws(FormatError) -> [Int] {
    var sizes: [Int] = []
    var message = ProtobufReader(shape)
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .number(let one)): sizes.append(try size(one))
      case (1, .bytes(let packed)):
        for one in try ProtobufReader.numbers(packed) { sizes.append(try size(one)) }
      default: continue
      }
    }
    return sizes
  }

  private static func size(_ number: UInt64) throws(FormatError) -> Int {
    guard let size = Int(exactly: number) else {
      throw FormatError("an array in it is too large")
    }
    return size
  }
}
