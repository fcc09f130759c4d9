import Testing

@testable import Artifacts

struct ManifestTests {
  private let plan = SHA256.hash("plan".utf8)

  private var manifest: Manifest {
    Manifest(
      abi: 4, plan: plan, compiler: "Swift version 6.3.1 (swift-6.3.1-RELEASE)",
      kernels: SHA256.hash("kernels".utf8), created: "2026-03-31T10:15:00Z",
      variants: [CPULevel.x86_64v3, .native(7)].map { cpu in
        Manifest.Variant(
          cpu: cpu, file: Manifest.libraryName(plan: plan, cpu: cpu),
          hash: SHA256.hash(cpu.name.utf8), byteCount: 13_824)
      })
  }

  private var text: String { String(decoding: manifest.encoded(), as: UTF8.self) }

  private func why(_ text: String) -> String? {
    do {
      _ = try Manifest(parsing: Array(text.utf8))
      return nil
    } catch {
      return error.sentence
    }
  }

  @Test func `what is written is read back`() throws {
    #expect(try Manifest(parsing: manifest.encoded()) == manifest)
    #expect(Manifest.fileName(plan: [0xab, 1]) == "ab01.manifest")
    #expect(Manifest.libraryName(plan: [0xab, 1], cpu: .aarch64) == "ab01.aarch64.so")
  }

  @Test func `the first processor with a variant is chosen`() {
    #expect(manifest.best(of: [.native(7), .x86_64v3])?.cpu == .native(7))
    #expect(manifest.best(of: [.native(8), .x86_64v4, .x86_64v3])?.cpu == .x86_64v3)
    #expect(manifest.best(of: [.aarch64]) == nil)
  }

  @Test(arguments: [
    ("fxaot-artifact 1", "fxaot-artifact 2", "its format is 2, not 1"),
    ("fxaot-artifact 1\n", "", "it does not begin with 'fxaot-artifact'"),
    ("abi 4\n", "", "'abi' is missing"),
    ("abi 4", "abi -4", "'abi' is not a number"),
    ("abi 4", "abi 4\nabi 4", "'abi' is given twice"),
    ("abi 4", "abi 4\nowner me", "'owner' is unknown"),
    ("created ", "created", "'created2026-03-31T10:15:00Z' has no value"),
    ("native-00000007 ", "x86-64-v3 ", "x86-64-v3 is given twice"),
    ("native-00000007 ", "z80 ", "'z80' is not a known processor"),
    (" 13824", " 0", "'0' is not a size"),
    (" 13824", "", "a variant needs a processor, a file, a hash and a size"),
    ("kernels 6", "kernels 66", "kernels is not a SHA-256"),
  ])
  func `each damage is named`(old: String, new: String, reason: String) throws {
    let kernels = HexText.text(manifest.kernels)
    let old = old == "kernels 6" ? "kernels \(kernels)" : old
    let new = new == "kernels 66" ? "kernels \(kernels)6" : new
    try #require(text.contains(old))
    #expect(
      why(text.replacing(old, with: new)) == "the artifact's manifest is damaged: \(reason)")
  }

  @Test(arguments: ["../x.so", "/tmp/x.so", ".x.so", "a\u{0}b.so", "ä.so"])
  func `a file outside the folder is refused`(name: String) {
    let library = Manifest.libraryName(plan: plan, cpu: .native(7))
    #expect(why(text.replacing(library, with: name))?.hasSuffix("is not a plain file name") == true)
  }

  @Test func `any bytes get an answer`() throws {
    let bytes = manifest.encoded()
    // Whole but for its last variant it is a manifest too.
    let last = try #require(bytes.dropLast().lastIndex(of: 0x0A))
    for end in 0..<bytes.count where end != last + 1 {
      #expect(throws: ArtifactError.self) { try read(bytes[..<end]) }
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var changed = bytes
      for _ in 0..<3 {
        changed[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      _ = try? Manifest(parsing: changed)
    }
    #expect(throws: ArtifactError.badManifest("it is longer than 65536 bytes")) {
      try Manifest(parsing: [UInt8](repeating: 0x20, count: Manifest.longestBytes + 1))
    }
    #expect(throws: ArtifactError.badManifest("it is not UTF-8")) {
      try Manifest(parsing: [0xff, 0xfe, 0x0A])
    }
  }

  private func read(_ bytes: ArraySlice<UInt8>) throws {
    _ = try Manifest(parsing: bytes)
  }
}
