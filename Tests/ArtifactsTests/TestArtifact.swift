import CFxaot
import Foundation
import Testing

@testable import Artifacts

/// An artifact in a folder of its own: a library made from C, and its manifest.
final class TestArtifact {
  let folder: String
  let manifest: Manifest
  var manifestPath: String { folder + "/" + Manifest.fileName(plan: manifest.plan) }
  var libraryPath: String { folder + "/" + manifest.variants[0].file }

  /// A world whose step answers 42.
  static let source = """
    #include "fxaot.h"
    static uint64_t bytes(uint32_t world) { return world == 0 ? 64 : 0; }
    static int64_t take(void *state, const fxaot_script_bar *bar, fxaot_native_host *host) {
      (void)state, (void)bar, (void)host;
      return 42;
    }
    static fxaot_native_step step(uint32_t world) { return world == 0 ? take : NULL; }
    int32_t fxaot_native_open(fxaot_native *out) {
      out->abi_version = FXAOT_ABI_VERSION;
      out->world_count = 1;
      for (int i = 0; i < FXAOT_HASH_BYTES; i++) out->plan[i] = (uint8_t)i;
      out->state_bytes = bytes;
      out->step = step;
      return 0;
    }
    """

  convenience init(source: String = TestArtifact.source) throws {
    let folder = try TestArtifact.makeFolder()
    let (text, library) = (folder + "/source.c", folder + "/library.so")
    try Data(source.utf8).write(to: URL(fileURLWithPath: text))
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let include = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../c_src/include").path
    compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-I", include, "-o", library, text]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    try self.init(library: Array(Data(contentsOf: URL(fileURLWithPath: library))), in: folder)
  }

  convenience init(library: [UInt8]) throws {
    try self.init(library: library, in: TestArtifact.makeFolder())
  }

  private init(library: [UInt8], in folder: String) throws {
    self.folder = folder
    let plan = (0..<32).map { UInt8($0) }
    manifest = Manifest(
      abi: UInt32(FXAOT_ABI_VERSION), plan: plan, compiler: "cc", kernels: SHA256.hash([]),
      created: "2026-01-01T00:00:00Z",
      variants: [
        Manifest.Variant(
          cpu: .thisMachine, file: Manifest.libraryName(plan: plan, cpu: .thisMachine),
          hash: SHA256.hash(library), byteCount: library.count)
      ])
    try Data(library).write(to: URL(fileURLWithPath: libraryPath))
    try set(mode: 0o700, libraryPath)
    try write(manifest)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func makeFolder() throws -> String {
    let folder = NSTemporaryDirectory() + "/artifact-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    return folder
  }

  /// Another manifest in the place of this artifact's.
  func write(_ manifest: Manifest) throws {
    try Data(manifest.encoded()).write(to: URL(fileURLWithPath: manifestPath))
    try set(mode: 0o600, manifestPath)
  }

  func changeLibrary(_ change: (inout [UInt8]) -> Void) throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: libraryPath)))
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: libraryPath))
    try set(mode: 0o700, libraryPath)
  }

  func set(mode: Int, _ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }
}
