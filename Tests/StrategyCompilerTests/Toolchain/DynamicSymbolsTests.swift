import Foundation
import Testing

@testable import StrategyCompiler

struct DynamicSymbolsTests {
  /// The C library itself.
  private static let library = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64"]
    .map { $0 + "/libm.so.6" }.first { FileManager.default.fileExists(atPath: $0) }

  @Test(.enabled(if: library != nil))
  func `a system librarys symbols are read`() throws {
    let bytes = try Disk.read(try #require(Self.library), limit: 1 << 26)
    let symbols = try #require(DynamicSymbols(bytes))
    #expect(symbols.defined.contains("pow"))
    #expect(!symbols.undefined.contains("pow"))
  }

  @Test(.enabled(if: library != nil))
  func `any bytes get an answer`() throws {
    let bytes = try Disk.read(try #require(Self.library), limit: 1 << 26)
    #expect(DynamicSymbols([]) == nil)
    for count in [1, 63, 64, 65, 1_000, bytes.count / 2] {
      #expect(DynamicSymbols(Array(bytes[..<count])) == nil)
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      var changed = Array(bytes)
      for _ in 0..<8 { changed[.random(in: 16..<64, using: &generator)] = .random(in: 0...255) }
      _ = DynamicSymbols(changed)
    }
  }
}
