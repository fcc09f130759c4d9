import Libc

/// Figures of TradingView's strategy report that need the equity.
extension RunRecord {
  static let wholeAccount = "known for the account as a whole only"
  static let noCapital = "there is no initial capital"

  private func ofCapital(_ money: Double) -> Figure.Value {
    initialCapital > 0 ? .number(money / initialCapital * 100) : .none(Self.noCapital)
  }

  /// Milliseconds from the first bar's opening to the last one's close.
  var span: Double {
    guard let first = bars.first, let last = bars.last else { return 0 }
    return Double(max(last.timeClose, last.time) - first.time)
  }

  /// What the initial capital would have earned, bought at the first trade's entry and held to the end.
  var buyAndHold: Figure.Value {
    guard !isConverted else { return .none("prices are in another currency than the account") }
    guard let entry = trades.min(by: { $0.entryTime < $1.entryTime }), let last = bars.last else {
      return .none("there are no trades")
    }
    return Figure.Value((last.close / entry.entryPrice - 1) * initialCapital, else: "there is no price to buy at")
  }

  var performanceFigures: [Figure] {
    let row = FigureRow(group: .performance, sums: sums)
    let final = equity.last ?? initialCapital
    let held = buyAndHold
    let years = span / (365 * 86_400_000)
    return [
      row("Initial capital", .money, "The account's money before the first trade.", .number(initialCapital)),
      row("Net profit", .money, "Sum of the closed trades' profits, after commission.") { .number($0.net) },
      row("Return on initial capital", .percent, "Net profit / initial capital.") { ofCapital($0.net) },
      row("Open profit", .money, "Profit of the open trades at the last close, after the commission paid so far.") {
        .number($0.openProfit)
      },
      row("Gross profit", .money, "Sum of the winning trades' profits.") { .number($0.gain) },
      row("Gross loss", .money, "Sum of the losing trades' losses, as a positive number.") { .number($0.loss) },
      row("Profit factor", .ratio, "Gross profit / gross loss.") {
        $0.loss > 0 ? .number($0.gain / $0.loss) : .none($0.count == 0 ? Self.noTrades : Self.noLosses)
      },
      row("Commission paid", .money, "Of closed trades, and of open ones so far.") {
        knowsCosts ? .number($0.commission) : .none(Self.noCosts)
      },
      row("Net profit of largest loss", .percent, "Net profit / largest losing trade.") {
        $0.losses > 0 ? .number($0.net / -$0.worst * 100) : .none(Self.noLosses)
      },
      row(
        "Buy and hold", .money,
        "What the initial capital had earned, bought at the first trade's entry price and held to the last close.", held
      ),
      row(
        "Buy and hold %", .percent, "Buy and hold / initial capital.",
        held.number.map(ofCapital) ?? held),
      row(
        "Strategy outperformance", .money, "Final equity less initial capital less buy and hold.",
        held.number.map { .number(final - initialCapital - $0) } ?? held),
      row(
        "Annualized return (CAGR)", .percent,
        "(Final equity / initial capital) ^ (1 / years) − 1; years of 365 days from the first bar's opening to the last close.",
        initialCapital > 0 && final > 0 && years > 0
          ? Figure.Value((pow(final / initialCapital, 1 / years) - 1) * 100, else: "it is beyond all bounds")
          : .none("equity is not above 0, or no time has passed")),
      Figure(
        .performance, "Max contracts held", .units, "The largest position at any moment.",
        [
          maxHeldLong.flatMap { long in maxHeldShort.map { .number(max(long, $0)) } } ?? .none(Self.noCosts),
          maxHeldLong.map { .number($0) } ?? .none(Self.noCosts),
          maxHeldShort.map { .number($0) } ?? .none(Self.noCosts),
        ]),
    ]
  }

  var riskFigures: [Figure] {
    let row = FigureRow(group: .risk)
    let swings = EquitySwings(equity, times: bars.map(\.time), from: initialCapital)
    let noFall = "equity has never fallen"
    let noRise = "equity has never risen"
    let riskFree = Int(exactly: curve.riskFreeRate).map { "\($0)" } ?? "\(curve.riskFreeRate)"
    let noReturns = "there are fewer than two days, or their returns are all the same"
    return [
      row(
        "Max drawdown", .money, "From the highest equity at a bar's close to the lowest within a later bar.",
        .number(curve.maxDrawdown)),
      row(
        "Max drawdown %", .percent, "The deepest such fall in percent of the equity that it starts from.",
        .number(curve.maxDrawdownPercent)),
      row(
        "Return of max drawdown", .ratio, "Net profit / max drawdown.",
        curve.maxDrawdown > 0 ? .number(sums[0].net / curve.maxDrawdown) : .none(noFall)),
      row(
        "Average drawdown", .money,
        "Mean depth of the falls between two highs of the equity, at the bars' closes; an unended fall counts.",
        swings.falls.mean(\.size, else: noFall)),
      row(
        "Average drawdown duration", .duration, "Mean time from a high to its next higher close, or to the end.",
        swings.falls.mean(\.duration, else: noFall)),
      row(
        "Max run-up", .money,
        "The highest equity at a bar's close less the lowest before it, the initial capital included.",
        swings.maxRunup > 0 ? .number(swings.maxRunup) : .none(noRise)),
      row(
        "Average run-up", .money,
        "Mean rise from the lowest close of a fall (first: the initial capital) to the high before the next fall.",
        swings.rises.mean(\.size, else: noRise)),
      row(
        "Average run-up duration", .duration, "Mean time of these rises.",
        swings.rises.mean(\.duration, else: noRise)),
      row(
        "Sharpe ratio", .ratio,
        "(Mean monthly return − \(riskFree) % / 12) / standard deviation (population) of monthly returns of closed "
          + "trades; with fewer than three months, of daily ones with \(riskFree) % / 365.",
        Figure.Value(curve.sharpe, else: noReturns)),
      row(
        "Sortino ratio", .ratio,
        "As the Sharpe ratio, over the root of the mean square of the returns below 0 (0 for the others).",
        Figure.Value(curve.sortino, else: "no period has lost, or there are fewer than two")),
      row(
        "Time in the market", .percent, "Bars that end with a position / all bars.",
        curve.bars > 0
          ? .number(Double(curve.barsInMarket) / Double(curve.bars) * 100) : .none("there are no bars")),
    ]
  }
}

/// The falls of an equity from its highs, and the rises between them, at bars' closes.
struct EquitySwings {
  struct Swing: Equatable {
    var size: Double
    /// Milliseconds.
    var duration: Double
  }

  private(set) var falls: [Swing] = []
  private(set) var rises: [Swing] = []
  private(set) var maxRunup = 0.0

  /// `times` are the bars' openings.
  init(_ equity: [Double], times: [Int64], from capital: Double) {
    guard let first = times.first else { return }
    var (peak, peakTime) = (capital, first)
    var (trough, troughTime) = (capital, first)
    var floor = capital
    var isFalling = false
    for (value, time) in zip(equity, times) {
      floor = min(floor, value)
      maxRunup = max(maxRunup, value - floor)
      if value > peak {
        if isFalling {
          falls.append(Swing(size: peak - trough, duration: Double(time - peakTime)))
          isFalling = false
        }
        (peak, peakTime) = (value, time)
      } else if value < peak {
        if !isFalling {
          if peak > trough { rises.append(Swing(size: peak - trough, duration: Double(peakTime - troughTime))) }
          isFalling = true
          (trough, troughTime) = (value, time)
        } else if value < trough {
          (trough, troughTime) = (value, time)
        }
      }
    }
    if isFalling {
      falls.append(Swing(size: peak - trough, duration: Double((times.last ?? peakTime) - peakTime)))
    } else if peak > trough {
      rises.append(Swing(size: peak - trough, duration: Double(peakTime - troughTime)))
    }
  }
}

extension [EquitySwings.Swing] {
  fileprivate func mean(_ part: KeyPath<Element, Double>, else reason: String) -> Figure.Value {
    isEmpty ? .none(reason) : .number(reduce(0) { $0 + $1[keyPath: part] } / Double(count))
  }
}
