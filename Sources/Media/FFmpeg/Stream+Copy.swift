internal import CFFmpeg
internal import MediaTypes

extension UnsafeMutablePointer<AVStream> {
  /// Takes over what `origin` says beside its codec: metadata, disposition, side data, aspect.
  func copyDescription(of origin: Self, isEncodedAnew: Bool) {
    let isCover = origin.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
    // The MP4 writer wants covers to be nothing else.
    pointee.disposition = isCover ? AV_DISPOSITION_ATTACHED_PIC : origin.pointee.disposition
    pointee.sample_aspect_ratio = origin.pointee.sample_aspect_ratio
    pointee.avg_frame_rate = origin.pointee.avg_frame_rate
    pointee.r_frame_rate = origin.pointee.r_frame_rate
    pointee.time_base = origin.pointee.time_base
    pointee.duration = 0
    for (key, value) in [String: String](origin.pointee.metadata)
    where !isEncodedAnew || !key.describesEncoding {
      av_dict_set(&pointee.metadata, key, value, 0)
    }
    for index in 0..<Int(origin.pointee.nb_side_data) {
      let data = origin.pointee.side_data[index]
      guard !isEncodedAnew || !data.type.isSaidAnew, let bytes = data.data,
        let copy = av_stream_new_side_data(self, data.type, data.size)
      else { continue }
      UnsafeMutableRawPointer(copy).copyMemory(from: bytes, byteCount: data.size)
    }
  }

  func copyParameters(
    of origin: Self, _ container: Container, _ path: String
  ) throws(MediaError) {
    try check(
      avcodec_parameters_copy(pointee.codecpar, origin.pointee.codecpar), .write, path)
    // A tag of another container would be written as it is; the muxer then chooses its own.
    let (id, tag) = (pointee.codecpar.pointee.codec_id, pointee.codecpar.pointee.codec_tag)
    if av_codec_get_id(container.format.pointee.codec_tag, tag) != id {
      pointee.codecpar.pointee.codec_tag = 0
    }
  }

  /// Makes the stream an attached file with the cover picture of `origin`, as Matroska has it.
  func attachCover(of origin: Self) {
    let picture = origin.pointee.attached_pic
    let parameters = pointee.codecpar
    avcodec_parameters_copy(parameters, origin.pointee.codecpar)
    if let parameters { av_freep(&parameters.pointee.extradata) }
    let size = Int(picture.size)
    let copy = av_mallocz(size + Int(cffmpeg_input_padding))
    if let data = picture.data { copy?.copyMemory(from: data, byteCount: size) }
    parameters?.pointee.extradata = copy?.assumingMemoryBound(to: UInt8.self)
    parameters?.pointee.extradata_size = Int32(size)
    parameters?.pointee.codec_type = AVMEDIA_TYPE_ATTACHMENT
    parameters?.pointee.codec_tag = 0
    pointee.disposition = 0
    let isPNG = parameters?.pointee.codec_id == AV_CODEC_ID_PNG
    let given = [String: String](pointee.metadata)
    if given["filename"] == nil {
      av_dict_set(&pointee.metadata, "filename", isPNG ? "cover.png" : "cover.jpg", 0)
    }
    if given["mimetype"] == nil {
      av_dict_set(&pointee.metadata, "mimetype", isPNG ? "image/png" : "image/jpeg", 0)
    }
  }

  /// Adds what is said of a whole stream, unless it is said already.
  func addSideData(_ type: AVPacketSideDataType, _ bytes: some Collection<UInt8>) {
    guard av_stream_get_side_data(self, type, nil) == nil,
      let data = av_stream_new_side_data(self, type, bytes.count)
    else { return }
    for (index, byte) in bytes.enumerated() { data[index] = byte }
  }

  func setDisplayMatrix(_ orientation: Orientation) {
    orientation.displayMatrix.withUnsafeBytes { addSideData(AV_PKT_DATA_DISPLAYMATRIX, $0) }
  }
}

extension String {
  /// Whether metadata of this name describes the coded data, which is about to change.
  fileprivate var describesEncoding: Bool {
    let name = uppercased()
    return ["ENCODER", "VENDOR_ID", "DURATION"].contains(name)
      || ["_STATISTICS_", "NUMBER_OF_", "BPS"].contains { name.hasPrefix($0) }
  }
}

extension AVPacketSideDataType {
  /// Whether it describes the coded data, which is about to change, or is set for the new stream.
  fileprivate var isSaidAnew: Bool {
    [
      AV_PKT_DATA_CPB_PROPERTIES, AV_PKT_DATA_NEW_EXTRADATA, AV_PKT_DATA_DOVI_CONF,
      AV_PKT_DATA_PALETTE, AV_PKT_DATA_QUALITY_STATS, AV_PKT_DATA_DISPLAYMATRIX,
    ].contains(self)
  }
}
