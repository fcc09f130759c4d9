import Indicators
import StrategyIR

extension KernelBinding {
  /// The kernel of a call; nil where it needs a constant length and has none.
  ///
  /// - Parameters:
  ///   - known: The arguments that are constants.
  ///   - chart: Whether some bars pass over the call, so that the bars before are the chart's.
  static func make(_ kernel: Kernel, _ known: [Double?], chart: Bool = false) -> KernelBinding? {
    guard known.count == kernel.arguments.count else { return nil }
    let second = known.count > 1 ? known[1] : nil
    let n = longest(second)
    let fixed = second.map { Pine.wholeNumber($0) }
    switch kernel {
    case .sma:
      guard known[1] != nil else {
        return window(Pine.SMA(length: n), n) { WindowCall.step(Pine.SMA.self, $0, $1, $2, $3) }
      }
      return series(Pine.SMA(length: n), n) { SeriesCall.step(Pine.SMA.self, $0, $1, $2, $3) }
    case .sum: return window(Pine.Sum(length: n), n) { WindowCall.step(Pine.Sum.self, $0, $1, $2, $3) }
    case .wma: return window(Pine.WMA(length: n), n) { WindowCall.step(Pine.WMA.self, $0, $1, $2, $3) }
    case .dev:
      return window(Pine.MeanDeviation(length: n), n) {
        WindowCall.step(Pine.MeanDeviation.self, $0, $1, $2, $3)
      }
    case .cci: return window(Pine.CCI(length: n), n) { WindowCall.step(Pine.CCI.self, $0, $1, $2, $3) }
    case .cmo: return window(Pine.CMO(length: n), n) { WindowCall.step(Pine.CMO.self, $0, $1, $2, $3) }
    case .cog:
      return window(Pine.CenterOfGravity(length: n), n) {
        WindowCall.step(Pine.CenterOfGravity.self, $0, $1, $2, $3)
      }
    case .change, .mom: return change(n)
    case .roc: return rateOfChange(n)
    case .median:
      return window(Pine.Median(length: n), n) { WindowCall.step(Pine.Median.self, $0, $1, $2, $3) }
    case .mode: return window(Pine.Mode(length: n), n) { WindowCall.step(Pine.Mode.self, $0, $1, $2, $3) }
    case .percentrank:
      return window(Pine.PercentRank(length: n), n) {
        WindowCall.step(Pine.PercentRank.self, $0, $1, $2, $3)
      }
    case .rci:
      return window(Pine.RankCorrelation(length: n), n) {
        WindowCall.step(Pine.RankCorrelation.self, $0, $1, $2, $3)
      }
    case .range: return window(Pine.Range(length: n), n) { WindowCall.step(Pine.Range.self, $0, $1, $2, $3) }
    case .highest, .lowest, .highestbars, .lowestbars: return extreme(kernel, known[1], chart)
    case .vwma: return vwma(n)
    case .mfi: return moneyFlow(n)
    case .stdev: return standardDeviation(n)
    case .variance: return variance(n)
    case .linreg: return regression(n)
    case .bb: return bands(n)
    case .bbw: return bandWidth(n)
    case .percentile_nearest_rank: return nearestRank(n)
    case .percentile_linear_interpolation: return interpolatedRank(n)
    case .correlation: return correlation(longest(known[2]))
    case .stoch: return stochastic(longest(known[3]))
    case .wpr: return williamsR(longest(known[0]))

    case .swma: return series(Pine.SWMA(), "SWMA()") { SeriesCall.step(Pine.SWMA.self, $0, $1, $2, $3) }
    case .cum:
      return series(Pine.Cumulative(), "Cumulative()") {
        SeriesCall.step(Pine.Cumulative.self, $0, $1, $2, $3)
      }
    case .fixnan:
      return series(Pine.FixNan(), "FixNan()") { SeriesCall.step(Pine.FixNan.self, $0, $1, $2, $3) }
    case .max:
      return series(Pine.AllTimeExtreme.highest, "AllTimeExtreme.highest") {
        SeriesCall.step(Pine.AllTimeExtreme.self, $0, $1, $2, $3)
      }
    case .min:
      return series(Pine.AllTimeExtreme.lowest, "AllTimeExtreme.lowest") {
        SeriesCall.step(Pine.AllTimeExtreme.self, $0, $1, $2, $3)
      }
    case .ema:
      return fixed.map { n in
        series(Pine.EMA(length: n), n) { SeriesCall.step(Pine.EMA.self, $0, $1, $2, $3) }
      }
    case .rma:
      return fixed.map { n in
        series(Pine.RMA(length: n), n) { SeriesCall.step(Pine.RMA.self, $0, $1, $2, $3) }
      }
    case .hma:
      return fixed.map { n in
        series(Pine.HMA(length: n), n) { SeriesCall.step(Pine.HMA.self, $0, $1, $2, $3) }
      }
    case .rsi:
      return fixed.map { n in
        series(Pine.RSI(length: n), n) { SeriesCall.step(Pine.RSI.self, $0, $1, $2, $3) }
      }
    case .macd: return macd(known)
    case .tsi: return strength(known)
    case .alma: return alma(known)

    case .tr: return trueRange(known, chart)
    case .atr: return averageTrueRange(known, chart)
    case .kc, .kcw: return keltner(kernel, known, chart)
    case .dmi: return directional(known, chart)
    case .supertrend: return supertrend(known, chart)
    case .sar: return parabolic(known, chart)

    case .cross: return cross
    case .crossover: return crossing(.over, "Crossing.over")
    case .crossunder: return crossing(.under, "Crossing.under")
    case .rising: return trend(.rising, "Trend.rising")
    case .falling: return trend(.falling, "Trend.falling")
    case .barssince: return barsSince
    case .valuewhen: return valueWhen(longest(known[2]))
    case .pivothigh, .pivotlow: return pivot(kernel == .pivothigh, longest(known[1]), longest(known[2]))

    case .obv: return volumeLine(.obv, chart: false)
    case .accdist: return volumeLine(.accdist, chart: false)
    case .nvi: return volumeLine(.nvi, chart: chart)
    case .pvi: return volumeLine(.pvi, chart: chart)
    case .pvt: return volumeLine(.pvt, chart: chart)
    case .wad: return volumeLine(.wad, chart: chart)
    case .iii: return intradayIntensity
    case .wvad: return variableAccumulation
    case .vwap: return vwap
    case .vwapBands: return vwapBands
    // The compiler of worlds makes it of instructions.
    case .timeframeChange: return nil
    }
  }

  /// For a call that some bars pass over; nil where that makes no difference.
  static func skipped(_ kernel: Kernel, _ known: [Double?]) -> KernelBinding? {
    let isSlotted = kernel.isSlotted && known.count > 1 && known[1] != nil
    return isSlotted || !kernel.row.chart.isEmpty ? make(kernel, known, chart: true) : nil
  }
}

extension Kernel {
  /// Of a constant length, called in a branch, they keep their values in slots: see `Pine.SlotExtreme`.
  fileprivate var isSlotted: Bool {
    switch self {
    case .highest, .lowest, .highestbars, .lowestbars: true
    default: false
    }
  }
}
