// swift-tools-version: 6.2
import PackageDescription

/// The architecture, lowest layer first: a target may depend on targets of lower layers only.
let layers: [[String]] = [
  // C, as it is
  ["CFFmpeg", "COneDNN", "COpenBLAS", "CPNG", "CJPEG", "CQRencode", "CZBar", "CZlib", "CKernels"],
  ["MediaTypes"],  // plain values that every target may speak of
  ["Media", "Kernels"],  // the code that touches C pointers
  ["Tensors", "WeightFiles"],  // arrays with their gradients, and in files
  ["Neural", "Signal", "Imaging"],  // what models are built from
  ["Faces"],  // shared by all that changes faces
  ["ONNX", "QRSteganography", "Emotion"],  // one target per field; none knows another
  ["Pipelines"],  // file in, file out
  ["palimpsest"],  // the command line
  ["TestSupport"],  // what the tests share
]

let checked: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
let safe: [SwiftSetting] = checked + [.strictMemorySafety()]

let package = Package(
  name: "Palimpsest",
  products: [
    .executable(name: "palimpsest", targets: ["palimpsest"]),
    .library(
      name: "Palimpsest",
      targets: [
        "Pipelines", "QRSteganography", "Emotion", "ONNX", "Neural", "Signal", "WeightFiles",
        "Tensors", "Faces", "Imaging",
        "Media", "MediaTypes",
      ]),
    .library(
      name: "PalimpsestEngine",
      targets: ["ONNX", "Neural", "Signal", "WeightFiles", "Tensors", "Kernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswscale libswresample libavutil",
      providers: [
        .apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libswresample-dev"])
      ]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CZBar", pkgConfig: "zbar", providers: [.apt(["libzbar-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),

    .target(name: "MediaTypes", swiftSettings: safe),
    .target(
      name: "Media", dependencies: ["CFFmpeg", "CPNG", "CJPEG", "MediaTypes"],
      swiftSettings: checked),
    .target(
      name: "Kernels", dependencies: ["CKernels", "COneDNN", "COpenBLAS"], swiftSettings: checked),
    .target(name: "Tensors", dependencies: ["Kernels"], swiftSettings: safe),
    .target(name: "WeightFiles", dependencies: ["CZlib", "Kernels"], swiftSettings: safe),
    .target(
      name: "Neural", dependencies: ["Tensors", "Kernels", "WeightFiles"], swiftSettings: safe),
    .target(name: "Signal", dependencies: ["Tensors"], swiftSettings: safe),
    .target(name: "Imaging", dependencies: ["MediaTypes", "Kernels"], swiftSettings: safe),
    .target(
      name: "Faces",
      dependencies: ["MediaTypes", "Imaging", "Kernels", "Tensors", "WeightFiles", "Neural"],
      swiftSettings: safe),
    .target(
      name: "ONNX",  // not `safe`: the generated code is not
      dependencies: [
        "Kernels", "Tensors", "WeightFiles", "Neural",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["onnx.proto"], swiftSettings: checked),
    .target(
      name: "QRSteganography",
      dependencies: [
        "CQRencode", "CZBar", "MediaTypes", "Imaging", "Kernels", "Tensors", "WeightFiles",
        "Neural",
      ], swiftSettings: checked),
    .target(
      name: "Emotion", dependencies: ["Tensors", "WeightFiles", "Neural"],
      swiftSettings: safe),
    .target(
      name: "Pipelines",
      dependencies: [
        "MediaTypes", "Media", "Imaging", "Faces", "Tensors", "WeightFiles", "Neural", "ONNX",
        "QRSteganography", "Emotion",
      ],
      swiftSettings: safe),
    .executableTarget(
      name: "palimpsest",
      dependencies: [
        "Pipelines", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: safe),

    .target(
      name: "TestSupport", dependencies: ["MediaTypes", "Tensors", "Neural"],
      path: "Tests/TestSupport",
      swiftSettings: safe),
    .testTarget(name: "MediaTests", dependencies: ["Media", "MediaTypes"], swiftSettings: checked),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "TestSupport"], swiftSettings: checked),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Kernels", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "WeightFilesTests", dependencies: ["WeightFiles", "TestSupport"],
      resources: [.copy("Fixtures")],
      swiftSettings: checked),
    .testTarget(
      name: "NeuralTests",
      dependencies: ["Neural", "WeightFiles", "Tensors", "Kernels", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "ONNXTests",
      dependencies: ["ONNX", "Faces", "Neural", "Signal", "Tensors", "Kernels", "TestSupport"],
      exclude: ["passing-nodes.txt"], swiftSettings: checked),
    .testTarget(
      name: "SignalTests", dependencies: ["Signal", "Tensors", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "MediaTypes", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "FacesTests",
      dependencies: [
        "Faces", "Imaging", "Media", "MediaTypes", "Tensors", "WeightFiles", "Neural",
        "TestSupport",
      ],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "QRSteganographyTests",
      dependencies: [
        "QRSteganography", "Imaging", "MediaTypes", "Tensors", "WeightFiles", "Neural",
        "TestSupport",
      ],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "EmotionTests",
      dependencies: ["Emotion", "Tensors", "WeightFiles", "Neural", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: checked),
    .testTarget(
      name: "PipelinesTests",
      dependencies: [
        "Pipelines", "Media", "MediaTypes", "Imaging", "Faces", "Tensors", "WeightFiles", "Neural",
        "ONNX", "QRSteganography", "Emotion", "TestSupport",
      ],
      swiftSettings: checked),
    .testTarget(name: "CommandLineTests", swiftSettings: checked),
  ]
)

for target in package.targets where !target.isTest {
  guard let layer = layers.firstIndex(where: { $0.contains(target.name) }) else {
    fatalError("\(target.name) is in no layer")
  }
  for case .byNameItem(let used, _) in target.dependencies
  where !layers[..<layer].joined().contains(used) {
    fatalError("\(target.name) may not depend on \(used)")
  }
}
