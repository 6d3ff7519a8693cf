internal import CFFmpeg
internal import MediaTypes

extension Picture {
  /// Copies the samples out of a decoded frame, each component into a plane of its own, unchanged.
  ///
  /// `nil` if the frame's format has no planar equivalent; see ``Scaler``.
  init?(_ frame: Frame) {
    guard let format = PixelFormat(frame.pixelFormat) else { return nil }
    let read =
      frame.pixelFormat.isPlanar
      ? Plane.init(planar:of:at:format:) : Plane.init(packed:of:at:format:)
    let order = frame.pixelFormat.componentOrder(format)
    let planes = (0..<format.planeCount).map { read(frame, order[$0], $0, format) }
    let fields = frame.pointee
    self.init(
      width: frame.width, height: frame.height, format: format, planes: planes,
      color: ColorDescription(fields),
      sampleAspect: Rational(known: fields.sample_aspect_ratio) ?? .one,
      interlacing: fields.interlaced_frame == 0
        ? .progressive : fields.top_field_first != 0 ? .topFieldFirst : .bottomFieldFirst,
      isKeyFrame: fields.key_frame != 0, captions: frame.sideData(AV_FRAME_DATA_A53_CC))
  }
}

extension Frame {
  var pointee: AVFrame { pointer.pointee }

  /// Copies a picture's samples into a frame of the same planes.
  convenience init?(_ picture: Picture) {
    guard let format = picture.format.ffmpegFormat else { return nil }
    self.init(width: picture.width, height: picture.height, format: format)
    let order = format.componentOrder(picture.format)
    if !format.isPlanar {  // `av_write_image_line2` only sets bits
      UnsafeMutableRawPointer(plane(0)).initializeMemory(
        as: UInt8.self, repeating: 0, count: stride(0) * height)
    }
    for (index, plane) in picture.planes.enumerated() {
      if format.isPlanar {
        plane.copyRows(to: self, component: order[index])
      } else {
        plane.interleave(into: self, component: order[index])
      }
    }
    describe(picture)
  }

  /// Everything of a picture but its samples and times.
  func describe(_ picture: Picture) {
    let color = picture.color
    pointer.pointee.color_range = color.ffmpegRange
    pointer.pointee.colorspace = color.ffmpegMatrix
    pointer.pointee.color_primaries = color.ffmpegPrimaries
    pointer.pointee.color_trc = color.ffmpegTransfer
    pointer.pointee.chroma_location = color.ffmpegChromaLocation
    pointer.pointee.sample_aspect_ratio = picture.sampleAspect.ffmpeg
    pointer.pointee.interlaced_frame = picture.interlacing == .progressive ? 0 : 1
    pointer.pointee.top_field_first = picture.interlacing == .topFieldFirst ? 1 : 0
    if let captions = picture.captions, !captions.isEmpty {
      let data = av_frame_new_side_data(pointer, AV_FRAME_DATA_A53_CC, captions.count)
      data?.pointee.data.update(from: captions, count: captions.count)
    }
  }
}

extension AVPixelFormat {
  /// FFmpeg's component number for each of our planes.
  ///
  /// Its descriptors count R, G, B (also for planar formats, whose planes are G, B, R), so only
  /// palettes, stored B, G, R, A, differ.
  func componentOrder(_ format: PixelFormat) -> [Int] {
    self == AV_PIX_FMT_PAL8 ? [2, 1, 0, 3] : Array(0..<format.planeCount)
  }
}

extension Plane {
  /// Copies whole rows.
  fileprivate init(planar frame: Frame, of component: Int, at index: Int, format: PixelFormat) {
    let (width, height) = format.planeSize(index, width: frame.width, height: frame.height)
    let plane = frame.planeIndex(component)
    let (source, stride) = (UnsafeRawPointer(frame.plane(plane)), frame.stride(plane))
    func copied<Sample>() -> [Sample] {
      [Sample](unsafeUninitializedCapacity: width * height) { target, count in
        Media.copyRows(
          from: source, stride: stride, to: UnsafeMutableRawPointer(target.baseAddress),
          stride: width * MemoryLayout<Sample>.size, rowBytes: width * MemoryLayout<Sample>.size,
          rows: height)
        count = width * height
      }
    }
    self.init(
      width: width, height: height,
      samples: format.bitDepth > 8 ? .sixteen(copied()) : .eight(copied()))
  }

  /// Picks one component out of packed, palette, big-endian or left-aligned samples.
  fileprivate init(packed frame: Frame, of component: Int, at index: Int, format: PixelFormat) {
    let (width, height) = format.planeSize(index, width: frame.width, height: frame.height)
    let descriptor = av_pix_fmt_desc_get(frame.pixelFormat)
    let isPalette: Int32 = frame.pixelFormat == AV_PIX_FMT_PAL8 ? 1 : 0
    var (planes, strides) = (frame.planePointers, frame.strides)
    let deep = [UInt16](unsafeUninitializedCapacity: width * height) { target, count in
      for row in 0..<height {
        av_read_image_line2(
          target.baseAddress.map { $0 + row * width }, &planes, &strides, descriptor, 0,
          Int32(row), Int32(component), Int32(width), isPalette, 2)
      }
      count = width * height
    }
    self.init(
      width: width, height: height,
      samples: format.bitDepth > 8
        ? .sixteen(deep) : .eight(deep.map { UInt8(truncatingIfNeeded: $0) }))
  }

  fileprivate func copyRows(to frame: Frame, component: Int) {
    let plane = frame.planeIndex(component)
    let (target, stride) = (UnsafeMutableRawPointer(frame.plane(plane)), frame.stride(plane))
    withRawSamples { source, size in
      Media.copyRows(
        from: source, stride: width * size, to: target, stride: stride, rowBytes: width * size,
        rows: height)
    }
  }

  /// Writes the plane into a packed format of equal steps (gray with alpha).
  fileprivate func interleave(into frame: Frame, component: Int) {
    let descriptor = av_pix_fmt_desc_get(frame.pixelFormat)
    var (planes, strides) = (frame.mutablePlanePointers, frame.strides)
    let deep: [UInt16] =
      switch samples {
      case .eight(let samples): samples.map(UInt16.init)
      case .sixteen(let samples): samples
      }
    deep.withUnsafeBufferPointer { deep in
      for row in 0..<height {
        av_write_image_line2(
          deep.baseAddress.map { $0 + row * width }, &planes, &strides, descriptor, 0,
          Int32(row), Int32(component), Int32(width), 2)
      }
    }
  }

  /// Calls `body` with the samples' address and the bytes of one sample.
  func withRawSamples<Result>(_ body: (UnsafeRawPointer?, Int) -> Result) -> Result {
    switch samples {
    case .eight(let samples): samples.withUnsafeBytes { body($0.baseAddress, 1) }
    case .sixteen(let samples): samples.withUnsafeBytes { body($0.baseAddress, 2) }
    }
  }
}

extension Frame {
  /// In which plane FFmpeg keeps `component`.
  fileprivate func planeIndex(_ component: Int) -> Int {
    guard let descriptor = av_pix_fmt_desc_get(pixelFormat)?.pointee else { return component }
    return Int(descriptor.components[component].plane)
  }
}

/// Copies rows of equal length between differently padded pictures.
func copyRows(
  from source: UnsafeRawPointer?, stride sourceStride: Int, to target: UnsafeMutableRawPointer?,
  stride targetStride: Int, rowBytes: Int, rows: Int
) {
  guard let source, let target else { return }
  if sourceStride == rowBytes, targetStride == rowBytes {
    target.copyMemory(from: source, byteCount: rowBytes * rows)
    return
  }
  for row in 0..<rows {
    (target + row * targetStride).copyMemory(
      from: source + row * sourceStride, byteCount: rowBytes)
  }
}
