import Artifacts

extension ArtifactCache {
  static var abi: UInt32 { NativeCode.abi }

  /// One kept strategy.
  public struct Entry: Sendable {
    /// nil for a damaged one.
    public var manifest: Manifest?
    public var byteCount: Int
    /// Nanoseconds since 1970.
    public var used: Int64
  }

  /// What is kept, the last used first. O(number of entries).
  public func entries() -> [Entry] {
    folders(in: folders.artifacts).reversed().map { folder in
      let name = Disk.names(in: folder.path).first { $0.hasSuffix(".manifest") }
      let bytes = name.flatMap {
        try? Disk.read(folder.path + "/" + $0, limit: Manifest.longestBytes)
      }
      return Entry(
        manifest: bytes.flatMap { try? Manifest(parsing: $0) }, byteCount: folder.byteCount,
        used: folder.used)
    }
  }

  /// Bytes of everything, the kernels' modules too.
  public var byteCount: Int { Disk.size(of: folders.root) }

  /// Removes everything. Answers how many strategies there were.
  public func clear() throws(CompilerError) -> Int {
    let count = Disk.names(in: folders.artifacts).count
    let parts = [folders.artifacts, folders.modules, folders.compilers, folders.work]
    for part in parts {
      Disk.remove(part)
      guard Disk.status(part, followingLinks: false) == nil else {
        throw .disk("cannot remove everything in \(part)")
      }
    }
    return count
  }

  /// Removes the entries unused for longest until the rest is within the limit, and leftovers of crashed
  /// processes. O(number of files).
  public func sweep(keeping kept: String? = nil) {
    let hour: Int64 = 3_600_000_000_000
    for left in folders(in: folders.work) where left.used < Disk.now() - hour {
      Disk.remove(left.path)
    }
    var all = folders(in: folders.artifacts) + folders(in: folders.modules)
    all.sort { $0.used < $1.used }
    var total = all.reduce(0) { $0 + $1.byteCount }
    for folder in all where total > limit && folder.path != kept {
      discard(folder.path)
      total -= folder.byteCount
    }
  }

  private struct Folder {
    var path: String
    var byteCount: Int
    var used: Int64
  }

  /// The oldest use first.
  private func folders(in parent: String) -> [Folder] {
    let all = Disk.names(in: parent).compactMap { name -> Folder? in
      let path = parent + "/" + name
      guard let status = Disk.status(path, followingLinks: false) else { return nil }
      return Folder(path: path, byteCount: Disk.size(of: path), used: status.modified)
    }
    return all.sorted { $0.used < $1.used }
  }
}
