import StrategyIR

@testable import Research

/// FNV-1a over what a run has left, each double by its bits; every nan counts as the same.
struct RunHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bits: UInt64) {
    for byte in 0..<8 {
      value = (value ^ (bits >> UInt64(8 * byte) & 0xFF)) &* 0x100_0000_01B3
    }
  }
  mutating func add(_ number: Double) { add(number.isNaN ? ~0 : number.bitPattern) }
  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ trade: TradeRecord) {
    for text in [trade.entryID, trade.exitID, trade.entryComment, trade.exitComment] {
      add(UInt64(text))
    }
    add(UInt64(trade.exitReason.rawValue))
    for time in [trade.entryBar, trade.exitBar, trade.entryTime, trade.exitTime] { add(Int(time)) }
    for number in [
      trade.entryPrice, trade.exitPrice, trade.size, trade.profit, trade.commission,
      trade.maxRunup, trade.maxDrawdown,
    ] { add(number) }
  }

  /// All that a script can read.
  mutating func add(_ book: BookView) {
    // Runs were recorded before there was a rate, which is 1 in all of them.
    for field in BookField.allCases where field != .accountRate { add(book.numbers[Int(field.rawValue)]) }
    add(UInt64(book.positionEntryName))
    add(book.openCount)
    for index in 0..<book.openCount {
      if let trade = book.openTrades?[index] { add(trade) }
    }
    add(book.closedCount)
    if let last = book.closedTrades, book.closedCount > 0 { add(last[book.closedCount - 1]) }
  }

  mutating func add(_ statistics: Statistics) {
    for count in [
      statistics.bars, statistics.trades, statistics.openTrades, statistics.wins,
      statistics.losses,
    ] { add(count) }
    for number in [
      statistics.netProfit, statistics.netProfitPercent, statistics.openProfit,
      statistics.grossProfit, statistics.grossLoss, statistics.commission,
      statistics.maxDrawdown, statistics.maxDrawdownPercent, statistics.sharpe,
      statistics.exposure,
    ] { add(number) }
  }

  mutating func add(_ trades: [ListedTrade]) {
    for trade in trades {
      for byte in (trade.entryName + "|" + trade.exitName).utf8 { add(UInt64(byte)) }
      add(trade.number)
      add(trade.isLong ? 1 : 0)
      add(Int(trade.entryTime))
      add(Int(trade.exitTime ?? -1))
      for number in [trade.entryPrice, trade.exitPrice, trade.quantity, trade.profit] {
        add(number)
      }
    }
  }
}
