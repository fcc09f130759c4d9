import StrategyIR

extension Builtins {
  /// `ta.*` and the other functions with state. Where a form leaves out an argument of the kernel
  /// (`ta.highest(length)`), the lowering fills it in.
  static let kernelRows: [(Kernel, String)] = [
    (.sma, "ta.sma(source: float, length: int) float"),
    (.ema, "ta.ema(source: float, length: simple int) float"),
    (.rma, "ta.rma(source: float, length: simple int) float"),
    (.wma, "ta.wma(source: float, length: int) float"),
    (.vwma, "ta.vwma(source: float, length: int) float"),
    (.hma, "ta.hma(source: float, length: simple int) float"),
    (.swma, "ta.swma(source: float) float"),
    (
      .alma,
      "ta.alma(series: float, length: int, offset: simple float, sigma: simple float,"
        + " floor: simple bool = false) float"
    ),
    (.linreg, "ta.linreg(source: float, length: int, offset: int) float"),
    (.stdev, "ta.stdev(source: float, length: int, biased: bool = true) float"),
    (.variance, "ta.variance(source: float, length: int, biased: bool = true) float"),
    (.dev, "ta.dev(source: float, length: int) float"),
    (.median, "ta.median(source: number, length: int) number"),
    (.mode, "ta.mode(source: number, length: int) number"),
    (
      .percentile_linear_interpolation,
      "ta.percentile_linear_interpolation(source: float, length: int, percentage: float) float"
    ),
    (
      .percentile_nearest_rank,
      "ta.percentile_nearest_rank(source: float, length: int, percentage: float) float"
    ),
    (.percentrank, "ta.percentrank(source: float, length: int) float"),
    (.correlation, "ta.correlation(source1: float, source2: float, length: int) float"),
    (.cog, "ta.cog(source: float, length: int) float"),
    (.rsi, "ta.rsi(source: float, length: simple int) float"),
    (
      .macd,
      "ta.macd(source: float, fastlen: simple int, slowlen: simple int, siglen: simple int)"
        + " (float, float, float)"
    ),
    (.stoch, "ta.stoch(source: float, high: float, low: float, length: int) float"),
    (.cci, "ta.cci(source: float, length: int) float"),
    (.cmo, "ta.cmo(series: float, length: int) float"),
    (.mfi, "ta.mfi(series: float, length: int) float"),
    (.mom, "ta.mom(source: float, length: int) float"),
    (.roc, "ta.roc(source: float, length: int) float"),
    (.tsi, "ta.tsi(source: float, short_length: simple int, long_length: simple int) float"),
    (.wpr, "ta.wpr(length: int) float"),
    (.rci, "ta.rci(source: float, length: int) float"),
    (.bb, "ta.bb(series: float, length: int, mult: float) (float, float, float)"),
    (.bbw, "ta.bbw(series: float, length: int, mult: float) float"),
    (
      .kc,
      "ta.kc(series: float, length: simple int, mult: simple float,"
        + " useTrueRange: simple bool = true) (float, float, float)"
    ),
    (
      .kcw,
      "ta.kcw(series: float, length: simple int, mult: simple float,"
        + " useTrueRange: simple bool = true) float"
    ),
    (.atr, "ta.atr(length: simple int) float"),
    (.tr, "ta.tr(handle_na: simple bool = false) float"),
    (.dmi, "ta.dmi(diLength: simple int, adxSmoothing: simple int) (float, float, float)"),
    (.supertrend, "ta.supertrend(factor: float, atrPeriod: simple int) (float, int)"),
    (.sar, "ta.sar(start: simple float, inc: simple float, max: simple float) float"),
    (.highest, "ta.highest(length: int) float"),
    (.highest, "ta.highest(source: number, length: int) number"),
    (.lowest, "ta.lowest(length: int) float"),
    (.lowest, "ta.lowest(source: number, length: int) number"),
    (.highestbars, "ta.highestbars(length: int) int"),
    (.highestbars, "ta.highestbars(source: float, length: int) int"),
    (.lowestbars, "ta.lowestbars(length: int) int"),
    (.lowestbars, "ta.lowestbars(source: float, length: int) int"),
    (.range, "ta.range(source: number, length: int) number"),
    (.change, "ta.change(source: number, length: int = 1) number"),
    (.cum, "ta.cum(source: float) float"),
    (.cross, "ta.cross(source1: float, source2: float) bool"),
    (.crossover, "ta.crossover(source1: float, source2: float) bool"),
    (.crossunder, "ta.crossunder(source1: float, source2: float) bool"),
    (.rising, "ta.rising(source: float, length: int) bool"),
    (.falling, "ta.falling(source: float, length: int) bool"),
    (.barssince, "ta.barssince(condition: bool) int"),
    (
      .valuewhen,
      "ta.valuewhen(condition: bool, source: value, occurrence: simple int) value"
    ),
    (.pivothigh, "ta.pivothigh(leftbars: int, rightbars: int) float"),
    (.pivothigh, "ta.pivothigh(source: float, leftbars: int, rightbars: int) float"),
    (.pivotlow, "ta.pivotlow(leftbars: int, rightbars: int) float"),
    (.pivotlow, "ta.pivotlow(source: float, leftbars: int, rightbars: int) float"),
    (.vwap, "ta.vwap(source: float, anchor?: bool) float"),
    (
      .vwapBands,
      "ta.vwap(source: float, anchor: bool, stdev_mult: float) (float, float, float)"
    ),
    (.max, "ta.max(source: number) number"),
    (.min, "ta.min(source: number) number"),
    (.sum, "math.sum(source: float, length: int) float"),
    (.fixnan, "fixnan(source: value) value"),
    (.timeframeChange, "timeframe.change(timeframe: simple string) bool"),
  ]

  /// Variables with state of their own.
  static let kernelVariables: [String: Kernel] = [
    "ta.tr": .tr, "ta.vwap": .vwap, "ta.obv": .obv, "ta.accdist": .accdist, "ta.nvi": .nvi,
    "ta.pvi": .pvi, "ta.pvt": .pvt, "ta.wad": .wad, "ta.wvad": .wvad, "ta.iii": .iii,
  ]
}
