internal import Emotion
internal import Faces
internal import Imaging
internal import Neural
internal import Tensors

extension Contestant {
  /// The four networks of the emotion paper, at its size and at that of what ships.
  static var ofEmotion: [Contestant] {
    [.face128, .face48].flatMap { ofEmotion(.named($0)) }
  }

  private static func ofEmotion(_ design: EmotionDesign) -> [Contestant] {
    let (emotions, shape) = (8, [1, design.channels, design.side, design.side])
    func name(_ network: String) -> String { "\(network)-\(design.side)" }
    return [
      Contestant(name("emodnn"), shape: shape) {
        let network = EmoDNN(design, emotions: emotions)
        network.initialize(seed: 1)
        let wanted = Tensor([1] + [Float](repeating: 0, count: emotions - 1), shape: [1, emotions])
        return { network($0, emotions: wanted) }
      },
      Contestant(name("discriminator"), shape: shape) {
        let network = EmotionDiscriminator(design)
        network.initialize(seed: 1)
        return { network($0) }
      },
      Contestant(name("classifier-a"), shape: shape) {
        let network = ResidualClassifier(design, emotions: emotions)
        network.initialize(seed: 1)
        return { network.logits($0, dropout: nil) }
      },
      Contestant(name("classifier-b"), shape: shape) {
        let network = ConvolutionalClassifier(design, emotions: emotions)
        network.initialize(seed: 1)
        return { network.logits($0, dropout: nil) }
      },
    ]
  }

  /// The other networks of faces; MTCNN on a frame of 720p, whole and near one face that is expected,
  /// and the network that recognizes faces, if their weights are there.
  static func ofFaces(in store: ModelStore) -> [Contestant] {
    var found = networksOfFaces
    if let trained = try? store.faceDetector() {
      let frame = [1, 3, 720, 1280]
      let detector = FollowedFaces.adapted(trained, to: .video, width: frame[3], height: frame[2])
      let expected = [FaceBox(left: 500, top: 200, right: 740, bottom: 480)]
      found += [
        Contestant("mtcnn-whole", shape: frame) {
          { counted(detector.faces(in: raster($0))) }
        },
        Contestant("mtcnn-near", shape: frame) {
          { counted(detector.faces(in: raster($0), near: expected)) }
        },
      ]
    }
    if let recognizer = try? store.faceRecognizer() {
      found.append(
        Contestant("face-recognition", shape: [1, 3, 150, 150]) {
          { picture in
            let embedding = recognizer.embedding(of: raster(picture))
            return Tensor(embedding.values, shape: [embedding.values.count])
          }
        })
    }
    return found
  }

  /// The networks of faces that see a whole picture or crop, with random weights.
  private static var networksOfFaces: [Contestant] {
    [FaceModel.s3fd, .ssd, .fan, .bisenet, .landmarks68, .faceparser].map { name in
      Contestant(name.rawValue, shape: name.portable.networks[0].inputs[0].shape) {
        let model = name.portable
        model.module.initialize(seed: 1)
        return { picture in
          let answers = model.networks[0].run([picture])
          return concatenated(answers.map { $0.reshaped([$0.count]) }, axis: 0)
        }
      }
    }
  }

  private static func raster(_ picture: Tensor) -> Raster {
    Raster(
      width: picture.shape[3], height: picture.shape[2], channels: picture.shape[1],
      values: picture.array)
  }

  /// Something to wait for.
  private static func counted(_ faces: [Face]) -> Tensor {
    Tensor([Float(faces.count)], shape: [1])
  }
}
