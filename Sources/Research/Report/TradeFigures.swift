/// Figures of TradingView's strategy report that come from the list of trades, for all, long and short ones.
extension RunRecord {
  /// The sums over some of the trades.
  struct Sums {
    var count = 0
    var wins = 0
    var losses = 0
    var net = 0.0
    var gain = 0.0
    var loss = 0.0
    var commission = 0.0
    var best = -Double.infinity
    var worst = Double.infinity
    var bestPercent = -Double.infinity
    var worstPercent = Double.infinity
    var percent = 0.0
    var winPercent = 0.0
    var lossPercent = 0.0
    var bars = 0
    var winBars = 0
    var lossBars = 0
    var marginCalls = 0
    var openCount = 0
    var openProfit = 0.0

    mutating func add(_ trade: ListedTrade, bars length: Int) {
      let (profit, share) = (trade.profit, trade.profitPercent)
      count += 1
      net += profit
      commission += trade.commission
      best = max(best, profit)
      worst = min(worst, profit)
      bestPercent = max(bestPercent, share)
      worstPercent = min(worstPercent, share)
      percent += share
      bars += length
      if trade.isMarginCall { marginCalls += 1 }
      if profit > 0 {
        wins += 1
        gain += profit
        winPercent += share
        winBars += length
      } else if profit < 0 {
        losses += 1
        loss -= profit
        lossPercent += share
        lossBars += length
      }
    }

    mutating func add(open trade: ListedTrade) {
      openCount += 1
      openProfit += trade.profit
      commission += trade.commission
    }
  }

  /// Of all trades, the long ones, the short ones.
  var sums: [Sums] {
    var sums = [Sums(), Sums(), Sums()]
    for trade in trades {
      let side = trade.isLong ? 1 : 2
      if let exitTime = trade.exitTime {
        let length = (place(of: exitTime) ?? 0) - (place(of: trade.entryTime) ?? 0)
        sums[0].add(trade, bars: length)
        sums[side].add(trade, bars: length)
      } else {
        sums[0].add(open: trade)
        sums[side].add(open: trade)
      }
    }
    return sums
  }

  static let noTrades = "there are no closed trades"
  static let noWins = "no trade has won"
  static let noLosses = "no trade has lost"
  static let noValue = "the value of the trades is not known"
  static let noCosts = "the list of trades does not tell it"

  var tradeFigures: [Figure] {
    let row = FigureRow(group: .trades, sums: sums)
    func mean(_ total: Double, _ count: Int, _ reason: String) -> Figure.Value {
      count > 0 ? Figure.Value(total / Double(count), else: Self.noValue) : .none(reason)
    }
    func count(_ number: Int) -> Figure.Value { .number(Double(number)) }
    return [
      row("Total trades", .count, "Closed trades. A partial exit closes a trade of its own.") { count($0.count) },
      row("Open trades", .count, "Trades that are still open at the end.") { count($0.openCount) },
      row("Winning trades", .count, "Closed trades with a profit above 0 after commission.") { count($0.wins) },
      row("Losing trades", .count, "Closed trades with a profit below 0 after commission.") { count($0.losses) },
      row("Percent profitable", .percent, "Winning trades / total trades.") {
        mean(Double($0.wins) * 100, $0.count, Self.noTrades)
      },
      row("Average trade", .money, "Net profit / total trades.") { mean($0.net, $0.count, Self.noTrades) },
      row("Average trade %", .percent, "Mean of profit / entry value over closed trades.") {
        mean($0.percent, $0.count, Self.noTrades)
      },
      row("Average winning trade", .money, "Gross profit / winning trades.") {
        mean($0.gain, $0.wins, Self.noWins)
      },
      row("Average winning trade %", .percent, "Mean of profit / entry value over winning trades.") {
        mean($0.winPercent, $0.wins, Self.noWins)
      },
      row("Average losing trade", .money, "Gross loss / losing trades, as a positive number.") {
        mean($0.loss, $0.losses, Self.noLosses)
      },
      row("Average losing trade %", .percent, "Mean of loss / entry value over losing trades, as a positive number.") {
        mean(-$0.lossPercent, $0.losses, Self.noLosses)
      },
      row("Average win / average loss", .ratio, "Average winning trade / average losing trade.") {
        if $0.wins == 0 { return .none(Self.noWins) }
        if $0.losses == 0 { return .none(Self.noLosses) }
        return .number($0.gain / Double($0.wins) / ($0.loss / Double($0.losses)))
      },
      row("Largest winning trade", .money, "The highest profit of a closed trade.") {
        $0.wins > 0 ? .number($0.best) : .none(Self.noWins)
      },
      row("Largest winning trade %", .percent, "The highest profit / entry value of a closed trade.") {
        $0.wins > 0 ? Figure.Value($0.bestPercent, else: Self.noValue) : .none(Self.noWins)
      },
      row("Largest win of gross profit", .percent, "Largest winning trade / gross profit.") {
        $0.wins > 0 ? .number($0.best / $0.gain * 100) : .none(Self.noWins)
      },
      row("Largest losing trade", .money, "The highest loss of a closed trade, as a positive number.") {
        $0.losses > 0 ? .number(-$0.worst) : .none(Self.noLosses)
      },
      row("Largest losing trade %", .percent, "The highest loss / entry value, as a positive number.") {
        $0.losses > 0 ? Figure.Value(-$0.worstPercent, else: Self.noValue) : .none(Self.noLosses)
      },
      row("Largest loss of gross loss", .percent, "Largest losing trade / gross loss.") {
        $0.losses > 0 ? .number(-$0.worst / $0.loss * 100) : .none(Self.noLosses)
      },
      row("Average bars in trades", .bars, "Mean of the exit bar's number less the entry bar's.") {
        mean(Double($0.bars), $0.count, Self.noTrades)
      },
      row("Average bars in winning trades", .bars, "The same of winning trades.") {
        mean(Double($0.winBars), $0.wins, Self.noWins)
      },
      row("Average bars in losing trades", .bars, "The same of losing trades.") {
        mean(Double($0.lossBars), $0.losses, Self.noLosses)
      },
      row("Margin calls", .count, "Trades, or parts of them, that were closed because equity did not cover the margin.")
      {
        knowsCosts ? count($0.marginCalls) : .none(Self.noCosts)
      },
    ]
  }
}
