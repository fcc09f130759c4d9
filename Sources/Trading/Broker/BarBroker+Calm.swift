import StrategyVM

/// Bars of a back-test on which the broker has nothing to do but to remember where the price has been: one look at
/// their prices is enough, and they are taken many at a time.
extension BarBroker {
  /// Prices, and the equity at both: the least and the most of what the broker and the script count.
  package struct CalmSpan {
    package let low, high: Double
    package let leastEquity, mostEquity: Double
  }

  /// Nothing waits for a bar, and no rule watches its path.
  @inlinable @inline(__always)
  package var isIdle: Bool {
    venue.orders.isEmpty && venue.legs.isEmpty && !risk.needsPath && !risk.hasClosedInBar
  }

  /// Counts what ends a calm span: trades and rates.
  @inlinable @inline(__always)
  package var bookChanges: Int { book.changes }

  /// Prices of bars on which an idle broker's equity sets no record, covers its margin, and lies between the two bounds;
  /// nil where there are none. It holds until `bookChanges` counts on. O(open trades).
  package func calmSpan(from lowest: Double, to highest: Double) -> CalmSpan? {
    guard book.position != 0 else {
      let equity = book.realisedEquity
      return CalmSpan(low: -.infinity, high: .infinity, leastEquity: equity, mostEquity: equity)
    }
    var span = PriceSpan.everywhere
    book.narrow(&span, from: lowest, to: highest)
    guard span.low < span.high, book.totals.trough >= 0 else { return nil }
    // The bounds are worked out backwards. Equity is monotonic in the price, rounded or not, so both ends prove the rest.
    let isLong = book.position > 0
    let ends = book.equities(from: isLong ? span.low : span.high, to: isLong ? span.high : span.low)
    guard book.totals.isWithinRecords(from: ends.low, to: ends.high) else { return nil }
    return CalmSpan(low: span.low, high: span.high, leastEquity: ends.least, mostEquity: ends.most)
  }

  /// What `afterBar` has of a calm bar.
  package var calmAccount: (realised: Double, isInMarket: Bool) { (book.realisedEquity, book.position != 0) }

  /// Takes bars within a calm span, up to `bar`, of which `low` and `high` are the extremes: leaves all as `advance` does.
  package func pass(to bar: ScriptBar, index: Int64, low: Double, high: Double) {
    self.bar = bar
    barIndex = index
    book.isStale = true
    venue.price = bar.close
    guard book.position != 0 else {
      book.lowestEquity = book.realisedEquity
      return
    }
    book.unmarked.include(low: low, high: high)
    book.lowestEquity = book.equity(at: book.position > 0 ? bar.low : bar.high)
  }
}
