import Artifacts

/// Compiled strategies on disk, each in a folder of its own that appears and disappears as a whole:
/// readers and writers of several processes need no lock.
public struct ArtifactCache: Sendable {
  public let folders: CacheFolders
  /// Bytes of all entries; the entry unused for longest is removed first.
  public var limit: Int

  public static let usualLimit = 512 << 20

  public init(folders: CacheFolders, limit: Int = usualLimit) {
    self.folders = folders
    self.limit = limit
  }

  /// The manifest of a key's entry, checked to the last byte; a damaged entry is removed
  /// and counts as not there. O(size of the library).
  public func manifest(of key: ArtifactKey) -> String? {
    let folder = folders.artifacts + "/" + key.text
    let path = folder + "/" + Manifest.fileName(plan: key.plan)
    guard Disk.isFolder(folder) else { return nil }
    guard ArtifactCache.isWhole(path, in: folder, key) else {
      discard(folder)
      return nil
    }
    Disk.touch(folder)
    return path
  }

  /// Keeps a library and answers the path of its manifest. Where another process was first, its
  /// library stays.
  public func store(_ library: [UInt8], as key: ArtifactKey, created: String) throws(CompilerError)
    -> String
  {
    try folders.make()
    let file = Manifest.libraryName(plan: key.plan, cpu: key.cpu)
    let manifest = Manifest(
      plan: key.plan, compiler: key.compiler, kernels: key.kernels, created: created,
      variants: [.init(cpu: key.cpu, file: file, library: library)])
    let scratch = try ScratchFolder(in: folders.work)
    let fresh = scratch.file("entry")
    try Disk.makeFolder(fresh)
    try Disk.write(library, to: fresh + "/" + file)
    let name = Manifest.fileName(plan: key.plan)
    try Disk.write(manifest.encoded(), to: fresh + "/" + name)
    let folder = folders.artifacts + "/" + key.text
    for _ in 0..<Self.attempts {
      if System.move(fresh, folder) == 0 {
        sweep(keeping: folder)
        return folder + "/" + name
      }
      let code = errno
      if let other = self.manifest(of: key) { return other }
      guard code == ENOTEMPTY || code == EEXIST else { throw .system("write", folder, code) }
    }
    throw .system("write", folder, ENOTEMPTY)
  }

  /// The entry of another process may be removed between the move that it stops and the look at it.
  private static let attempts = 100

  private static func isWhole(_ path: String, in folder: String, _ key: ArtifactKey) -> Bool {
    guard let bytes = try? Disk.read(path, limit: Manifest.longestBytes),
      let manifest = try? Manifest(parsing: bytes), manifest.plan == key.plan,
      let variant = manifest.variants.first, variant.cpu == key.cpu,
      let library = try? Disk.read(folder + "/" + variant.file, limit: variant.byteCount)
    else { return false }
    return library.count == variant.byteCount && SHA256.hash(library) == variant.hash
  }

  /// Out of sight at once, then off the disk: nobody finds half of it.
  func discard(_ folder: String) {
    guard let scratch = try? ScratchFolder(in: folders.work) else { return }
    _ = System.move(folder, scratch.file("old"))
  }
}

extension Manifest.Variant {
  /// The variant of a library with these bytes.
  public init(cpu: CPULevel, file: String, library: [UInt8]) {
    self.init(cpu: cpu, file: file, hash: SHA256.hash(library), byteCount: library.count)
  }
}

extension Manifest {
  /// Of the header that this is built with.
  public init(
    plan: [UInt8], compiler: String, kernels: [UInt8], created: String, variants: [Variant]
  ) {
    self.init(
      abi: ArtifactCache.abi, plan: plan, compiler: compiler, kernels: kernels, created: created,
      variants: variants)
  }
}
