import Artifacts
import Foundation
import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  /// Compilers that fail: each is a sentence, and leaves nothing behind.
  struct CompilerFailureTests {
    /// What a failing compiler leads to, when it fails with the kernels already compiled.
    private func failure(
      frontend: String, linker: String = "exit 0", seconds: Double = 60,
      isCancelled: @escaping () -> Bool = { false }
    ) throws -> CompilerError? {
      let isModule = "case \"$*\" in *emit-module*|*warm.swift*) touch \"$last\"; exit 0;; esac"
      let fake = try FakeToolchain(frontend: "\(isModule)\n\(frontend)", linker: linker)
      let cache = try TemporaryFolder()
      var compiler = try fake.compiler(cache: cache)
      _ = try compiler.kernelModule(for: .thisMachine)
      compiler.seconds = seconds
      compiler.isCancelled = isCancelled
      defer { #expect(!cache.files().contains { $0.hasPrefix("work/") }) }
      do {
        _ = try compiler.library(of: "", for: .thisMachine)
        return nil
      } catch {
        return error
      }
    }

    @Test func `one that is killed is a sentence`() throws {
      #expect(
        try failure(frontend: "kill -9 $$")
          == .failed(
            "swift-frontend could not compile the strategy and was killed, perhaps for lack of memory"
          ))
      #expect(
        try failure(frontend: "touch \"$last\"; exit 0", linker: "kill -11 $$")
          == .failed("ld.lld could not link the strategy and was ended by signal 11"))
    }

    @Test func `one that hangs is stopped`() throws {
      #expect(
        try failure(frontend: "exec sleep 1000", seconds: 0.2)
          == .failed("swift-frontend did not compile the strategy within 1 s and was stopped"))
      // It says nothing any more, but does not end either.
      #expect(
        try failure(frontend: "exec sleep 1000 >/dev/null 2>&1", seconds: 0.2)
          == .failed("swift-frontend did not compile the strategy within 1 s and was stopped"))
    }

    @Test func `one that nobody waits for is stopped`() throws {
      #expect(try failure(frontend: "exec sleep 1000", isCancelled: { true }) == .cancelled)
    }

    @Test func `one that finds no room is a matter of the disk`() throws {
      #expect(
        try failure(frontend: "echo 'error: write: No space left on device' >&2; exit 1")
          == .disk("swift-frontend could not compile the strategy: the disk is full"))
      #expect(
        try failure(frontend: "ulimit -f 1; exec head -c 100000 /dev/zero > \"$last\"")
          == .disk(
            "swift-frontend could not compile the strategy: the limit on file sizes is too low"))
    }

    @Test func `one that writes nothing or nonsense is a sentence`() throws {
      #expect(try failure(frontend: "exit 0")?.reason == "disk")
      let nonsense =
        "for last; do :; done; while [ \"$1\" != -o ]; do shift; done; echo no > \"$2\""
      #expect(
        try failure(frontend: "echo > \"$last\"", linker: nonsense)
          == .failed("the linker's output is not a shared library"))
    }

    @Test func `one that talks a lot is cut short`() throws {
      let error = try failure(
        frontend: "yes 'x.swift:7:1: error: no end of it' | head -c 5000000 >&2; exit 1")
      #expect(
        error
          == .failed(
            "swift-frontend could not compile the strategy and ended with exit code 1: line 7: no end "
              + "of it"))
    }

    @Test func `kernels that cannot be compiled leave no module`() throws {
      let fake = try FakeToolchain(frontend: "echo x > \"$last\"; exit 3")
      let cache = try TemporaryFolder()
      let compiler = try fake.compiler(cache: cache)
      #expect(
        throws: CompilerError.failed(
          "swift-frontend could not compile the kernels and ended with exit code 3")
      ) {
        try compiler.library(of: "", for: .thisMachine)
      }
      #expect(cache.files().isEmpty)
    }

    @Test func `a cache that cannot be written is a sentence`() throws {
      let fake = try FakeToolchain(frontend: "touch \"$last\"")
      let cache = try TemporaryFolder()
      let file = try cache.file("file")
      var compiler = try fake.compiler(cache: cache)
      compiler = NativeCompiler(
        toolchain: compiler.toolchain, kernels: compiler.kernels,
        cache: CacheFolders(root: file + "/cache"))
      do {
        _ = try compiler.library(of: "", for: .thisMachine)
        Issue.record("it was written into a file")
      } catch {
        #expect(error.reason == "disk")
        #expect(error.sentence.hasPrefix("cannot make the folder \(file): "))
      }
    }
  }
}
