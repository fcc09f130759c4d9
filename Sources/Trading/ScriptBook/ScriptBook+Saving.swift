import Records
import StrategyIR

/// The bytes of closed trades that do not change any more, shared with snapshots of the engine.
package final class SealedTrades: SavedLater {
  static let count = 64
  private let bytes: [UInt8]

  init(_ first: UnsafeMutablePointer<TradeRecord>) {
    bytes = saved(UnsafeBufferPointer(start: first, count: Self.count))
  }

  package var byteCount: Int { bytes.count }
  package func append(to all: inout [UInt8]) -> Bool {
    all += bytes
    return true
  }
}

/// The newest closed trades, which are too few to be sealed, as they are in memory: to copy them is faster than to
/// write their bytes.
private final class CopiedTrades: SavedLater {
  private let trades: [TradeRecord]

  init(_ first: UnsafeMutablePointer<TradeRecord>, count: Int) {
    trades = Array(UnsafeBufferPointer(start: first, count: count))
  }

  var byteCount: Int { trades.count * 128 }
  func append(to all: inout [UInt8]) -> Bool {
    all += trades.withUnsafeBufferPointer(saved)
    return true
  }
}

private func saved(_ trades: UnsafeBufferPointer<TradeRecord>) -> [UInt8] {
  var saver = StateSaver(room: trades.count * 128)
  for var trade in trades { trade.persist(&saver) }
  return saver.bytes()
}

extension ScriptBook {
  /// Before a trade is added: all before it are whole. O(1) on average.
  func sealTrades() {
    while (sealedTrades.count + 1) * SealedTrades.count <= closedTrades.count {
      sealedTrades.append(SealedTrades(closedTrades.base + sealedTrades.count * SealedTrades.count))
    }
  }

  /// Settings, grids and the point's value are given by the program and its instrument.
  func persist(_ archive: inout some StateArchive) {
    archive(&unitValue)
    var rate = rate
    archive(&rate)
    restore(rate: rate)
    archive(&position)
    archive(&averagePrice)
    openTrades.persist(&archive, fresh: TradeRecord(), bytes: 100) { $1.persist(&$0) }
    persistClosedTrades(&archive)
    totals.persist(&archive)
    archive(&lowestEquity)
    archive(&unmarked.low)
    archive(&unmarked.high)
    if archive.isLoading {
      isStale = true
      hasTraded = true
      safePrices = .nowhere
    }
  }

  private func persistClosedTrades(_ archive: inout some StateArchive) {
    var count = closedTrades.count
    archive.count(&count, bytes: 100)
    if archive.isLoading {
      closedTrades.removeAll()
      sealedTrades = []
      for _ in 0..<count where archive.isValid {
        var trade = TradeRecord()
        trade.persist(&archive)
        closedTrades.append(trade)
      }
      return
    }
    for sealed in sealedTrades { archive.later(sealed) }
    let rest = sealedTrades.count * SealedTrades.count
    if rest < count { archive.later(CopiedTrades(closedTrades.base + rest, count: count - rest)) }
  }
}

extension TradeRecord {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive(&entryID)
    archive(&exitID)
    archive(&entryComment)
    archive(&exitComment)
    archive(&exitReason)
    archive(&entryBar)
    archive(&exitBar)
    archive(&entryTime)
    archive(&exitTime)
    archive(&entryPrice)
    archive(&exitPrice)
    archive(&size)
    archive(&profit)
    archive(&commission)
    archive(&maxRunup)
    archive(&maxDrawdown)
    archive(&rate)
  }
}

extension BookTotals {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&netProfit)
    archive(&grossProfit)
    archive(&grossLoss)
    archive(&commission)
    archive(&wins)
    archive(&losses)
    archive(&evens)
    archive(&percentSum)
    archive(&winPercentSum)
    archive(&lossPercentSum)
    archive(&heldLong)
    archive(&heldShort)
    archive(&peak)
    archive(&trough)
    archive(&maxDrawdown)
    archive(&maxDrawdownPercent)
    archive(&maxRunup)
    archive(&maxRunupPercent)
    if archive.isLoading { (calmLow, calmHigh) = (.infinity, -.infinity) }
    let counts = 0...(1 << 40)
    if !counts.contains(wins) || !counts.contains(losses) || !counts.contains(evens) { archive.fail() }
  }
}
