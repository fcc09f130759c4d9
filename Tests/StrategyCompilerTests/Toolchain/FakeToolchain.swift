import Foundation

@testable import StrategyCompiler

/// Shell scripts in the place of a compiler and linker, for what real ones seldom do.
struct FakeToolchain {
  let folder: TemporaryFolder

  /// `frontend` is what the compiler does when it is asked for more than its version.
  init(
    version: String = "Swift version 6.3.1 (swift-6.3.1-RELEASE)", frontend: String = "exit 0",
    linker: String = "exit 0", hasEmbedded: Bool = true
  ) throws {
    folder = try TemporaryFolder()
    let compiler = """
      #!/bin/sh
      if [ "$1" = -version ]; then echo '\(version)'; exit 0; fi
      for last; do :; done
      \(frontend)
      """
    try folder.file("usr/bin/swift-frontend", compiler, mode: 0o755)
    try folder.file("usr/bin/ld.lld", "#!/bin/sh\n\(linker)\n", mode: 0o755)
    if hasEmbedded { try folder.file("usr/lib/swift/embedded/Swift.swiftmodule/x") }
  }

  var environment: [String: String] { ["FXAOT_SWIFT": folder.path, "PATH": "/usr/bin:/bin"] }

  /// A compiler that uses it, with a cache of its own.
  func compiler(cache: TemporaryFolder) throws -> NativeCompiler {
    NativeCompiler(
      toolchain: try Toolchain.find(environment: environment), kernels: try Checkout.kernels(),
      cache: CacheFolders(root: cache.path))
  }
}

/// The sources around the tests.
enum Checkout {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func kernels() throws(CompilerError) -> KernelSources {
    try KernelSources(
      indicators: root + "/Sources/Indicators", include: root + "/c_src/include")
  }

  /// The kernels' sources as a release has them.
  static func shipped() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, place) in [("Indicators", "/Sources/Indicators"), ("include", "/c_src/include")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: root + place)
    }
    return folder
  }

  /// nil where no compiler is installed.
  static let toolchain = try? Toolchain.find(environment: ProcessInfo.processInfo.environment)
}
