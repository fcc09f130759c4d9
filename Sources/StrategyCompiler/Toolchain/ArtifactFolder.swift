import Artifacts

/// A folder of artifacts that go with a release, as `fxaot compile -o` writes it.
public struct ArtifactFolder {
  public let path: String

  /// Makes the folder where it is not there yet; its files may be read by all.
  public init(_ path: String) throws(CompilerError) {
    self.path = path
    try Disk.makeFolder(path, mode: 0o755)
  }

  /// Puts one artifact of these into the folder, each for another processor and all of the same
  /// plan; an older one of that plan goes. The manifest comes last, so that it never names what is
  /// not there. Answers its path.
  @discardableResult
  public func write(_ manifests: [String]) throws(CompilerError) -> String {
    var all: Manifest?
    for path in manifests {
      let manifest = try ArtifactFolder.read(path)
      for variant in manifest.variants {
        let bytes = try Disk.read(
          Disk.folder(of: path) + "/" + variant.file, limit: variant.byteCount)
        guard SHA256.hash(bytes) == variant.hash else {
          throw .failed("\(variant.file) was changed while it was copied")
        }
        try Disk.replace(self.path + "/" + variant.file, with: bytes, mode: 0o644)
      }
      if all == nil { all = manifest } else { all?.variants += manifest.variants }
    }
    guard let all else { throw .failed("no artifact to write") }
    let name = Manifest.fileName(plan: all.plan)
    try Disk.replace(path + "/" + name, with: all.encoded(), mode: 0o644)
    let kept = Set(all.variants.map(\.file) + [name])
    for old in Disk.names(in: path)
    where old.hasPrefix(HexText.text(all.plan) + ".") && !kept.contains(old) {
      Disk.remove(path + "/" + old)
    }
    return path + "/" + name
  }

  /// Any other file, such as a script's program.
  public func write(_ bytes: [UInt8], as name: String) throws(CompilerError) {
    try Disk.replace(path + "/" + name, with: bytes, mode: 0o644)
  }

  private static func read(_ path: String) throws(CompilerError) -> Manifest {
    let bytes = try Disk.read(path, limit: Manifest.longestBytes)
    do {
      return try Manifest(parsing: bytes)
    } catch {
      throw .failed("\(path): \(error.sentence)")
    }
  }
}
