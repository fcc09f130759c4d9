/// A Swift compiler that can make Embedded Swift for Linux, and the linker that comes with it.
public struct Toolchain: Sendable {
  /// Older ones have no Embedded Swift that is up to this.
  public static let oldest = (major: 6, minor: 1)

  /// `swift-frontend`, the compiler proper: without the driver around it a compilation takes
  /// half the time.
  let frontend: String
  /// `ld.lld`
  let linker: String
  /// What the compiler calls itself: `Swift version 6.3.1 (swift-6.3.1-RELEASE)`.
  public let version: String
  /// Tells this compiler and this linker from all others, for keys of what is kept: what the
  /// compiler calls itself, and which files the two were when they were found.
  let identity: String

  /// `x86_64-unknown-linux-gnu`
  let target: String

  /// Looks where FXAOT_SWIFT says (a folder with a toolchain, or its swiftc), else in PATH.
  /// `versions` is a folder that caches the versions of compilers: asking one takes 30 ms.
  public static func find(
    environment: [String: String], versions: String? = nil
  ) throws(CompilerError) -> Toolchain {
    guard let target = Toolchain.target else {
      throw .noToolchain("strategies are compiled on Linux only, for x86-64 or aarch64")
    }
    let frontend = try findFrontend(environment)
    let version = try version(of: frontend, kept: versions)
    try check(version, frontend)
    let library = Disk.folder(of: Disk.folder(of: frontend)) + "/lib/swift/embedded"
    guard Disk.isFolder(library + "/Swift.swiftmodule") else {
      throw .noToolchain("\(frontend) has no Embedded Swift: \(library) is missing")
    }
    let linker = try findLinker(beside: frontend, environment)
    let identity = [version, target, Disk.identity(of: frontend), Disk.identity(of: linker)]
    return Toolchain(
      frontend: frontend, linker: linker, version: version,
      identity: identity.joined(separator: "\n"), target: target)
  }

  private static var target: String? {
    #if os(Linux) && canImport(Musl)
      let system = "unknown-linux-musl"
    #else
      let system = "unknown-linux-gnu"
    #endif
    #if os(Linux) && arch(x86_64)
      return "x86_64-\(system)"
    #elseif os(Linux) && arch(arm64)
      return "aarch64-\(system)"
    #else
      return nil
    #endif
  }

  // MARK: - where it is

  private static let frontendName = "swift-frontend"

  private static func findFrontend(
    _ environment: [String: String]
  ) throws(CompilerError) -> String {
    if let named = environment["FXAOT_SWIFT"], !named.isEmpty {
      if let frontend = frontend(of: named) { return frontend }
      throw .noToolchain(
        "FXAOT_SWIFT is '\(named)', but that is not a Swift compiler; it must be a toolchain's "
          + "folder or its swiftc")
    }
    for folder in path(environment) {
      for name in [frontendName, "swiftc"] {
        if let frontend = frontend(of: folder + "/" + name) { return frontend }
      }
    }
    throw .noToolchain(
      "no Swift compiler in PATH; install Swift \(oldest.major).\(oldest.minor) or later "
        + "(https://swift.org/install), or set FXAOT_SWIFT to its path")
  }

  /// Of a toolchain's folder, or of any program in it.
  private static func frontend(of path: String) -> String? {
    guard let real = Disk.resolved(path) else { return nil }
    let places =
      Disk.isFolder(real) ? ["\(real)/usr/bin", "\(real)/bin", real] : [Disk.folder(of: real)]
    return places.map { "\($0)/\(frontendName)" }.first(where: Disk.isExecutable)
  }

  private static func findLinker(
    beside frontend: String, _ environment: [String: String]
  ) throws(CompilerError) -> String {
    let folders = [Disk.folder(of: frontend)] + path(environment)
    if let linker = folders.map({ $0 + "/ld.lld" }).first(where: Disk.isExecutable) {
      return linker
    }
    throw .noToolchain("no linker ld.lld, neither next to \(frontend) nor in PATH")
  }

  private static func path(_ environment: [String: String]) -> [String] {
    (environment["PATH"] ?? "").split(separator: ":").map(String.init)
  }
}
