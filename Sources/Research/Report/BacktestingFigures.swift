import Calendar
import Libc

/// The statistics of backtesting.py 0.6, as it defines them: over the equity at the bars' closes, from the first bar's on,
/// with days in UTC. Open trades are no part of them.
extension RunRecord {
  var backtestingFigures: [Figure] {
    let row = FigureRow(group: .backtesting)
    guard let first = bars.first, let last = bars.last, let start = equity.first, let final = equity.last else {
      return []
    }
    let noStart = "the first bar's equity is not above 0"
    let length = Double(last.time - first.time)
    let annual = AnnualReturns(equity, times: bars.map(\.time))
    let hold = (last.close - first.close) / first.close * 100
    let total = (final - start) / start * 100
    let falls = EquityFalls(equity, times: bars.map(\.time))
    let beta = marketBeta
    let years = length / 86_400_000 / 365.25
    let noFall = "equity has never fallen"
    return [
      row("Start", .time, "Opening of the first bar.", .number(Double(first.time))),
      row("End", .time, "Opening of the last bar.", .number(Double(last.time))),
      row("Duration", .duration, "From the first bar's opening to the last one's.", .number(length)),
      row(
        "Exposure time %", .percent, "Bars from a trade's entry bar to its exit bar / all bars, of closed trades.",
        .number(exposure)),
      row("Equity final", .money, "Equity at the last close.", .number(final)),
      row("Equity peak", .money, "Highest equity at a bar's close.", .number(equity.max() ?? final)),
      row(
        "Commissions", .money, "Of closed trades.",
        knowsCosts ? .number(closed.reduce(0) { $0 + $1.commission }) : .none(Self.noCosts)),
      row(
        "Return %", .percent, "Equity at the last close / at the first bar's close − 1.",
        Figure.Value(total, else: noStart)),
      row(
        "Buy & hold return %", .percent, "Last close / first close − 1, in the symbol's currency.",
        Figure.Value(hold, else: "there is no first price")),
      row(
        "Return (ann.) %", .percent,
        "(1 + geometric mean of the daily returns) ^ days − 1; 252 days a year, 365 where weekends have bars; of "
          + "weekly bars 52 weeks, of monthly ones 12 months.",
        Figure.Value(annual.annual * 100, else: "there are no two days")),
      row(
        "Volatility (ann.) %", .percent,
        "√((s² + (1 + g)²) ^ days − (1 + g) ^ (2 · days)); g the geometric mean, s² the sample variance of the daily returns.",
        Figure.Value(annual.volatility * 100, else: "there are fewer than three days")),
      row(
        "CAGR %", .percent, "(Equity final / first equity) ^ (1 / years) − 1, with years of 365.25 days.",
        years > 0 && start > 0 && final >= 0
          ? Figure.Value((pow(final / start, 1 / years) - 1) * 100, else: "it is beyond all bounds")
          : .none("no time has passed, or equity is not above 0")),
      row(
        "Sharpe ratio", .ratio, "Return (ann.) / volatility (ann.), with a risk-free rate of 0.",
        Figure.Value(annual.annual / annual.volatility, else: "there is no volatility")),
      row(
        "Sortino ratio", .ratio,
        "Return (ann.) / (root of the mean square of the daily returns below 0 · √days a year).",
        Figure.Value(annual.annual / annual.downside, else: "no day has lost")),
      row(
        "Calmar ratio", .ratio, "Return (ann.) / max. drawdown.",
        falls.deepest > 0 ? Figure.Value(annual.annual / falls.deepest, else: "there are no two days") : .none(noFall)),
      row(
        "Alpha %", .percent, "Return − beta · buy & hold return.",
        Figure.Value(total - beta * hold, else: "there is no beta")),
      row(
        "Beta", .ratio,
        "Covariance of the logarithmic returns of equity and closes, bar by bar / variance of the closes'.",
        Figure.Value(beta, else: "closes do not move, or prices or equity are not above 0")),
      row(
        "Max. drawdown %", .percent, "The deepest fall from a highest equity, at the bars' closes; not above 0.",
        .number(falls.deepest > 0 ? -falls.deepest * 100 : 0)),
      row(
        "Avg. drawdown %", .percent, "Mean depth of the falls between two highs.",
        Figure.Value(-falls.meanDepth * 100, else: noFall)),
      row(
        "Max. drawdown duration", .duration, "The longest time between two highs, or to the end.",
        Figure.Value(falls.longest, else: noFall)),
      row("Avg. drawdown duration", .duration, "Their mean.", Figure.Value(falls.meanDuration, else: noFall)),
    ] + backtestingTradeFigures
  }

  private var backtestingTradeFigures: [Figure] {
    let closed = self.closed
    let count = Double(closed.count)
    func row(_ name: String, _ unit: Figure.Unit, _ definition: String, _ value: Double, _ reason: String) -> Figure {
      Figure(
        .backtesting, name, unit, definition,
        [closed.isEmpty ? .none(Self.noTrades) : Figure.Value(value, else: reason)])
    }
    let shares = closed.map { $0.profitPercent / 100 }
    let profits = closed.map(\.profit)
    let durations = closed.map { Double(($0.exitTime ?? $0.entryTime) - $0.entryTime) }
    let (wins, losses) = (profits.filter { $0 > 0 }, profits.filter { $0 < 0 })
    let rate = Double(wins.count) / count
    let payoff = wins.average / -losses.average
    return [
      Figure(.backtesting, "# Trades", .count, "Closed trades.", [.number(count)]),
      row("Win rate %", .percent, "Trades with a profit above 0 / trades.", rate * 100, Self.noTrades),
      row("Best trade %", .percent, "Highest profit / entry value.", (shares.max() ?? .nan) * 100, Self.noValue),
      row("Worst trade %", .percent, "Lowest profit / entry value.", (shares.min() ?? .nan) * 100, Self.noValue),
      row(
        "Avg. trade %", .percent,
        "Geometric mean of 1 + profit / entry value, less 1; 0 where a trade has lost everything.",
        geometricMean(shares) * 100, Self.noValue),
      row("Max. trade duration", .duration, "From entry to exit.", durations.max() ?? .nan, Self.noTrades),
      row("Avg. trade duration", .duration, "Their mean.", durations.average, Self.noTrades),
      row(
        "Profit factor", .ratio, "Sum of the trades' percentages above 0 / sum of those below 0.",
        shares.filter { $0 > 0 }.total / -shares.filter { $0 < 0 }.total, Self.noLosses),
      row("Expectancy %", .percent, "Mean of profit / entry value.", shares.average * 100, Self.noValue),
      row(
        "SQN", .ratio, "√trades · mean profit / standard deviation (sample) of the profits.",
        count.squareRoot() * profits.average / profits.sampleVariance.squareRoot(), "the profits do not differ"),
      row(
        "Kelly criterion", .ratio, "Win rate − (1 − win rate) / (average win / average loss).",
        rate - (1 - rate) / payoff, "no trade has won, or none has lost"),
    ]
  }

  /// Percent of the bars.
  private var exposure: Double {
    guard !bars.isEmpty else { return 0 }
    var changes = [Int](repeating: 0, count: bars.count + 1)
    for trade in closed {
      guard let exitTime = trade.exitTime, let from = place(of: trade.entryTime), let to = place(of: exitTime) else {
        continue
      }
      changes[from] += 1
      changes[to + 1] -= 1
    }
    var (held, covered) = (0, 0)
    for change in changes.dropLast() {
      held += change
      if held > 0 { covered += 1 }
    }
    return Double(covered) / Double(bars.count) * 100
  }

  private var marketBeta: Double {
    guard bars.count > 2 else { return .nan }
    let own = zip(equity, equity.dropFirst()).map { log($1 / $0) }
    let market = zip(bars, bars.dropFirst()).map { log($1.close / $0.close) }
    let (a, b) = (own.average, market.average)
    var (together, alone) = (0.0, 0.0)
    for (x, y) in zip(own, market) {
      together += (x - a) * (y - b)
      alone += (y - b) * (y - b)
    }
    return alone > 0 ? together / alone : .nan
  }
}

/// The mean of 1 + x as a product, less 1; 0 where a factor is not above 0.
func geometricMean(_ values: [Double]) -> Double {
  if values.isEmpty { return .nan }
  if values.contains(where: { 1 + $0 <= 0 }) { return 0 }
  return exp(values.reduce(0) { $0 + log(1 + $1) } / Double(values.count)) - 1
}

/// Returns of days (weeks, months, years where bars are as long), brought to a year.
struct AnnualReturns {
  private(set) var annual = Double.nan
  private(set) var volatility = Double.nan
  private(set) var downside = Double.nan

  init(_ equity: [Double], times: [Int64]) {
    let day = CivilMoment.millisecondsPerDay
    let steps = zip(times.suffix(100), times.suffix(100).dropFirst()).map { $1 - $0 }.sorted()
    // The median; of an even number the middle ones' mean.
    let step = steps.isEmpty ? 0 : (steps[(steps.count - 1) / 2] + steps[steps.count / 2]) / 2 / day
    let weekends = times.count { CivilDate(days: $0.floorDivided(by: day)).isWeekend }
    let hasWeekends = Double(weekends) / Double(max(times.count, 1)) > 2.0 / 7 * 0.6
    let perYear: Double = step == 7 ? 52 : step == 31 ? 12 : step == 365 ? 1 : hasWeekends ? 365 : 252

    func period(_ time: Int64) -> Int64 {
      let days = time.floorDivided(by: day)
      switch step {
      // Weeks end on Sundays; 1970 began on a Thursday.
      case 7: return (days + 3).floorDivided(by: 7)
      case 31: return Int64(CivilDate(days: days).year * 12 + CivilDate(days: days).month)
      case 365: return Int64(CivilDate(days: days).year)
      default: return days
      }
    }
    var ends: [Double] = []
    var newest = Int64.min
    for (value, time) in zip(equity, times) {
      let own = period(time)
      if own == newest { ends[ends.count - 1] = value } else { ends.append(value) }
      newest = own
    }
    let returns = zip(ends, ends.dropFirst()).map { $1 / $0 - 1 }
    guard !returns.isEmpty else { return }
    let mean = geometricMean(returns)
    annual = pow(1 + mean, perYear) - 1
    volatility =
      (pow(returns.sampleVariance + (1 + mean) * (1 + mean), perYear) - pow(1 + mean, 2 * perYear)).squareRoot()
    downside = (returns.map { min($0, 0) * min($0, 0) }.average * perYear).squareRoot()
  }
}

/// The falls of the equity below its highs, as shares of these.
struct EquityFalls {
  private(set) var deepest = 0.0
  private(set) var meanDepth = Double.nan
  /// Milliseconds.
  private(set) var longest = Double.nan
  private(set) var meanDuration = Double.nan

  init(_ equity: [Double], times: [Int64]) {
    var falls: [(depth: Double, duration: Double)] = []
    var (peak, last, depth) = (-Double.infinity, 0, 0.0)
    for (place, value) in equity.enumerated() {
      peak = max(peak, value)
      let fall = 1 - value / peak
      deepest = max(deepest, fall)
      depth = max(depth, fall)
      guard fall == 0 || place == equity.count - 1 else { continue }
      // Between two highs that follow each other nothing has fallen.
      if place > last + 1 { falls.append((depth, Double(times[place] - times[last]))) }
      (last, depth) = (place, 0)
    }
    guard !falls.isEmpty else { return }
    meanDepth = falls.map(\.depth).average
    longest = falls.map(\.duration).max() ?? .nan
    meanDuration = falls.map(\.duration).average
  }
}

extension CivilDate {
  fileprivate var isWeekend: Bool { weekday == 1 || weekday == 7 }
}

extension Int64 {
  fileprivate func floorDivided(by other: Int64) -> Int64 { (self - floorModulo(other)) / other }
  fileprivate func floorModulo(_ other: Int64) -> Int64 { (self % other + other) % other }
}

extension Collection<Double> {
  var total: Double { reduce(0, +) }
  /// nan of none.
  var average: Double { total / Double(count) }
  /// Over count − 1; nan of fewer than two.
  var sampleVariance: Double {
    guard count > 1 else { return .nan }
    let mean = average
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
  }
}
