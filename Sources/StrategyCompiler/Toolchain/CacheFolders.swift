/// The folders of the cache. Everything in them can be made again.
///
///     artifacts/KEY/   a manifest and its shared library
///     modules/KEY/     the kernels, compiled for one compiler and processor
///     compilers/       the versions that compilers print
///     work/            compilations in progress
public struct CacheFolders: Sendable {
  public let root: String
  var artifacts: String { root + "/artifacts" }
  var modules: String { root + "/modules" }
  var compilers: String { root + "/compilers" }
  var work: String { root + "/work" }

  public init(root: String) { self.root = root }

  /// FXAOT_CACHE, else `fxaot` in XDG_CACHE_HOME, else ~/.cache/fxaot.
  public static func find(environment: [String: String]) throws(CompilerError) -> CacheFolders {
    func set(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let path = set("FXAOT_CACHE") { return CacheFolders(root: path) }
    // The XDG specification has relative paths ignored.
    if let path = set("XDG_CACHE_HOME"), path.hasPrefix("/") {
      return CacheFolders(root: path + "/fxaot")
    }
    guard let home = set("HOME") else {
      throw .disk("no place for the cache: neither FXAOT_CACHE nor HOME is set")
    }
    return CacheFolders(root: home + "/.cache/fxaot")
  }

  /// Makes those that are not there, for this user only. Refuses folders that another user could exchange:
  /// what lies in them becomes code.
  func make() throws(CompilerError) {
    for path in [artifacts, modules, compilers, work] { try Disk.makeFolder(path) }
    for path in [root, artifacts, modules, compilers, work] { try checkUser(of: path) }
    guard access(work, W_OK) == 0 else { throw .system("write to", work, errno) }
  }

  private func checkUser(of path: String) throws(CompilerError) {
    guard let status = Disk.status(path) else { throw .system("look at", path, errno) }
    guard status.owner == geteuid() || status.owner == 0 else {
      throw .disk("the cache folder \(path) belongs to another user: set FXAOT_CACHE to a folder of yours")
    }
    guard status.mode & 0o022 == 0 else {
      throw .disk("other users may write to the cache folder \(path): take that away (chmod go-w) or set FXAOT_CACHE")
    }
  }
}
