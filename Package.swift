// swift-tools-version: 6.1
import PackageDescription

// The manifest is the map: a target may import only what is named here.
// `products: [AELog]` is the library's public face; everything else is `package`.

let house: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: house)
}

// Tests are read by the compiler more often than run: the optimizer would take half of the time they build.
let unoptimized = house + [.unsafeFlags(["-Onone"])]

func tests(of name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.byName(name: name), "TestSupport"] + dependencies.filter { $0.isOther(than: name) },
    resources: resources, swiftSettings: unoptimized)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

extension Target.Dependency {
  func isOther(than name: String) -> Bool { if case .byNameItem(name, _) = self { false } else { true } }
}

// Tests of the rooms of a run train one first.
let rooms: [Target.Dependency] = [
  "TinyRuns", "Sessions", "Probes", "ProjectorExport", "ModelExport", "Runs", "Training", "Embeddings", "Networks",
  "Datasets", "Tensors", "EventFiles", "ProjectorFiles", "ArrayFiles", "PointMatrices", "ONNX", "Pictures", "PNG",
  "Zlib", "Parallel",
  "ByteStreams",
]

let package = Package(
  name: "aelog",
  products: [
    .executable(name: "aelog", targets: ["aelog"]),
    .library(name: "AELog", targets: ["EventFiles", "ProjectorFiles", "PNG"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The process.
    .executableTarget(name: "aelog", dependencies: ["AelogCommands"], exclude: ["README.md"]),
    module(
      "AelogCommands",
      [
        "Sweeps", "Sessions", "Probes", "ProjectorExport", "ModelExport", "Runs", "Training", "Embeddings", "Networks",
        "Datasets", "Tensors", "EventFiles", "ProjectorFiles", "ArrayFiles", "PNG", "Parallel", "ByteStreams",
        argumentParser,
      ]),

    // Many runs.
    module(
      "Sweeps",
      [
        "Sessions", "Runs", "Training", "Networks", "Datasets", "Tensors", "EventFiles", "Pictures", "PNG", "Zlib",
        "Parallel", "ByteStreams",
        yams,
      ]),

    // The rooms of a run, where both wings meet: training, what it leaves, and what is made of it.
    module(
      "Sessions",
      [
        "Probes", "ProjectorExport", "ModelExport", "Runs", "Training", "Embeddings", "Networks", "Datasets", "Tensors",
        "PointMatrices", "EventFiles", "ProjectorFiles", "Parallel", "ByteStreams",
      ]),
    module(
      "Probes",
      [
        "ProjectorExport", "Runs", "Training", "Embeddings", "Networks", "Datasets", "Tensors", "EventFiles",
        "ProjectorFiles", "PointMatrices", "Pictures", "PNG", "Parallel", "ByteStreams",
      ]),
    module(
      "ProjectorExport",
      [
        "Runs", "Training", "Embeddings", "Networks", "Datasets", "Tensors", "EventFiles", "ProjectorFiles",
        "ArrayFiles", "PointMatrices", "Pictures", "PNG", "Parallel", "ByteStreams",
      ]),
    module(
      "ModelExport",
      [
        "Runs", "Training", "Networks", "Datasets", "Tensors", "EventFiles", "ArrayFiles", "PointMatrices", "ONNX",
        "Parallel", "ByteStreams",
      ]),
    module("Runs", ["Training", "Networks", "Datasets", "Tensors", "EventFiles", "Parallel", "ByteStreams"]),

    // The engine wing.
    module("Training", ["Networks", "Datasets", "Tensors", "ArrayFiles", "Parallel", "ByteStreams", "CKernels"]),
    module("Embeddings", ["PointMatrices", "Tensors", "Parallel"]),
    module("Networks", ["Tensors", "Parallel"]),
    module("Datasets", ["Tensors", "ArrayFiles", "JPEG", "PNG", "Zlib", "Parallel", "ByteStreams"]),
    module("Tensors", ["CKernels"]),

    // The file wing.
    module("EventFiles", ["CEventProto", "Protobuf", "CKernels", "PNG", "Parallel", "ByteStreams"]),
    module("ProjectorFiles", ["PointMatrices", "PNG", "Parallel", "ByteStreams"]),
    module("ArrayFiles", ["PointMatrices", "Zlib", "Parallel", "ByteStreams"]),
    module("ONNX", ["CONNXProto", "Protobuf", "ByteStreams"]),
    module("Protobuf", ["CProtobufC"]),
    module("Pictures", ["PNG"]),
    module("JPEG", ["CTurboJPEG", "PNG", "ByteStreams"]),
    module("PNG", ["Zlib", "Parallel", "ByteStreams"]),
    module("Zlib", ["CZlib", "Parallel", "ByteStreams"]),
    module("PointMatrices"),
    module("Parallel", ["CKernels"]),
    module("ByteStreams", ["Parallel"]),

    // C, each behind one Swift file.
    .target(name: "CKernels", exclude: ["README.md"]),
    .target(name: "CEventProto", dependencies: ["CProtobufC"]),
    .target(name: "CONNXProto", dependencies: ["CProtobufC"]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"]), .brew(["protobuf-c"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),

    // Benchmarks.
    .executableTarget(
      name: "bench-events-write", dependencies: ["EventFiles", "ByteStreams", "PNG", "counting"],
      path: "tools/bench/events-write/program", swiftSettings: house),
    .target(name: "counting", dependencies: ["CKernels"], path: "tools/bench/events-write/counting"),
    .executableTarget(
      name: "bench-events-read", dependencies: ["EventFiles"], path: "tools/bench/events-read", swiftSettings: house),
    .executableTarget(
      name: "bench-embeddings", dependencies: ["Embeddings", "PointMatrices", "Tensors", "Parallel"],
      path: "tools/bench/embeddings/program", swiftSettings: house),
    .executableTarget(
      name: "bench-sweep-scale",
      dependencies: ["AelogCommands", "Sweeps", "Sessions", "Runs", "Training", "EventFiles", "ByteStreams"],
      path: "tools/bench/sweep-scale/program", swiftSettings: house),

    // The fuzz targets; their driver, which only libFuzzer can link, is at the end.
    .target(
      name: "Exercises",
      dependencies: [
        "Sweeps", "ProjectorExport", "Runs", "Training", "Datasets", "Tensors", "EventFiles", "ProjectorFiles",
        "ArrayFiles", "PointMatrices", "JPEG", "PNG", "Zlib", "ByteStreams",
      ], path: "tools/fuzz/Exercises", swiftSettings: house),

    // The tests mirror Sources one to one.
    .target(name: "TestSupport", dependencies: ["ByteStreams"], path: "Tests/TestSupport", swiftSettings: house),
    tests(of: "ByteStreams", ["Parallel"]),
    tests(of: "Parallel"),
    tests(of: "Zlib", ["ByteStreams"]),
    tests(of: "PNG", ["Zlib"]),
    tests(of: "JPEG", ["PNG", "Parallel"]),
    tests(of: "Pictures", ["PNG"]),
    tests(of: "ProjectorFiles", ["PointMatrices", "PNG", "ByteStreams"]),
    tests(of: "EventFiles", ["CEventProto", "CKernels", "PNG", "ByteStreams"]),
    tests(of: "ArrayFiles", ["PointMatrices", "Zlib", "ByteStreams"]),
    tests(of: "ONNX", ["CONNXProto", "CProtobufC", "ByteStreams"]),
    tests(of: "Exercises"),
    tests(of: "Datasets", ["Tensors", "ArrayFiles", "PNG", "Zlib", "ByteStreams"]),
    tests(of: "Tensors", ["CKernels"]),
    tests(of: "Embeddings", ["PointMatrices", "Tensors", "Parallel"]),
    tests(of: "Networks", ["Tensors", "Parallel"]),
    tests(of: "Training", ["Networks", "Datasets", "Tensors", "ArrayFiles", "Parallel", "ByteStreams"]),
    tests(
      of: "Sweeps",
      ["Sessions", "Runs", "Training", "Networks", "Datasets", "Tensors", "Parallel", "ByteStreams"]),
    .target(
      name: "TinyRuns",
      dependencies: [
        "Sessions", "Runs", "Training", "Networks", "Datasets", "Tensors", "EventFiles", "Parallel", "ByteStreams",
      ],
      path: "Tests/TinyRuns", swiftSettings: house),
    tests(of: "Runs", rooms), tests(of: "Probes", rooms), tests(of: "ProjectorExport", rooms),
    tests(of: "ModelExport", rooms), tests(of: "Sessions", rooms),
    tests(
      of: "AelogCommands",
      [
        "Sweeps", "ProjectorExport", "Runs", "Training", "Embeddings", "Networks", "Datasets", "Tensors", "EventFiles",
        "PointMatrices", "Parallel", "ByteStreams",
      ]),
    .executableTarget(
      name: "logging-process", dependencies: ["EventFiles", "ByteStreams"], path: "Tests/LoggingProcess",
      swiftSettings: house),
    .executableTarget(
      name: "log-every-kind", dependencies: ["EventFiles", "ProjectorFiles", "PNG"], path: "Tests/EveryKind",
      swiftSettings: house),
    .executableTarget(
      name: "model-outputs", dependencies: ["Runs", "Networks", "Datasets", "Tensors", "ByteStreams"],
      path: "Tests/ModelOutputs", swiftSettings: house),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestSupport", "PNG", "EventFiles", "ByteStreams"],
      swiftSettings: unoptimized),
    .testTarget(
      name: "PublicAPITests", dependencies: ["TestSupport", "EventFiles", "ProjectorFiles", "PNG"],
      swiftSettings: unoptimized),
  ],
  swiftLanguageModes: [.v6]
)

if Context.environment["AELOG_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["Exercises"], path: "tools/fuzz/Driver",
      swiftSettings: house + [.unsafeFlags(["-parse-as-library"])], linkerSettings: [.unsafeFlags(["-use-ld=lld"])]))
}

// For a sanitizer: the targets that it has something to find in, since each builds all of them anew. The program, and modules without
// unsafe memory, are tested without the address sanitizer, those without threads without the thread sanitizer.
let programs: Set = [
  "bench-embeddings", "bench-events-read", "bench-events-write", "bench-sweep-scale", "counting", "log-every-kind",
  "model-outputs",
]
let apart: [String: Set<String>] = [
  "address": [
    "aelog", "AelogCommands", "AelogCommandsTests", "EndToEndTests", "ModelExportTests", "PublicAPITests", "RunsTests",
    "SessionsTests", "SweepsTests",
  ],
  "thread": [
    "aelog", "AelogCommands", "AelogCommandsTests", "ArrayFilesTests", "Exercises", "ExercisesTests", "JPEGTests",
    "ONNXTests", "PicturesTests", "ProjectorFilesTests", "PublicAPITests",
  ],
]
if let sanitizer = Context.environment["AELOG_SANITIZER"], let apart = apart[sanitizer] {
  package.targets.removeAll { programs.union(apart).contains($0.name) }
  package.products.removeAll { apart.contains($0.name) }
}
