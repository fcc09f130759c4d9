import Artifacts
import CFxaot
import Foundation
import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  /// Against the installed compiler.
  @Suite(.enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
  struct NativeCompilerTests {
    static let source = """
      import CFxaot
      import Indicators

      @_cdecl("fxaot_native_open")
      public func open(_ out: UnsafeMutablePointer<fxaot_native>?) -> Int32 {
        guard let out else { return 1 }
        out.pointee.abi_version = UInt32(FXAOT_ABI_VERSION)
        out.pointee.world_count = 1
        out.pointee.state_bytes = { world in world == 0 ? 8 : 0 }
        out.pointee.step = { _ in
          { state, bar, _ in
            guard let state, let bar else { return 1 }
            let sum = state.assumingMemoryBound(to: Double.self)
            sum.pointee += bar.pointee.close
            return 0
          }
        }
        return 0
      }
      """

    private func compiler(_ cache: TemporaryFolder) throws -> NativeCompiler {
      NativeCompiler(
        toolchain: try #require(Checkout.toolchain), kernels: try Checkout.kernels(),
        cache: CacheFolders(root: cache.path))
    }

    @Test func `a printed strategy runs`() throws {
      let cache = try TemporaryFolder()
      let library = try compiler(cache).library(of: Self.source, for: .thisMachine)
      #expect(DynamicSymbols(library)?.defined == ["fxaot_native_open"])
      #expect(!cache.files().contains { $0.hasPrefix("work/") })
      let folder = try TemporaryFolder()
      let path = folder.path + "/strategy.so"
      try Data(library).write(to: URL(fileURLWithPath: path))
      let code = try NativeCode(opening: path)
      let step = try #require(code.table.pointee.step(0))
      var sum = 1.5
      var bar = fxaot_script_bar()
      bar.close = 2.25
      #expect(withUnsafeMutablePointer(to: &sum) { step($0, &bar, nil) } == 0)
      #expect(sum == 3.75)
    }

    /// The kernels are compiled once, and a second text for another processor needs its own.
    @Test func `the kernels are compiled once per processor`() throws {
      let cache = try TemporaryFolder()
      let compiler = try compiler(cache)
      let modules = { cache.files().filter { $0.hasSuffix("/Indicators.swiftmodule") } }
      let first = try compiler.library(of: Self.source, for: .thisMachine)
      #expect(modules().count == 1)
      #expect(try compiler.library(of: Self.source, for: .thisMachine) == first)
      #expect(modules().count == 1)
      for level in CPULevel.supported.suffix(1) {
        _ = try compiler.library(of: Self.source, for: level)
      }
      #expect(modules().count == 2)
    }

    @Test(arguments: ["Indicators.swiftmodule", "include/fxaot.h", ".pcm"])
    func `a damaged module is made anew`(_ part: String) throws {
      let cache = try TemporaryFolder()
      let compiler = try compiler(cache)
      let first = try compiler.library(of: Self.source, for: .thisMachine)
      let damaged = try #require(cache.files().first { $0.hasSuffix(part) })
      let path = cache.path + "/" + damaged
      var bytes = try Disk.read(path, limit: 1 << 28)
      bytes[bytes.count / 2] ^= 0xff
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(try compiler.library(of: Self.source, for: .thisMachine) == first)
      #expect(try Disk.read(path, limit: 1 << 28) != bytes)
      try Data(bytes.prefix(100)).write(to: URL(fileURLWithPath: path))
      #expect(try compiler.library(of: Self.source, for: .thisMachine) == first)
    }

    @Test func `what the compiler refuses is one sentence`() throws {
      let cache = try TemporaryFolder()
      let compiler = try compiler(cache)
      #expect(
        throws: CompilerError.failed(
          "swift-frontend could not compile the strategy and ended with exit code 1: line 3: cannot "
            + "find 'nothing' in scope")
      ) {
        try compiler.library(of: "\n\nlet x = nothing\n", for: .thisMachine)
      }
      #expect(!cache.files().contains { $0.hasPrefix("work/") })
    }

    @Test func `a library that needs or exports more is refused`() throws {
      let cache = try TemporaryFolder()
      let compiler = try compiler(cache)
      let system =
        Self.source.replacing("world == 0 ? 8", with: "world == 0 ? UInt64(shell(nil))")
        + "\n@_silgen_name(\"system\") func shell(_ x: UnsafePointer<CChar>?) -> Int32\n"
      #expect(
        throws: CompilerError.failed("the library needs 'system', which is not allowed")
      ) {
        try compiler.library(of: system, for: .thisMachine)
      }
      #expect(throws: CompilerError.self) {
        try compiler.library(of: "public func nothing() {}", for: .thisMachine)
      }
    }

    /// The installed compiler, behind limits of the shell.
    private func limited(_ limits: String) throws -> (NativeCompiler, TemporaryFolder) {
      let real = try #require(Checkout.toolchain)
      let work = "case \"$*\" in *strategy.swift*) \(limits);; esac; exec \(real.frontend) \"$@\""
      let fake = try FakeToolchain(frontend: work, linker: "exec \(real.linker) \"$@\"")
      let cache = try TemporaryFolder()
      let compiler = try fake.compiler(cache: cache)
      _ = try compiler.kernelModule(for: .thisMachine)
      return (compiler, cache)
    }

    @Test func `without memory it fails in a sentence`() throws {
      let (compiler, cache) = try limited("ulimit -v 150000")
      do {
        _ = try compiler.library(of: Self.source, for: .thisMachine)
        Issue.record("it needs no memory")
      } catch {
        #expect(error.reason == "failed")
        #expect(error.sentence.hasPrefix("swift-frontend could not compile the strategy"))
        #expect(!error.sentence.contains("\n"))
      }
      #expect(!cache.files().contains { $0.hasPrefix("work/") })
    }

    @Test(arguments: ["x86-64-v2", "x86-64-v3", "x86-64-v4", "aarch64"])
    func `other processors are refused or served`(name: String) throws {
      let cpu = try #require(CPULevel(name))
      #if arch(x86_64)
        let isOurs = cpu != .aarch64
      #else
        let isOurs = cpu == .aarch64
      #endif
      if isOurs {
        #expect(try !NativeCompiler.march(cpu).isEmpty)
      } else {
        #expect(throws: CompilerError.self) { try NativeCompiler.march(cpu) }
      }
      #expect(throws: CompilerError.self) { try NativeCompiler.march(.native(0)) }
    }
  }
}
