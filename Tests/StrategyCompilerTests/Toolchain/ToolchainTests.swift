import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  struct ToolchainTests {
    private func why(_ environment: [String: String]) -> String? {
      do {
        _ = try Toolchain.find(environment: environment)
        return nil
      } catch {
        #expect(error.reason == "no_toolchain")
        return error.sentence
      }
    }

    @Test func `it is found by folder by program and in the path`() throws {
      let fake = try FakeToolchain()
      let root = fake.folder.path
      let expected = root + "/usr/bin/swift-frontend"
      for place in [root, root + "/usr", root + "/usr/bin", expected] {
        #expect(try Toolchain.find(environment: ["FXAOT_SWIFT": place]).frontend == expected)
      }
      let found = try Toolchain.find(environment: ["PATH": "/nowhere:\(root)/usr/bin"])
      #expect(found.frontend == expected)
      #expect(found.linker == root + "/usr/bin/ld.lld")
      #expect(found.version == "Swift version 6.3.1 (swift-6.3.1-RELEASE)")
    }

    @Test func `a compiler that is missing is a sentence`() throws {
      #expect(
        why(["PATH": "/nowhere"])
          == "no Swift compiler in PATH; install Swift 6.1 or later "
          + "(https://swift.org/install), or set FXAOT_SWIFT to its path")
      #expect(why(["FXAOT_SWIFT": "/nowhere"])?.contains("FXAOT_SWIFT is '/nowhere'") == true)
    }

    @Test func `a compiler that is too old or none is a sentence`() throws {
      let old = try FakeToolchain(version: "Swift version 5.10 (swift-5.10-RELEASE)")
      #expect(why(old.environment)?.hasSuffix("is Swift 5.10; 6.1 or later is needed") == true)
      let odd = try FakeToolchain(version: "Swift version unknown")
      #expect(why(odd.environment)?.contains("is not a Swift compiler") == true)
      let other = try FakeToolchain(version: "gcc 12")
      #expect(why(other.environment)?.hasSuffix("does not print its version") == true)
    }

    @Test func `another linker or compiler of the same version is another toolchain`() throws {
      let fake = try FakeToolchain()
      let first = try Toolchain.find(environment: fake.environment)
      #expect(try Toolchain.find(environment: fake.environment).identity == first.identity)
      try fake.folder.file("usr/bin/ld.lld", "#!/bin/sh\nexit 0 # later\n", mode: 0o755)
      let second = try Toolchain.find(environment: fake.environment)
      #expect(second.version == first.version)
      #expect(second.identity != first.identity)
    }

    @Test func `what else it needs is named`() throws {
      let plain = try FakeToolchain(hasEmbedded: false)
      #expect(why(plain.environment)?.contains("has no Embedded Swift") == true)
      let unlinked = try FakeToolchain()
      try unlinked.folder.file("usr/bin/ld.lld", mode: 0o644)
      #expect(
        why(["FXAOT_SWIFT": unlinked.folder.path])?.contains("no linker ld.lld") == true)
    }

    @Test func `a compiler is asked for its version once`() throws {
      let fake = try FakeToolchain()
      let kept = try TemporaryFolder()
      let first = try Toolchain.find(environment: fake.environment, versions: kept.path)
      #expect(kept.files().count == 1)
      try kept.file(kept.files()[0], "Swift version 6.9 (kept)")
      let second = try Toolchain.find(environment: fake.environment, versions: kept.path)
      #expect(first.version != second.version)
      #expect(second.version == "Swift version 6.9 (kept)")
    }

    @Test func `kernels are named by their texts and not by their place`() throws {
      let folder = try TemporaryFolder()
      func make(_ place: String, _ text: String) throws -> [UInt8] {
        try folder.file("\(place)/Indicators/Pine/A.swift", text)
        try folder.file("\(place)/include/module.modulemap", "module CFxaot {}")
        return try KernelSources.find(
          environment: ["FXAOT_KERNELS": folder.path + "/" + place], tool: "/nowhere"
        ).hash
      }
      let first = try make("one", "a")
      #expect(try make("two", "a") == first)
      #expect(try make("three", "b") != first)
    }

    @Test func `kernels are found near the tool or their lack is a sentence`() throws {
      let folder = try TemporaryFolder()
      try folder.file("priv/kernels/Indicators/A.swift", "a")
      try folder.file("priv/kernels/include/module.modulemap", "module CFxaot {}")
      for tool in ["bin/fxaot", "priv/fxaot", ".build/x/release/fxaot-tool"] {
        let path = try folder.file(tool)
        #expect(try KernelSources.find(environment: [:], tool: path).sources.count == 1)
      }
      let elsewhere = try TemporaryFolder()
      #expect(throws: CompilerError.self) {
        try KernelSources.find(environment: ["FXAOT_KERNELS": elsewhere.path], tool: "/nowhere")
      }
    }
  }
}
