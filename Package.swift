// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "fxaot",
  products: [
    // libfxaot.so, what the NIF and C programs load. Built with -Xswiftc -static-stdlib by the Makefile.
    .library(name: "fxaot", type: .dynamic, targets: ["FxaotExports"]),
    .executable(name: "fxaot-tool", targets: ["fxaot"]),
    .library(name: "FXCore", targets: ["FXCore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/stencilproject/Stencil", from: "0.15.1"),
  ],
  targets: [
    .systemLibrary(name: "CFxaot", path: "c_src/include"),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
    // For the tool alone, as zlib is.
    .systemLibrary(name: "CBzip2", path: "Sources/CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLzma", path: "Sources/CLzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CZstd", path: "Sources/CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "Indicators", dependencies: ["CFxaot"]),
    .target(name: "Calendar"),
    .target(name: "StrategyIR", dependencies: ["Indicators"]),
    .target(name: "StrategyLanguage", dependencies: ["StrategyIR"]),
    .target(name: "Artifacts", dependencies: ["CFxaot"]),
    .target(
      name: "StrategyVM",
      dependencies: ["StrategyIR", "Indicators", "Calendar", "Artifacts", "CFxaot"]),
    .target(
      name: "StrategyCompiler",
      dependencies: ["StrategyIR", "StrategyVM", "Artifacts", "CFxaot"]),
    // Brings Foundation with it: for the tool alone.
    .target(
      name: "ScriptTemplates", dependencies: [.product(name: "Stencil", package: "Stencil")]),
    .target(
      name: "Research", dependencies: ["StrategyIR", "StrategyVM", "Artifacts", "Calendar"]),
    .systemLibrary(name: "CThread", path: "Sources/CThread"),
    .target(
      name: "FXCore",
      dependencies: [
        "Indicators", "Calendar", "StrategyIR", "StrategyVM", "Research", "Artifacts", "CFxaot",
        "CThread",
      ]),
    .target(
      name: "FxaotExports", dependencies: ["FXCore", "StrategyVM", "Artifacts", "CFxaot"]),
    .executableTarget(
      name: "fxaot",
      dependencies: [
        "FXCore", "CFxaot", "CZlib", "CBzip2", "CLzma", "CZstd", "Research", "StrategyIR", "StrategyLanguage", "StrategyVM",
        "StrategyCompiler", "ScriptTemplates", "Artifacts", "Calendar",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "MessagingBench", dependencies: ["FXCore", "CFxaot", "CThread"],
      path: "Benchmarks/Messaging"),
    .executableTarget(
      name: "ScriptBench",
      dependencies: [
        "Research", "StrategyLanguage", "StrategyIR", "StrategyVM", "StrategyCompiler",
        "Artifacts", "FXCore", "CFxaot", "Indicators", "Calendar",
      ],
      path: "Benchmarks/Scripts"),
    .target(
      name: "RandomPrograms", dependencies: ["StrategyIR", "StrategyVM"],
      path: "Tests/Support/RandomPrograms"),
    .target(
      name: "RandomScripts", dependencies: ["RandomPrograms"], path: "Tests/Support/RandomScripts"),
    .target(
      name: "ScriptOracle",
      dependencies: [
        "RandomPrograms", "RandomScripts", "StrategyLanguage", "StrategyIR", "StrategyVM", "Calendar",
      ],
      path: "Tests/Support/ScriptOracle"),
    .executableTarget(
      name: "TraceData",
      dependencies: [
        "RandomPrograms", "RandomScripts", "StrategyIR", "StrategyLanguage", "StrategyVM", "Research",
        "Calendar",
      ],
      path: "Tests/Support/TraceData"),
    .testTarget(name: "IndicatorsTests", dependencies: ["Indicators"]),
    .testTarget(name: "CalendarTests", dependencies: ["Calendar"]),
    .testTarget(
      name: "ResearchTests",
      dependencies: ["Research", "StrategyIR", "StrategyVM", "StrategyLanguage", "Calendar"]),
    .testTarget(
      name: "StrategyLanguageTests",
      dependencies: ["StrategyLanguage", "StrategyIR", "StrategyVM", "Calendar"]),
    .testTarget(
      name: "ScriptTemplatesTests",
      dependencies: [
        "ScriptTemplates", "StrategyLanguage", "StrategyIR", "StrategyVM", "Research", "Calendar",
      ]),
    .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts", "CFxaot"]),
    .testTarget(
      name: "StrategyCompilerTests",
      dependencies: [
        "StrategyCompiler", "StrategyVM", "StrategyIR", "StrategyLanguage", "Research", "Artifacts",
        "CFxaot", "Calendar", "RandomPrograms", "ScriptOracle",
      ]),
    .testTarget(
      name: "StrategyVMTests",
      dependencies: [
        "StrategyVM", "StrategyIR", "StrategyLanguage", "Calendar", "RandomPrograms", "RandomScripts",
        "ScriptOracle",
      ]),
    .testTarget(
      name: "FXCoreTests",
      dependencies: [
        "FXCore", "StrategyLanguage", "StrategyIR", "StrategyVM", "Research", "CFxaot",
        "StrategyCompiler", "Artifacts",
      ]),
    .testTarget(name: "FxaotExportsTests", dependencies: ["FxaotExports", "CFxaot"]),
    .testTarget(
      name: "fxaotTests",
      dependencies: [
        "fxaot", "Artifacts", "StrategyCompiler", "FXCore", "CFxaot", "CZlib", "CBzip2", "CLzma", "CZstd", "StrategyLanguage", "StrategyVM", "StrategyIR", "Calendar",
      ]),
  ]
)
