internal import CFFmpeg

extension [String: String] {
  init(_ dictionary: OpaquePointer?) {
    self.init()
    var entry = av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX)
    while let found = entry {
      self[String(cString: found.pointee.key)] = String(cString: found.pointee.value)
      entry = av_dict_get(dictionary, "", found, AV_DICT_IGNORE_SUFFIX)
    }
  }
}

/// Options handed to an `…_open` call, which takes out those it knows.
struct Options: ~Copyable {
  var pointer: OpaquePointer?

  init(_ values: [String: String] = [:]) {
    for (key, value) in values { av_dict_set(&pointer, key, value, 0) }
  }

  deinit {
    var freeing = pointer
    av_dict_free(&freeing)
  }

  /// The names of those that nobody took.
  var unknown: [String] { [String: String](pointer).keys.sorted() }
}
