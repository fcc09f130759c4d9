import StrategyIR
import Testing

@testable import Trading

/// The records of a book's equity.
struct BookTotalsTests {
  private let capital = 1_000.0

  private func records(_ totals: BookTotals) -> [Double] {
    [totals.maxDrawdown, totals.maxDrawdownPercent, totals.maxRunup, totals.maxRunupPercent]
  }

  /// Equities of a random walk, with closed trades in between, each span asked for before it is noted.
  @Test(arguments: 1...20)
  func `equities that are within the records change none of them`(_ seed: UInt64) {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    var totals = BookTotals()
    (totals.peak, totals.trough) = (capital, capital)
    var within = 0
    for step in 0..<5_000 {
      let equity = max(1, capital + totals.netProfit + (random() - 0.5) * 80)
      let low = equity - random() * min(10, equity)
      let high = equity + random() * 10
      if totals.isWithinRecords(from: low, to: high) {
        within += 1
        var noted = totals
        for share in [0, 0.3, 0.7, 1] { noted.note(equity: low + (high - low) * share) }
        #expect(records(noted) == records(totals))
      }
      totals.note(equity: high)
      totals.note(equity: low)
      if step % 12 == 11 { close(&totals, profit: (random() - 0.5) * 40) }
    }
    #expect(within > 2_500)
  }

  @Test func `a new peak makes a fall larger that was within the records`() {
    var totals = BookTotals()
    (totals.peak, totals.trough) = (capital, capital)
    for equity in [1_100.0, 900] { totals.note(equity: equity) }
    let before = totals.isWithinRecords(from: 901, to: 1_010)
    close(&totals, profit: 50)
    let after = totals.isWithinRecords(from: 901, to: 1_010)
    let higher = totals.isWithinRecords(from: 951, to: 1_010)
    #expect([before, after, higher] == [true, false, true])
  }

  private func close(_ totals: inout BookTotals, profit: Double) {
    var trade = TradeRecord()
    trade.profit = profit
    trade.size = 1
    trade.entryPrice = 1
    totals.add(&trade, pointValue: 1, initialCapital: capital)
  }
}
