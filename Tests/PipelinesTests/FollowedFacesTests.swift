import Faces
import Imaging
import MediaTypes
import Testing

@testable import Pipelines

@Suite struct `Faces that are asked for` {
  @Test func `are told by words, numbers and places`() throws {
    #expect(FaceSelection(asked: "all") == .all)
    #expect(FaceSelection(asked: "largest") == .largest)
    #expect(FaceSelection(asked: "central") == .central)
    #expect(FaceSelection(asked: "2") == .index(2))
    #expect(FaceSelection(asked: "12,-3.5") == .at(Point(x: 12, y: -3.5)))
  }

  @Test(arguments: ["", "biggest", "-1", "1,2,3", "1,", "nan,0", "1;2"])
  func `are nothing else`(_ text: String) {
    #expect(FaceSelection(asked: text) == nil)
    #expect(throws: PipelineError.self) {
      try FaceChoice(asked: text, in: ModelStore(folders: []))
    }
  }

  @Test func `masks go by their names`() throws {
    #expect(try FaceMaskKind(asked: "bisenet") == .bisenet)
    #expect(throws: PipelineError.self) { try FaceMaskKind(asked: "square") }
    #expect(throws: PipelineError.self) {
      _ = try FaceMasks(.landmarks, in: ModelStore(folders: ["/nowhere"]))
    }
  }

  @Test func `a cut is a change of most of the picture`() {
    var cuts = CutDetector()
    func gray(_ value: Float) -> Picture {
      FaceMedia.picture(Raster(width: 64, height: 48, channels: 3, repeating: value))
    }
    let found = ([0.3, 0.31, 0.36, 0.7, 0.69] as [Float]).map { cuts.isCut(to: gray($0)) }
    #expect(found == [false, false, false, true, false])
  }
}

@Suite(.enabled(if: FaceMedia.isFetched, "Corpus/build has not fetched the detector's weights"))
struct FollowedFacesTests {
  private func pair() throws -> Raster {
    let one = try FaceMedia.photograph()
    let two = one.mirrored
    var both = Raster(width: 800, height: 300, channels: 3)
    for channel in 0..<3 {
      for y in 0..<300 {
        for x in 0..<400 {
          both[x, y, channel] = one[x, y, channel]
          both[400 + x, y, channel] = two[x, y, channel]
        }
      }
    }
    return both
  }

  @Test(arguments: [
    ("all", 2, nil), ("0", 1, 0.0), ("1", 1, 400.0), ("700,100", 1, 400), ("2", 0, nil),
  ])
  func `are those of the selection`(_ text: String, _ count: Int, _ left: Double?) throws {
    let detector = try ModelStore(folders: [FaceMedia.folder]).faceDetector()
    var faces = FollowedFaces(
      in: .video, choice: try FaceChoice(asked: text, in: ModelStore(folders: [])),
      detector: detector)
    let picture = FaceMedia.picture(try pair())
    let first = faces.next(picture)
    let second = faces.next(picture)
    #expect(first.faces.count == count && first.beginsShot && !second.beginsShot)
    #expect(first.faces.map(\.identity) == second.faces.map(\.identity))
    if let left {
      #expect(first.faces.allSatisfy { $0.face.box.left >= left && $0.face.box.right < left + 400 })
    }
  }

  @Test(
    .enabled(
      if: FaceMedia.haveRecognizer, "Corpus/build has not fetched what recognizes faces"))
  func `are those of the person in a photograph`() throws {
    let store = ModelStore(folders: [FaceMedia.folder])
    let choice = try FaceChoice(asked: "\(FaceMedia.folder)/astronaut.png", in: store)
    let picture = FaceMedia.picture(try FaceMedia.photograph().mirrored.mapped { 0.9 * $0 })
    var faces = FollowedFaces(in: .still, choice: choice, detector: try store.faceDetector())
    #expect(faces.next(picture).faces.count == 1)
  }

  @Test func `are told of when the detector is missing`() {
    #expect {
      try ModelStore(folders: ["/nowhere"]).faceDetector()
    } throws: {
      sentence(for: $0).contains("mtcnn-pnet.pt") && sentence(for: $0).contains("Corpus/build")
    }
  }
}

@Suite struct `Oval masks` {
  private func face(nose: Double) -> Face {
    Face(
      box: FaceBox(left: 0, top: 0, right: 60, bottom: 60), score: 1,
      points: [(20, 20), (40, 20), (nose, 30), (22, 40), (38, 40)].map {
        Point(x: $0.0, y: $0.1)
      })
  }

  @Test func `are whole in the middle and nothing at the edges`() {
    let mask = FaceMasks.oval(of: face(nose: 30), side: 48)
    #expect(mask[24, 24] == 1)
    for place in 0..<48 {
      for value in [mask[place, 0], mask[place, 47], mask[0, place], mask[47, place]] {
        #expect(value == 0)
      }
    }
    #expect(zip(mask.values, mask.mirrored.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `leave out the side that a turned face hides`() {
    let mask = FaceMasks.oval(of: face(nose: 18), side: 48)
    #expect(mask[10, 24] == 0 && mask[38, 24] > 0.3)
    let mirrored = FaceMasks.oval(of: face(nose: 42), side: 48)
    #expect(zip(mask.values, mirrored.mirrored.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
