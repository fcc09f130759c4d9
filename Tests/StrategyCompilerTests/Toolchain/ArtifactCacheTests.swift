import Artifacts
import Foundation
import Testing

@testable import StrategyCompiler

struct ArtifactCacheTests {
  private let folder: TemporaryFolder
  private let cache: ArtifactCache

  init() throws {
    folder = try TemporaryFolder()
    cache = ArtifactCache(folders: CacheFolders(root: folder.path + "/cache"))
  }

  private func key(_ plan: String, sections: String = "") -> ArtifactKey {
    Self.key(plan, sections: sections)
  }

  private static func key(_ plan: String, sections: String = "") -> ArtifactKey {
    ArtifactKey(
      plan: SHA256.hash(plan.utf8), sections: sections, kernels: SHA256.hash("k".utf8),
      compiler: "Swift 6", cpu: .x86_64v3, printer: "1")
  }

  @discardableResult
  private func store(_ plan: String, bytes: Int = 100) throws -> String {
    try cache.store([UInt8](repeating: 7, count: bytes), as: key(plan), created: "now")
  }

  private func replace(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test func `what is kept is found again`() throws {
    let path = try store("a")
    #expect(cache.manifest(of: key("a")) == path)
    let manifest = try Manifest(parsing: Disk.read(path, limit: 10_000))
    #expect(manifest.plan == key("a").plan)
    #expect(manifest.compiler == "Swift 6")
    let library = Disk.folder(of: path) + "/" + manifest.variants[0].file
    #expect(try Disk.read(library, limit: 1_000) == [UInt8](repeating: 7, count: 100))
    #expect(cache.entries().map(\.manifest) == [manifest])
  }

  @Test func `every part of the key counts`() throws {
    try store("a")
    var others = [key("b"), key("a", sections: "array")]
    for change: (inout ArtifactKey) -> Void in [
      { $0.kernels[0] ^= 1 }, { $0.compiler = "Swift 7" }, { $0.toolchain = "another linker" }, { $0.cpu = .x86_64v4 },
      { $0.printer = "2" },
    ] {
      var other = key("a")
      change(&other)
      others.append(other)
    }
    for other in others { #expect(cache.manifest(of: other) == nil) }
    #expect(Set(others.map(\.text)).count == others.count)
  }

  @Test(arguments: ["so", "manifest"], ["cut", "changed", "gone", "other"])
  func `what is damaged is noticed removed and made anew`(end: String, damage: String) throws {
    let path = try store("a")
    let file = try #require(
      folder.files().first { $0.hasPrefix("cache/artifacts") && $0.hasSuffix(end) })
    let place = folder.path + "/" + file
    var bytes = try Disk.read(place, limit: 10_000)
    switch damage {
    case "cut": try replace(place, Array(bytes.dropLast(3)))
    case "changed":
      bytes[bytes.count / 2] ^= 0x80
      try replace(place, bytes)
    case "gone": try FileManager.default.removeItem(atPath: place)
    default: try replace(place, Array("something else\n".utf8))
    }
    #expect(cache.manifest(of: key("a")) == nil)
    #expect(folder.files().isEmpty)
    #expect(try store("a") == path)
    #expect(cache.manifest(of: key("a")) == path)
  }

  /// The first one stays, so that nobody's path changes under him.
  @Test func `two that make the same are both served`() throws {
    let first = try store("a")
    let inode = Disk.status(first)?.inode
    #expect(try store("a") == first)
    #expect(Disk.status(first)?.inode == inode)
  }

  @Test func `many processes at once find whole entries only`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask { [cache] in
          for round in 0..<40 {
            let key = Self.key("\((round + worker) % 5)")
            _ = try cache.store([UInt8](repeating: 7, count: 50), as: key, created: "now")
            if round % 7 == worker % 7 {
              var small = cache
              small.limit = 0
              small.sweep()
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(cache.entries().allSatisfy { $0.manifest != nil })
    #expect(!folder.files().contains { $0.hasPrefix("cache/work") })
  }

  @Test func `what was not used for longest goes first`() throws {
    let ages: [(plan: String, days: Double)] = [("a", 3), ("b", 2), ("c", 1)]
    for (plan, days) in ages {
      let path = try store(plan, bytes: 1_000)
      let used = Date().addingTimeInterval(-86_400 * days)
      try FileManager.default.setAttributes(
        [.modificationDate: used], ofItemAtPath: Disk.folder(of: path))
    }
    // Used just now, so that b is the oldest.
    #expect(cache.manifest(of: key("a")) != nil)
    let each = Disk.size(of: cache.folders.artifacts) / 3
    var small = cache
    small.limit = 2 * each + each / 2
    small.sweep()
    #expect(cache.manifest(of: key("b")) == nil)
    #expect(cache.manifest(of: key("a")) != nil && cache.manifest(of: key("c")) != nil)
  }

  @Test func `what was just made stays however small the limit`() throws {
    var small = cache
    small.limit = 0
    try store("a")
    _ = try small.store([1], as: key("b"), created: "now")
    #expect(cache.manifest(of: key("b")) != nil)
    #expect(cache.manifest(of: key("a")) == nil)
  }

  @Test func `leftovers of crashed processes go`() throws {
    try store("a")
    let left = try folder.file("cache/work/dead/strategy.o")
    try folder.file("cache/work/alive/strategy.o")
    let used = Date().addingTimeInterval(-7_200)
    try FileManager.default.setAttributes(
      [.modificationDate: used], ofItemAtPath: Disk.folder(of: left))
    cache.sweep()
    #expect(folder.files().filter { $0.hasPrefix("cache/work") } == ["cache/work/alive/strategy.o"])
  }

  @Test func `clearing leaves nothing`() throws {
    try store("a")
    try store("b")
    #expect(try cache.clear() == 2)
    #expect(folder.files().isEmpty)
    #expect(cache.entries().isEmpty)
    #expect(try cache.clear() == 0)
  }

  @Test func `only the user can read it`() throws {
    let path = try store("a")
    for place in [cache.folders.root, Disk.folder(of: path), path] {
      let attributes = try FileManager.default.attributesOfItem(atPath: place)
      #expect(try #require(attributes[.posixPermissions] as? Int) & 0o077 == 0)
    }
  }

  @Test func `its place follows the environment`() throws {
    func root(_ environment: [String: String]) throws -> String {
      try CacheFolders.find(environment: environment).root
    }
    #expect(try root(["FXAOT_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(try root(["FXAOT_CACHE": "", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/fxaot")
    #expect(try root(["XDG_CACHE_HOME": "b", "HOME": "/c"]) == "/c/.cache/fxaot")
    #expect(throws: CompilerError.self) { try root([:]) }
  }

  @Test func `a cache that other users could exchange is refused`() throws {
    let root = folder.path + "/open"
    mkdir(root, 0o700)
    let open = ArtifactCache(folders: CacheFolders(root: root))
    _ = try open.store([1], as: key("a"), created: "now")
    for mode in [0o722, 0o720, 0o702] as [mode_t] {
      chmod(root, mode)
      let error = #expect(throws: CompilerError.self) { try open.store([1], as: key("b"), created: "now") }
      #expect(error?.sentence.contains("other users may write to the cache folder \(root)") == true)
    }
    chmod(root, 0o755)
    _ = try open.store([1], as: key("b"), created: "now")
    chmod(root + "/artifacts", 0o777)
    #expect(throws: CompilerError.self) { try open.store([1], as: key("c"), created: "now") }
  }

  @Test func `a cache without room or rights is a sentence and keeps nothing`() throws {
    let file = try folder.file("file")
    let blocked = ArtifactCache(folders: CacheFolders(root: file))
    #expect(throws: CompilerError.self) { try blocked.store([1], as: key("a"), created: "now") }
    #expect(folder.files() == ["file"])
  }
}
