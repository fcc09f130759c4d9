import Calendar
import StrategyVM

extension RunRecord {
  /// The account that a list of trades makes over bars: the capital, the profits of the trades that have ended by a bar,
  /// and what the open ones gain at its prices. Excursions, commission and margin calls are not known.
  ///
  /// A trade is open from its entry's bar to the bar before its exit's. O(bars + trades · open trades).
  public init(
    trades listed: [ListedTrade], bars: [ScriptBar], initialCapital: Double, pointValue: Double,
    calendar: TradingCalendar
  ) {
    self.init(initialCapital: initialCapital)
    knowsCosts = false
    let entries = listed.indices.sorted { (listed[$0].entryTime, $0) < (listed[$1].entryTime, $1) }
    let exits = listed.indices.filter { listed[$0].exitTime != nil }
      .sorted { (listed[$0].exitTime ?? 0, $0) < (listed[$1].exitTime ?? 0, $1) }
    var (entry, exit, realised) = (0, 0, initialCapital)
    var open: [Int] = []
    for (place, bar) in bars.enumerated() {
      let end = place + 1 < bars.count ? bars[place + 1].time : Int64.max
      while entry < entries.count, listed[entries[entry]].entryTime < end {
        open.append(entries[entry])
        entry += 1
      }
      while exit < exits.count, (listed[exits[exit]].exitTime ?? 0) < end {
        realised += listed[exits[exit]].profit
        open.removeAll { $0 == exits[exit] }
        exit += 1
      }
      func worth(_ price: (ListedTrade) -> Double) -> Double {
        open.reduce(realised) { sum, number in
          let trade = listed[number]
          let move = price(trade) - trade.entryPrice
          return sum + (trade.isLong ? move : -move) * trade.quantity * pointValue
        }
      }
      note(
        bar, day: calendar.tradingDay(at: bar.time), equity: worth { _ in bar.close },
        lowest: worth { $0.isLong ? bar.low : bar.high }, realised: realised, inMarket: !open.isEmpty)
    }
    trades = listed.map { trade in
      var trade = trade
      trade.value = trade.quantity * trade.entryPrice * pointValue
      return trade
    }
  }
}
