// swift-tools-version: 6.2
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
    .target(name: "Libc"),
    .target(name: "Indicators", dependencies: ["CFxaot"]),
    .target(name: "Calendar", dependencies: ["Libc"]),
    .target(name: "StrategyIR", dependencies: ["Indicators", "Calendar", "Libc"]),
    .target(name: "StrategyLanguage", dependencies: ["StrategyIR", "Calendar"]),
    .target(name: "Artifacts", dependencies: ["CFxaot", "Libc"]),
    .target(
      name: "StrategyVM",
      dependencies: ["StrategyIR", "Indicators", "Calendar", "Artifacts", "CFxaot"]),
    .target(
      name: "StrategyCompiler",
      dependencies: ["StrategyIR", "StrategyVM", "Artifacts", "CFxaot", "Libc"]),
    // Brings Foundation with it: for the tool alone.
    .target(
      name: "ScriptTemplates", dependencies: [.product(name: "Stencil", package: "Stencil")]),
    .target(name: "Records", dependencies: ["Artifacts", "Libc"]),
    .systemLibrary(name: "CThread", path: "Sources/CThread"),
    .target(name: "Messaging", dependencies: ["CThread", "Libc"]),
    .target(name: "FIX", dependencies: ["CFxaot"]),
    .target(name: "Market", dependencies: ["Calendar", "Records", "CFxaot"]),
    .target(
      name: "Trading",
      dependencies: ["Market", "Messaging", "Records", "StrategyIR", "StrategyVM", "CFxaot", "Libc"]),
    .target(
      name: "Research",
      dependencies: ["Trading", "StrategyIR", "StrategyVM", "Artifacts", "Calendar", "Libc"]),
    .target(
      name: "FXCore",
      dependencies: [
        "Messaging", "Market", "Trading", "Records", "Indicators", "Calendar", "StrategyIR", "StrategyVM",
        "Artifacts", "CFxaot", "Libc",
      ]),
    .target(
      name: "FxaotExports",
      dependencies: [
        "FXCore", "Messaging", "Market", "FIX", "Records", "Calendar", "StrategyVM", "Artifacts", "CFxaot", "Libc",
      ]),
    .target(
      name: "Scenarios", dependencies: ["FXCore", "Market", "Trading", "Calendar", "StrategyIR", "CFxaot"]),
    .executableTarget(
      name: "fxaot",
      dependencies: [
        "FXCore", "Scenarios", "Market", "Trading", "Records", "CFxaot", "CZlib", "CBzip2", "CLzma", "CZstd",
        "Research",
        "StrategyIR",
        "StrategyLanguage", "StrategyVM",
        "StrategyCompiler", "ScriptTemplates", "Artifacts", "Calendar", "Libc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "Measuring", dependencies: ["Libc"], path: "Benchmarks/Measuring"),
    .executableTarget(
      name: "MessagingBench", dependencies: ["Messaging", "CFxaot", "CThread", "Libc", "Measuring"],
      path: "Benchmarks/Messaging"),
    .executableTarget(
      name: "ScriptBench",
      dependencies: [
        "Research", "StrategyLanguage", "StrategyIR", "StrategyVM", "StrategyCompiler",
        "Artifacts", "FXCore", "Market", "Trading", "CFxaot", "Indicators", "Calendar", "Measuring",
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
        "Trading", "Calendar",
      ],
      path: "Tests/Support/TraceData"),
    .target(
      name: "RandomMarket", dependencies: ["Trading", "StrategyIR", "StrategyVM"], path: "Tests/Support/RandomMarket"),
    .target(name: "TestThreads", path: "Tests/Support/TestThreads"),
    .target(name: "TestTerms", dependencies: ["Market", "CFxaot"], path: "Tests/Support/TestTerms"),
    .testTarget(name: "IndicatorsTests", dependencies: ["Indicators"]),
    .testTarget(name: "CalendarTests", dependencies: ["Calendar"]),
    .testTarget(name: "RecordsTests", dependencies: ["Records"]),
    .testTarget(name: "MessagingTests", dependencies: ["Messaging", "CFxaot", "TestThreads"]),
    .testTarget(name: "MarketTests", dependencies: ["Market", "Calendar", "CFxaot", "TestTerms"]),
    .testTarget(
      name: "TradingTests",
      dependencies: [
        "Trading", "Records", "Research", "Market", "StrategyIR", "StrategyVM", "CFxaot", "RandomMarket", "TestTerms",
      ]),
    .testTarget(
      name: "ResearchTests",
      dependencies: [
        "Research", "Trading", "Market", "StrategyIR", "StrategyVM", "StrategyLanguage", "Calendar", "RandomMarket",
      ]),
    .testTarget(
      name: "StrategyLanguageTests",
      dependencies: ["StrategyLanguage", "StrategyIR", "StrategyVM", "Calendar", "Libc"],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "ScriptTemplatesTests",
      dependencies: [
        "ScriptTemplates", "StrategyLanguage", "StrategyIR", "StrategyVM", "Research", "Trading",
        "Calendar",
      ]),
    .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts", "CFxaot"]),
    .testTarget(
      name: "StrategyCompilerTests",
      dependencies: [
        "StrategyCompiler", "StrategyVM", "StrategyIR", "StrategyLanguage", "Research", "Trading", "Artifacts",
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
        "FXCore", "Messaging", "Market", "Trading", "Records", "StrategyLanguage", "StrategyIR", "StrategyVM",
        "Research",
        "CFxaot", "StrategyCompiler", "Artifacts", "Calendar", "TestTerms", "TestThreads",
      ]),
    .testTarget(name: "ScenariosTests", dependencies: ["Scenarios", "FXCore", "CFxaot"], exclude: ["Snapshots"]),
    .testTarget(name: "FxaotExportsTests", dependencies: ["FxaotExports", "CFxaot"]),
    .testTarget(
      name: "fxaotTests",
      dependencies: [
        "fxaot", "Artifacts", "StrategyCompiler", "FXCore", "Market", "Trading", "Records", "CFxaot", "CZlib", "CBzip2",
        "CLzma", "CZstd", "StrategyLanguage", "StrategyVM", "StrategyIR", "Calendar", "Research",
      ]),
  ]
)

// A warning in the package's own code is an error where the tests of a change run (.ci/run). A newer
// compiler must not keep anybody from building a release.
if Context.environment["FXAOT_WARNINGS"] == "error" {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
