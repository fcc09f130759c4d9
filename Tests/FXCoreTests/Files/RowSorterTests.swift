import CFxaot
import Testing

@testable import FXCore

/// The order of rows, in memory and within a window.
struct RowSorterTests {
  private func quotes(_ times: [Int64]) -> [fxaot_quote] {
    times.enumerated().map { index, time in
      fxaot_quote(time_ns: time, symbol: 1, bid: Double(index), ask: 1, bid_size: 0, ask_size: 0)
    }
  }

  /// What comes out in portions of three, for rows added in portions of two.
  private func sorted(
    _ quotes: [fxaot_quote], _ sorter: inout RowSorter
  ) throws -> [(time: Int64, bid: Double)] {
    var result: [(time: Int64, bid: Double)] = []
    var out = [fxaot_quote](repeating: fxaot_quote(), count: 8)
    func drain() {
      while true {
        let count = out.withUnsafeMutableBytes { bytes in
          bytes.baseAddress.map { sorter.take(into: $0, capacity: 8) } ?? 0
        }
        if count == 0 { return }
        result += out[..<count].map { ($0.time_ns, $0.bid) }
      }
    }
    for start in stride(from: 0, to: quotes.count, by: 4) {
      let part = Array(quotes[start..<min(start + 4, quotes.count)])
      try part.withUnsafeBytes { try sorter.add($0.baseAddress!, count: part.count) }
      drain()
    }
    sorter.finish()
    drain()
    return result
  }

  @Test func rowsOfOneTimeKeepTheirOrder() throws {
    var sorter = RowSorter(width: 1)
    let result = try sorted(quotes([5, 3, 5, 1, 3]), &sorter)
    #expect(result.map(\.time) == [1, 3, 3, 5, 5])
    #expect(result.map(\.bid) == [3, 1, 4, 0, 2])
    #expect(sorter.unordered == 2)
  }

  @Test func aBarsFourQuotesStayTogether() throws {
    var sorter = RowSorter(width: 4)
    let result = try sorted(quotes([20, 25, 30, 35, 10, 15, 20, 25]), &sorter)
    #expect(result.map(\.time) == [10, 15, 20, 25, 20, 25, 30, 35])
    #expect(sorter.unordered == 1)
  }

  @Test func beyondTheMemoryAWindowIsSorted() throws {
    // Room for 8 quotes, a window of 4.
    var sorter = RowSorter(width: 1, memoryLimit: 8 * 48, window: 4)
    let times: [Int64] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 9, 11, 12, 14, 13, 16, 15]
    #expect(try sorted(quotes(times), &sorter).map(\.time) == times.sorted())
    var late = RowSorter(width: 1, memoryLimit: 8 * 48, window: 4)
    #expect(throws: RowSorter.TooLate.self) {
      try sorted(quotes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 13, 14, 15]), &late)
    }
  }

  @Test func repeatsAreCounted() throws {
    var sorter = RowSorter(width: 1)
    let quote = quotes([7])[0]
    _ = try sorted([quote, quote, quotes([8])[0], quote], &sorter)
    #expect(sorter.repeated == 2)
  }
}
