import CFxaot
import Records
import Testing

@testable import FXCore

struct RejectCountsTests {
  private func read(_ counts: RejectCounts) -> [[UInt32]] {
    var stats = fxaot_strategy_stats()
    counts.read(into: &stats)
    return stats.refusals
  }

  @Test func `reasons are counted in the order in which they first came`() {
    var counts = RejectCounts()
    #expect(read(counts) == [])
    for code: UInt32 in [7, 3, 7, 7, 1, 3] { counts.add(code) }
    #expect(read(counts) == [[7, 3], [3, 2], [1, 1]])
  }

  @Test func `the sixteenth reason and further ones are counted together`() {
    var counts = RejectCounts()
    for code in UInt32(1)...20 { counts.add(code) }
    counts.add(15)
    counts.add(16)
    #expect(read(counts) == (UInt32(1)...15).map { [$0, $0 == 15 ? 2 : 1] } + [[0, 6]])
  }

  @Test func `they are saved and loaded`() {
    var counts = RejectCounts()
    for code in UInt32(1)...17 { counts.add(code) }
    var saver = StateSaver()
    counts.persist(&saver)
    let again = saver.bytes().withUnsafeBytes { bytes in
      var loader = StateLoader(bytes, format: StateFormat.newest)
      var again = RejectCounts()
      again.persist(&loader)
      return loader.isValid && loader.isAtEnd ? again : nil
    }
    #expect(again.map(read) == read(counts))
  }
}
