import Artifacts

/// The kernels' modules that this process has found whole, by their folder: which files they were.
final class KnownModules {
  var identities: [String: String] = [:]
}

extension NativeCompiler {
  /// The folder of the kernels' module for a processor, made when it is not there yet. Safe with
  /// several processes: each makes its own, the first one's is kept.
  func kernelModule(for cpu: CPULevel) throws(CompilerError) -> String {
    let place = folders.modules + "/" + HexText.text(moduleKey(cpu))
    if isWhole(place) {
      Disk.touch(place)
      return place
    }
    try folders.make()
    // What is damaged would break every compilation: away with it.
    if Disk.status(place) != nil { ArtifactCache(folders: folders).discard(place) }
    let scratch = try ScratchFolder(in: folders.work)
    let fresh = scratch.file("module")
    try Disk.makeFolder(fresh + "/include")
    for name in Disk.names(in: kernels.headers) {
      let bytes = try Disk.read(kernels.headers + "/" + name, limit: 1 << 20)
      try Disk.write(bytes, to: fresh + "/include/" + name)
    }
    try run(
      toolchain.frontend,
      ["-frontend", "-emit-module"] + kernels.sources + NativeCompiler.flags
        + [
          "-target", toolchain.target, "-Xcc", "-march=" + (try NativeCompiler.march(cpu)),
          "-wmo", "-I", fresh + "/include", "-module-cache-path", scratch.file("clang"),
          "-module-name", "Indicators",
          "-o", fresh + "/Indicators.swiftmodule",
        ],
      doing: "compile the kernels", in: scratch.path)
    try Disk.write(Array(moduleHash(of: fresh).utf8), to: fresh + "/" + Self.moduleSum)
    if System.move(fresh, place) != 0 {
      let code = errno
      guard isWhole(place) else { throw .system("write", place, code) }
      return place
    }
    try warm(place, cpu, scratch)
    try Disk.replace(
      place + "/" + Self.headerSum, with: Array(headerHash(of: place).utf8), mode: 0o600)
    return place
  }

  private static let moduleSum = "module.sha256"
  /// Of the files that `warm` writes; unused before.
  private static let headerSum = "header.sha256"

  /// Whether the kernels' module and the header's are as they were made. Their bytes, 8 MB, are read once for as long as
  /// the files stay the same ones.
  private func isWhole(_ place: String) -> Bool {
    let identity = Self.files(below: place).map(Disk.identity).joined(separator: "\n")
    if known.identities[place] == identity { return true }
    known.identities[place] = hasItsBytes(place) ? identity : nil
    return known.identities[place] != nil
  }

  private func hasItsBytes(_ place: String) -> Bool {
    let sum = { (name: String) -> String? in
      (try? Disk.read(place + "/" + name, limit: 1_000)).map { String(decoding: $0, as: UTF8.self) }
    }
    guard sum(Self.moduleSum) == moduleHash(of: place) else { return false }
    return sum(Self.headerSum).map { $0 == headerHash(of: place) } ?? true
  }

  private func moduleHash(of place: String) -> String {
    let headers = Disk.names(in: place + "/include").map { place + "/include/" + $0 }
    return Self.hash([place + "/Indicators.swiftmodule"] + headers)
  }

  private func headerHash(of place: String) -> String {
    Self.hash(Self.files(below: place + "/clang").filter { $0.hasSuffix(".pcm") })
  }

  private static func files(below folder: String) -> [String] {
    Disk.names(in: folder).flatMap { name in
      let path = folder + "/" + name
      return Disk.isFolder(path) ? files(below: path) : [path]
    }
  }

  /// Of the files' bytes; a file that cannot be read is as one of none.
  private static func hash(_ files: [String]) -> String {
    var hasher = SHA256()
    for file in files {
      let bytes = (try? Disk.read(file, limit: 1 << 28)) ?? []
      hasher.update("\(bytes.count) ".utf8)
      hasher.update(bytes)
    }
    return HexText.text(hasher.finish())
  }

  /// Compiles next to nothing, so that the header's module, which is bound to the place where it
  /// lies, is there for the first strategy.
  private func warm(
    _ module: String, _ cpu: CPULevel, _ scratch: ScratchFolder
  ) throws(CompilerError) {
    let text = "import CFxaot\nimport Indicators\n"
    try Disk.write(Array(text.utf8), to: scratch.file("warm.swift"))
    try compile("warm", module, cpu, in: scratch)
  }

  private func moduleKey(_ cpu: CPULevel) -> [UInt8] {
    let parts = [HexText.text(kernels.hash), toolchain.identity, cpu.name]
    return SHA256.hash((parts + NativeCompiler.flags).joined(separator: "\n").utf8)
  }
}
