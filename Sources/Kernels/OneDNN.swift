internal import COneDNN
internal import Foundation

/// Traps on a failed oneDNN call: shapes are checked before, so a failure is a defect of this
/// module.
func check(_ status: dnnl_status_t, _ what: @autoclosure () -> String) {
  guard status == dnnl_success else {
    fatalError("oneDNN refused \(what()): status \(status.rawValue)")
  }
}

/// The processor as oneDNN sees it.
enum OneDNN {
  nonisolated(unsafe) static let engine: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    check(dnnl_engine_create(&engine, dnnl_cpu, 0), "an engine")
    guard let engine else { fatalError("oneDNN gave no engine") }
    return engine
  }()

  /// Channels per block of a blocked picture.
  static let lanes = channelLanes
  static var blockedTag: dnnl_format_tag_t { lanes == 16 ? dnnl_nChw16c : dnnl_nChw8c }
}

/// A oneDNN primitive with the layouts it wants and the scratch memory it needs.
///
/// Made once per geometry and kept; executing it is safe from several threads, as each execution
/// brings its own memory.
final class Primitive: @unchecked Sendable {
  let primitive: dnnl_primitive_t
  let description: dnnl_primitive_desc_t
  /// Whether oneDNN has only its slow reference code for it.
  let isReference: Bool
  private let scratchBytes: Int

  init(_ description: dnnl_primitive_desc_t) {
    var primitive: dnnl_primitive_t?
    check(dnnl_primitive_create(&primitive, description), "a primitive")
    guard let primitive else { fatalError("oneDNN gave no primitive") }
    self.primitive = primitive
    self.description = description
    let scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0)
    scratchBytes = scratch.map { dnnl_memory_desc_get_size($0) } ?? 0
    var name: UnsafePointer<CChar>?
    check(
      dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name), "a name")
    isReference = name.map { String(cString: $0).contains("ref:") } ?? false
  }

  deinit {
    dnnl_primitive_destroy(primitive)
    dnnl_primitive_desc_destroy(description)
  }

  /// The layout the primitive wants for one of its arguments.
  func layout(_ query: dnnl_query_t, _ index: Int32 = 0) -> dnnl_memory_desc_t {
    guard let layout = dnnl_primitive_desc_query_md(description, query, index) else {
      fatalError("oneDNN gave no layout")
    }
    return layout.pointee
  }

  func byteCount(_ query: dnnl_query_t) -> Int {
    var layout = layout(query)
    return dnnl_memory_desc_get_size(&layout)
  }

  /// Runs on the calling thread and returns when done.
  ///
  /// - Parameter arguments: What is given as what: oneDNN's name of the argument, of its layout,
  ///   and the memory.
  func execute(
    _ arguments: [(name: Int32, layout: dnnl_query_t, memory: UnsafeMutablePointer<Float>)]
  ) {
    var list: [dnnl_exec_arg_t] = []
    list.reserveCapacity(arguments.count + 1)
    for argument in arguments {
      list.append(
        dnnl_exec_arg_t(
          arg: argument.name,
          memory: memory(
            argument.layout, argument.name == DNNL_ARG_BIAS ? 1 : 0, argument.memory)))
    }
    let scratch = scratchBytes > 0 ? Buffer(count: scratchBytes / 4 + 16) : nil
    if let scratch {
      list.append(
        dnnl_exec_arg_t(
          arg: DNNL_ARG_SCRATCHPAD, memory: memory(dnnl_query_scratchpad_md, 0, scratch.pointer)))
    }
    let stream = Stream.current
    check(dnnl_primitive_execute(primitive, stream, Int32(list.count), list), "an execution")
    check(dnnl_stream_wait(stream), "a wait")
    for item in list { dnnl_memory_destroy(item.memory) }
  }

  private func memory(
    _ query: dnnl_query_t, _ index: Int32, _ pointer: UnsafeMutablePointer<Float>
  ) -> dnnl_memory_t? {
    var layout = layout(query, index)
    var memory: dnnl_memory_t?
    check(dnnl_memory_create(&memory, &layout, OneDNN.engine, pointer), "memory")
    return memory
  }
}

/// One stream per thread: streams may not be shared.
private enum Stream {
  private static let key = "palimpsest.onednn.stream"

  static var current: dnnl_stream_t {
    let storage = Thread.current.threadDictionary
    if let holder = storage[key] as? Holder { return holder.stream }
    let holder = Holder()
    storage[key] = holder
    return holder.stream
  }

  private final class Holder {
    let stream: dnnl_stream_t

    init() {
      var stream: dnnl_stream_t?
      check(
        dnnl_stream_create(&stream, OneDNN.engine, dnnl_stream_default_flags.rawValue), "a stream")
      guard let stream else { fatalError("oneDNN gave no stream") }
      self.stream = stream
    }

    deinit { dnnl_stream_destroy(stream) }
  }
}

/// Copies a tensor from one layout to another.
func reorder(
  _ source: UnsafeMutablePointer<Float>, _ from: dnnl_memory_desc_t,
  to target: UnsafeMutablePointer<Float>, _ to: dnnl_memory_desc_t
) {
  var from = from
  var to = to
  var description: dnnl_primitive_desc_t?
  check(
    dnnl_reorder_primitive_desc_create(
      &description, &from, OneDNN.engine, &to, OneDNN.engine, nil), "a reorder")
  var primitive: dnnl_primitive_t?
  check(dnnl_primitive_create(&primitive, description), "a reorder")
  var sourceMemory: dnnl_memory_t?
  var targetMemory: dnnl_memory_t?
  check(dnnl_memory_create(&sourceMemory, &from, OneDNN.engine, source), "memory")
  check(dnnl_memory_create(&targetMemory, &to, OneDNN.engine, target), "memory")
  let list = [
    dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: sourceMemory),
    dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: targetMemory),
  ]
  let stream = Stream.current
  check(dnnl_primitive_execute(primitive, stream, Int32(list.count), list), "a reorder")
  check(dnnl_stream_wait(stream), "a wait")
  for item in list { dnnl_memory_destroy(item.memory) }
  dnnl_primitive_destroy(primitive)
  dnnl_primitive_desc_destroy(description)
}

func layout(_ dimensions: [Int], _ tag: dnnl_format_tag_t) -> dnnl_memory_desc_t {
  var layout = dnnl_memory_desc_t()
  let sizes = dimensions.map { Int64($0) }
  check(
    dnnl_memory_desc_init_by_tag(&layout, Int32(sizes.count), sizes, dnnl_f32, tag),
    "a layout of \(dimensions)")
  return layout
}
