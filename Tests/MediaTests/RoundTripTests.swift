import Media
import MediaTypes
import Testing

@Suite struct `H.264 in memory` {
  @Test(arguments: [PixelFormat.yuv420, .yuv444, .rgb8, .gray8, .yuv420Deep10])
  func `pictures come back in order, size and format`(format: PixelFormat) throws {
    let color = format.model == .rgb ? ColorDescription.rgb : .unspecifiedVideo
    for (width, height) in [(64, 48), (37, 23)] {
      let pictures = (0..<7).map {
        movingSquare($0, width: width, height: height, format: format, color: color)
      }
      let results = try h264RoundTrip(pictures, crf: 12, preset: "veryfast")
      #expect(results.count == 7)
      for (result, original) in zip(results, pictures) {
        #expect(result.format == format)
        #expect((result.width, result.height) == (width, height))
        let own = psnr(result, original)
        #expect(own > 24)
        let others = pictures.map { psnr(result, $0) }
        #expect(others.max() == own)
      }
    }
  }

  @Test func `a higher rate factor loses more`() throws {
    let pictures = (0..<4).map { movingSquare($0) }
    let quality = try [10, 28, 44].map { crf in
      psnr(try h264RoundTrip(pictures, crf: crf)[2], pictures[2])
    }
    #expect(quality[0] > quality[1] + 3 && quality[1] > quality[2] + 3)
  }

  @Test func `nothing gives nothing`() throws {
    #expect(try h264RoundTrip([], crf: 23).isEmpty)
  }

  @Test func `settings that do not exist are refused`() {
    #expect(
      complaint { _ = try h264RoundTrip([movingSquare(0)], crf: 60) }
        == "cannot use quality 60: the encoder libx264 takes 0 to 51")
  }
}

@Suite struct `Conversion` {
  @Test func `gray, RGB and YUV agree on gray`() throws {
    let gray = Picture(grayWidth: 16, height: 8, bytes: (0..<128).map { UInt8($0 * 2) })
    for format in [PixelFormat.rgb8, .yuv444, .yuv420, PixelFormat(model: .rgb, bitDepth: 16)] {
      let there = try converted(gray, to: format, width: 16, height: 8)
      let back = try converted(
        there, to: .gray8, width: 16, height: 8,
        color: ColorDescription(range: .full, matrix: .unspecified))
      let worst = zip(back.planes[0].values, gray.planes[0].values).map { abs($0 - $1) }.max()
      #expect((worst ?? 255) <= 1, "\(format)")
    }
  }

  @Test func `primaries land where the matrix says`() throws {
    let red = Picture(
      rgbWidth: 8, height: 8, bytes: (0..<64).flatMap { _ in [255, 0, 0] as [UInt8] })
    for (color, expected) in [
      (ColorDescription.jpeg, [76, 85, 255]),
      (ColorDescription(range: .limited, matrix: .bt709), [63, 102, 240]),
      (ColorDescription(range: .limited, matrix: .bt601), [81, 90, 240]),
    ] {
      let yuv = try converted(red, to: .yuv444, width: 8, height: 8, color: color)
      for (plane, value) in zip(yuv.planes, expected) {
        #expect(abs(plane[4, 4] - value) <= 1, "\(color.matrix) \(color.range)")
      }
    }
  }

  @Test func `resizing keeps the mean`() throws {
    let picture = movingSquare(2, width: 96, height: 64, format: .gray8)
    let mean = { (values: [Int]) in Double(values.reduce(0, +)) / Double(values.count) }
    for (width, height) in [(48, 32), (30, 20), (200, 140)] {
      let small = try converted(picture, to: .gray8, width: width, height: height)
      #expect((small.width, small.height) == (width, height))
      #expect(abs(mean(small.planes[0].values) - mean(picture.planes[0].values)) < 2)
    }
  }
}
