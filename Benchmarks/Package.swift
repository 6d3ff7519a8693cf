// swift-tools-version: 6.2
import PackageDescription

let checked: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Palimpsest", path: "..")],
  targets: [
    .executableTarget(
      name: "bench",
      dependencies: [.product(name: "PalimpsestEngine", package: "Palimpsest")],
      swiftSettings: checked),
    .executableTarget(
      name: "first-tensor",
      dependencies: [.product(name: "PalimpsestEngine", package: "Palimpsest")],
      swiftSettings: checked),
  ]
)
