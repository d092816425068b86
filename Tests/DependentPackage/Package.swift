// swift-tools-version: 6.1
import PackageDescription

// Somebody else's program, which knows nothing but the product AELog; tools/test builds and runs it.
let package = Package(
  name: "dependent",
  dependencies: [.package(name: "aelog", path: "../..")],
  targets: [.executableTarget(name: "log-three", dependencies: [.product(name: "AELog", package: "aelog")])]
)
