import Calendar
import Market

/// Statistics of a run's equity, gathered bar by bar in constant memory: the maximum drawdown, the time in
/// the market, and the returns of days and months, which count closed trades only.
package struct EquityCurve {
  package private(set) var bars = 0
  private(set) var barsInMarket = 0
  /// Over the equity at the bars' closes and at the extremes within bars that hurt the position.
  private(set) var maxDrawdown = 0.0
  private(set) var maxDrawdownPercent = 0.0
  private(set) var peak: Double
  /// The greatest fall that is known to set no record; less of one sets none either, since the peak only rises.
  private var calmFall = -Double.infinity
  private var days: Returns
  private var months: Returns
  private var day = Int64.min
  private var month = Int.min

  /// What money earns without a risk, in percent a year.
  let riskFreeRate: Double

  package init(initialCapital: Double, riskFreeRate: Double = 2) {
    self.riskFreeRate = riskFreeRate
    peak = initialCapital
    days = Returns(initialCapital)
    months = Returns(initialCapital)
  }

  /// `lowest` is the equity at the bar's worst price for the position, `realised` the equity without
  /// open trades.
  package mutating func add(
    day: Int64, equity: Double, lowest: Double, realised: Double, inMarket: Bool
  ) {
    if day != self.day { begin(day) }
    bars += 1
    if inMarket { barsInMarket += 1 }
    let fall = peak - min(lowest, equity)
    if fall > calmFall { note(fall) }
    if equity > peak { peak = equity }
    days.last = realised
    months.last = realised
  }

  /// Equities of bars that would change neither the peak nor the deepest fall.
  var calmEquities: (low: Double, high: Double) {
    (peak - min(maxDrawdown, maxDrawdownPercent * peak / 100), peak)
  }

  /// Whether bars with equities between these two surely change neither; as `add` has it, to the bit.
  mutating func isCalm(from lowest: Double, to highest: Double) -> Bool {
    let fall = peak - lowest
    guard highest <= peak, peak > 0, fall <= maxDrawdown, fall * 100 <= maxDrawdownPercent * peak else { return false }
    calmFall = max(calmFall, fall)
    return true
  }

  /// Takes several bars of the newest day at once, of which `isCalm` was true.
  mutating func add(calm count: Int, realised: Double, inMarket: Bool) {
    bars += count
    if inMarket { barsInMarket += count }
    days.last = realised
    months.last = realised
  }

  @inline(never)
  private mutating func note(_ fall: Double) {
    if fall > maxDrawdown { maxDrawdown = fall }
    guard peak > 0 else { return }
    if fall * 100 > maxDrawdownPercent * peak { maxDrawdownPercent = fall / peak * 100 }
    if fall * 100 <= maxDrawdownPercent * peak { calmFall = fall }
  }

  private mutating func begin(_ day: Int64) {
    if self.day != .min { days.close() }
    self.day = day
    let date = CivilDate(days: day)
    let month = date.year &* 12 &+ date.month
    guard month != self.month else { return }
    if self.month != .min { months.close() }
    self.month = month
  }

  /// TradingView's Sharpe ratio: the mean of the months' returns less the risk-free rate, over
  /// their standard deviation (of the population, n, as measured on its lists). Uses
  /// days if there are fewer than three months. nan if there are too few returns or all are the same.
  var sharpe: Double {
    var (days, months) = (days, months)
    days.close()
    months.close()
    return months.count >= 3
      ? months.sharpe(riskFree: riskFreeRate / 100 / 12) : days.sharpe(riskFree: riskFreeRate / 100 / 365)
  }

  /// TradingView's Sortino ratio: as the Sharpe ratio, over the root of the mean square of the returns below 0.
  var sortino: Double {
    var (days, months) = (days, months)
    days.close()
    months.close()
    return months.count >= 3
      ? months.sortino(riskFree: riskFreeRate / 100 / 12) : days.sortino(riskFree: riskFreeRate / 100 / 365)
  }

  /// Running sums of the periods' returns.
  private struct Returns {
    private(set) var count = 0.0
    private var mean = 0.0
    private var squares = 0.0
    private var squaresBelow = 0.0
    private var begin: Double
    var last: Double

    init(_ capital: Double) {
      begin = capital
      last = capital
    }

    /// Ends a period (Welford's update of mean and variance).
    mutating func close() {
      let value = begin != 0 ? last / begin - 1 : 0
      begin = last
      count += 1
      let delta = value - mean
      mean += delta / count
      squares += delta * (value - mean)
      if value < 0 { squaresBelow += value * value }
    }

    func sharpe(riskFree: Double) -> Double {
      guard count >= 2, squares > 0 else { return .nan }
      return (mean - riskFree) / (squares / count).squareRoot()
    }

    func sortino(riskFree: Double) -> Double {
      guard count >= 2, squaresBelow > 0 else { return .nan }
      return (mean - riskFree) / (squaresBelow / count).squareRoot()
    }
  }
}
