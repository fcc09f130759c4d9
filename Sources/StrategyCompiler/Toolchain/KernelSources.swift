import Artifacts

/// The sources that printed strategies are compiled with: the kernels, and the C interface. They
/// are shipped with the tool, as `priv/kernels`:
///
///     Indicators/   Swift files, in folders too
///     include/      fxaot.h and its module.modulemap
public struct KernelSources: Sendable {
  /// Swift files, sorted.
  let sources: [String]
  /// The folder of the C header.
  let headers: String
  /// SHA-256 over the names and bytes of all of them.
  public let hash: [UInt8]

  /// `indicators` and `include` may lie anywhere.
  public init(indicators: String, include: String) throws(CompilerError) {
    sources = KernelSources.files(below: indicators).filter { $0.hasSuffix(".swift") }
    headers = include
    let headerFiles = KernelSources.files(below: include)
    guard !sources.isEmpty, headerFiles.contains(where: { $0.hasSuffix("/module.modulemap") })
    else {
      throw .noToolchain(
        "the kernels' sources are incomplete: \(indicators) and \(include) must hold them")
    }
    var hasher = SHA256()
    for path in sources {
      try KernelSources.add(path, path.utf8.dropFirst(indicators.utf8.count), &hasher)
    }
    for path in headerFiles {
      try KernelSources.add(path, path.utf8.dropFirst(include.utf8.count), &hasher)
    }
    hash = hasher.finish()
  }

  /// Where FXAOT_KERNELS says, else near the tool: `priv/kernels` of the folder that it lies in,
  /// or of one above.
  public static func find(
    environment: [String: String], tool: String
  ) throws(CompilerError) -> KernelSources {
    if let named = environment["FXAOT_KERNELS"], !named.isEmpty {
      return try KernelSources(indicators: named + "/Indicators", include: named + "/include")
    }
    var folder = Disk.folder(of: Disk.resolved(tool) ?? tool)
    // bin/fxaot, priv/fxaot, .build/TRIPLE/release/fxaot-tool
    for _ in 0..<5 {
      for place in ["\(folder)/kernels", "\(folder)/priv/kernels"]
      where Disk.isFolder(place + "/Indicators") {
        return try KernelSources(indicators: place + "/Indicators", include: place + "/include")
      }
      folder = Disk.folder(of: folder)
    }
    throw .noToolchain(
      "the kernels' sources are not next to \(tool); set FXAOT_KERNELS to their folder")
  }

  private static func files(below folder: String) -> [String] {
    Disk.names(in: folder).flatMap { name in
      let path = folder + "/" + name
      return Disk.isFolder(path) ? files(below: path) : [path]
    }
  }

  private static func add(
    _ path: String, _ name: Substring.UTF8View, _ hasher: inout SHA256
  ) throws(CompilerError) {
    let bytes = try Disk.read(path, limit: 1 << 24)
    hasher.update("\(name.count) \(Substring(name)) \(bytes.count) ".utf8)
    hasher.update(bytes)
  }
}
