/// The table of the kernels: one row for each case, since a `switch` without one does not build. It is longer than
/// other files, as a table is. `KernelRow` describes a row; n is the length, x the source, x[n] the value n bars
/// before, and h, l, c, o, v the bar's fields.
extension Kernel {
  var written: KernelRow {
    switch self {
    case .sma:
      KernelRow(
        "ta.sma(source: float, length: length) float",
        about: "Simple moving average.", formula: "Σ x / n", lookback: "length" - 1, na: "skips")
    case .ema:
      KernelRow(
        "ta.ema(source: float, length: simple length) float",
        about: "Exponential moving average.",
        formula: "y + (x − y)·2/(n + 1), first y the mean of n", lookback: "length" - 1, na: "na")
    case .rma:
      KernelRow(
        "ta.rma(source: float, length: simple length) float",
        about: "Wilder's moving average, as in RSI and ATR.",
        formula: "(y·(n − 1) + x)/n, first y the mean of n", lookback: "length" - 1, na: "na")
    case .wma:
      KernelRow(
        "ta.wma(source: float, length: length) float",
        about: "Moving average with weights that fall by one from bar to bar.",
        formula: "Σ (n − i)·x[i] / (n(n + 1)/2)", lookback: "length" - 1,
        na: "na; later counts as the value before it", repeatsSkippedBars: true)
    case .vwma:
      KernelRow(
        "ta.vwma(source: float, length: length) float",
        about: "Moving average weighted by volume.",
        formula: "sma(x·v)/sma(v)", lookback: "length" - 1, na: "skips")
    case .hma:
      KernelRow(
        "ta.hma(source: float, length: simple length) float",
        about: "Hull's moving average.",
        formula: "wma(2·wma(x, ⌊n/2⌋) − wma(x, n), ⌊√n⌋)", lookback: "length" + .root("length") - 2, na: "na")
    case .swma:
      KernelRow(
        "ta.swma(source: float) float",
        about: "Moving average of four bars with weights 1, 2, 2, 1.",
        formula: "(x + 2·x[1] + 2·x[2] + x[3])/6", lookback: 3, na: "in",
        repeatsSkippedBars: true)
    case .alma:
      KernelRow(
        "ta.alma(series: float, length: length, offset: simple float, sigma: simple float,"
          + " floor: simple bool = false) float",
        about: "Arnaud Legoux's moving average.",
        formula: "Gaussian weights around offset·(n − 1), width n/sigma", lookback: "length" - 1,
        na: "in", repeatsSkippedBars: true)
    case .linreg:
      KernelRow(
        "ta.linreg(source: float, length: length, offset: int) float",
        about: "Value of the least-squares line.",
        formula: "least-squares line, offset bars before its end", lookback: "length" - 1, na: "in")
    case .stdev:
      KernelRow(
        "ta.stdev(source: float, length: length, biased: bool = true) float",
        about: "Standard deviation.",
        formula: "√variance", lookback: "length" - 1, na: "skips")
    case .variance:
      KernelRow(
        "ta.variance(source: float, length: length, biased: bool = true) float",
        about: "Mean squared distance from the mean.",
        formula: "Σ (x − mean)² / n, or n − 1 where not biased", lookback: "length" - 1, na: "skips")
    case .dev:
      KernelRow(
        "ta.dev(source: float, length: length) float",
        about: "Mean distance from the mean.",
        formula: "Σ abs(x − sma) / n", lookback: "length" - 1, na: "in", repeatsSkippedBars: true)
    case .median:
      KernelRow(
        "ta.median(source: number, length: length) number",
        about: "Middle value of the window.",
        formula: "the middle one in order; the mean of two", lookback: "length" - 1, na: "skips")
    case .mode:
      KernelRow(
        "ta.mode(source: number, length: length) number",
        about: "Most frequent value of the window.",
        formula: "the most frequent; the smallest of several", lookback: "length" - 1, na: "skips")
    case .percentile_linear_interpolation:
      KernelRow(
        "ta.percentile_linear_interpolation(source: float, length: length, percentage: float) float",
        about: "Percentile of the window, between the two nearest values.",
        formula: "around place p·n/100 − ½ from 0", lookback: "length" - 1, na: "in")
    case .percentile_nearest_rank:
      KernelRow(
        "ta.percentile_nearest_rank(source: float, length: length, percentage: float) float",
        about: "Percentile of the window, as one of its values.",
        formula: "value ⌈p·m/100⌉ of the m values in order", lookback: "length" - 1,
        na: "left out, m smaller")
    case .percentrank:
      KernelRow(
        "ta.percentrank(source: float, length: length) float",
        about: "Percentage of the values before that are not greater than the newest.",
        formula: "% of the n bars before that are ≤ x", lookback: "length", na: "counts as greater",
        repeatsSkippedBars: true)
    case .correlation:
      KernelRow(
        "ta.correlation(source1: float, source2: float, length: length) float",
        about: "Pearson's correlation of two series.",
        formula: "Pearson; 0 for a covariance of 0", lookback: "length" - 1, na: "skips")
    case .cog:
      KernelRow(
        "ta.cog(source: float, length: length) float",
        about: "Ehlers' centre of gravity.",
        formula: "−Σ x[i]·(i + 1) / Σ x", lookback: "length" - 1, na: "in", repeatsSkippedBars: true)
    case .rsi:
      KernelRow(
        "ta.rsi(source: float, length: simple length) float",
        about: "Relative strength index.",
        formula: "100 − 100/(1 + rma(rises)/rma(falls)); 100 without falls", lookback: "length",
        na: "na")
    case .macd:
      KernelRow(
        "ta.macd(source: float, fastlen: simple length, slowlen: simple length, siglen: simple length)"
          + " (float, float, float)",
        about: "Moving average convergence and divergence: line, signal, histogram.",
        formula: "ema − ema, its ema, the difference", lookback: .greater("fastlen", "slowlen") - 1,
        .greater("fastlen", "slowlen") + "siglen" - 2, na: "na"
      )
    case .stoch:
      KernelRow(
        "ta.stoch(source: float, high: float, low: float, length: length) float",
        about: "Stochastic: place of the source between the lowest low and the highest high.",
        formula: "100·(x − lowest)/(highest − lowest)", lookback: "length" - 1,
        na: "repeats the last answer", repeatsSkippedBars: true)
    case .cci:
      KernelRow(
        "ta.cci(source: float, length: length) float",
        about: "Commodity channel index.",
        formula: "(x − sma)/(0.015·dev)", lookback: "length" - 1, na: "na")
    case .cmo:
      KernelRow(
        "ta.cmo(series: float, length: length) float",
        about: "Chande's momentum oscillator.",
        formula: "100·(Σ rises − Σ falls)/(Σ rises + Σ falls)", lookback: "length", na: "na")
    case .mfi:
      KernelRow(
        "ta.mfi(series: float, length: length) float",
        about: "Money flow index.",
        formula: "100 − 100/(1 + u/d), u and d sums of x·v on rises, falls", lookback: "length" - 1,
        na: "na")
    case .mom:
      KernelRow(
        "ta.mom(source: float, length: int) float",
        about: "Momentum: the change over length bars.",
        formula: "x − x[n]", lookback: "length", na: "in", repeatsSkippedBars: true)
    case .roc:
      KernelRow(
        "ta.roc(source: float, length: int) float",
        about: "Rate of change in percent.",
        formula: "100·(x − x[n])/x[n]", lookback: "length", na: "in", repeatsSkippedBars: true)
    case .tsi:
      KernelRow(
        "ta.tsi(source: float, short_length: simple length, long_length: simple length) float",
        about: "True strength index, −1 to 1.",
        formula: "ema(ema(change, long), short) / the same of abs(change)",
        lookback: "long_length" + "short_length" - 1, na: "na")
    case .wpr:
      KernelRow(
        "ta.wpr(length: length) float",
        about: "Williams' %R, −100 to 0.",
        formula: "100·(c − highest)/(highest − lowest)", lookback: "length" - 1, na: "na",
        repeatsSkippedBars: true)
    case .rci:
      KernelRow(
        "ta.rci(source: float, length: length) float",
        about: "Rank correlation index, −100 to 100.",
        formula: "100·Pearson of time and rank; values within 1e-10 of the smallest of them tie and"
          + " have their mean rank", lookback: "length", na: "in")
    case .bb:
      KernelRow(
        "ta.bb(series: float, length: length, mult: float) (float, float, float)",
        about: "Bollinger's bands: middle, upper, lower.",
        formula: "sma ± mult·stdev", lookback: "length" - 1, na: "skips")
    case .bbw:
      KernelRow(
        "ta.bbw(series: float, length: length, mult: float) float",
        about: "Width of Bollinger's bands in percent of the middle.",
        formula: "100·(upper − lower)/middle", lookback: "length" - 1, na: "skips")
    case .kc:
      KernelRow(
        "ta.kc(series: float, length: simple length, mult: simple float,"
          + " useTrueRange: simple bool = true) (float, float, float)",
        about: "Keltner's channels: middle, upper, lower.",
        formula: "ema ± mult·ema(range)", lookback: "length" - 1, .when("useTrueRange", "length", else: "length" - 1),
        na: "na",
        chart: [.close: 1])
    case .kcw:
      KernelRow(
        "ta.kcw(series: float, length: simple length, mult: simple float,"
          + " useTrueRange: simple bool = true) float",
        about: "Width of Keltner's channels.",
        formula: "(upper − lower)/middle", lookback: .when("useTrueRange", "length", else: "length" - 1), na: "na",
        chart: [.close: 1])
    case .atr:
      KernelRow(
        "ta.atr(length: simple length) float",
        about: "Average true range.",
        formula: "rma(tr(true))", lookback: "length" - 1, na: "na", chart: [.close: 1])
    case .tr:
      KernelRow(
        "ta.tr(handle_na: simple bool = false) float", "ta.tr float",
        about: "True range.",
        formula: "max(h − l, abs(h − c[1]), abs(l − c[1]))", lookback: .when("handle_na", 0, else: 1), na: "in",
        chart: [.close: 1])
    case .dmi:
      KernelRow(
        "ta.dmi(diLength: simple length, adxSmoothing: simple length) (float, float, float)",
        about: "Wilder's directional movement: +DI, −DI, ADX.",
        formula: "100·rma(±DM)/rma(tr); 100·rma(abs(+ − −)/(+ + −))",
        lookback: "diLength", "diLength", "diLength" + "adxSmoothing" - 1, na: "na", chart: [.close: 1])
    case .supertrend:
      KernelRow(
        "ta.supertrend(factor: float, atrPeriod: simple length) (float, int)",
        about: "Supertrend: line and direction (−1 up, 1 down).",
        formula: "bands of factor·atr around hl2", lookback: "atrPeriod" - 1, 0, na: "–",
        chart: [.close: 1])
    case .sar:
      KernelRow(
        "ta.sar(start: simple float, inc: simple float, max: simple float) float",
        about: "Wilder's parabolic stop and reverse.",
        formula: "stop + factor·(extreme − stop)", lookback: 1, na: "–",
        chart: [.close: 1, .high: 2, .low: 2])
    case .highest:
      KernelRow(
        "ta.highest(length: length) float", "ta.highest(source: number, length: length) number",
        about: "Highest value of the window; of high where no source is given.",
        formula: "largest since the newest na in the window", lookback: "length" - 1, na: "na",
        repeatsSkippedBars: true, omitted: ["source": .bar(.high)])
    case .lowest:
      KernelRow(
        "ta.lowest(length: length) float", "ta.lowest(source: number, length: length) number",
        about: "Lowest value of the window; of low where no source is given.",
        formula: "smallest since the newest na in the window", lookback: "length" - 1, na: "na",
        repeatsSkippedBars: true, omitted: ["source": .bar(.low)])
    case .highestbars:
      KernelRow(
        "ta.highestbars(length: length) int", "ta.highestbars(source: float, length: length) int",
        about: "Offset of the highest value of the window.",
        formula: "0, −1 …; the oldest of equal ones", lookback: "length" - 1, na: "0",
        repeatsSkippedBars: true, omitted: ["source": .bar(.high)])
    case .lowestbars:
      KernelRow(
        "ta.lowestbars(length: length) int", "ta.lowestbars(source: float, length: length) int",
        about: "Offset of the lowest value of the window.",
        formula: "0, −1 …; the oldest of equal ones", lookback: "length" - 1, na: "0",
        repeatsSkippedBars: true, omitted: ["source": .bar(.low)])
    case .range:
      KernelRow(
        "ta.range(source: number, length: length) number",
        about: "Difference of the highest and the lowest value of the window.",
        formula: "max(largest, 0) − smallest", lookback: "length" - 1, na: "skips")
    case .change:
      KernelRow(
        "ta.change(source: number, length: int = 1) number",
        about: "Change against the value length bars before.",
        formula: "x − x[n]", lookback: "length", na: "in", repeatsSkippedBars: true)
    case .cum:
      KernelRow(
        "ta.cum(source: float) float",
        about: "Sum of all values so far.",
        formula: "Σ of all", lookback: 0, na: "na")
    case .cross:
      KernelRow(
        "ta.cross(source1: float, source2: float) bool",
        about: "Whether two series have crossed.",
        formula: "a on the other side of b than when they last differed", lookback: 1, na: "skips"
      )
    case .crossover:
      KernelRow(
        "ta.crossover(source1: float, source2: float) bool",
        about: "Whether the first series has crossed over the second.",
        formula: "a > b after a ≤ b on the last bar where both were", lookback: 1, na: "skips")
    case .crossunder:
      KernelRow(
        "ta.crossunder(source1: float, source2: float) bool",
        about: "Whether the first series has crossed under the second.",
        formula: "a < b after a ≥ b on the last bar where both were", lookback: 1, na: "skips")
    case .rising:
      KernelRow(
        "ta.rising(source: float, length: length) bool",
        about: "Whether the source has risen on each of the last length bars.",
        formula: "n rises in a row", lookback: "length", na: "ends the row")
    case .falling:
      KernelRow(
        "ta.falling(source: float, length: length) bool",
        about: "Whether the source has fallen on each of the last length bars.",
        formula: "n falls in a row", lookback: "length", na: "ends the row")
    case .barssince:
      KernelRow(
        "ta.barssince(condition: bool) int",
        about: "Bars since the condition was true.",
        formula: "0 when true", lookback: .conditional, na: "–")
    case .valuewhen:
      KernelRow(
        "ta.valuewhen(condition: bool, source: value, occurrence: simple int) value",
        about: "Value of the source when the condition was true.",
        formula: "x at the newest time (occurrence 0), the one before (1) …", lookback: .conditional,
        na: "kept")
    case .pivothigh:
      KernelRow(
        "ta.pivothigh(leftbars: int, rightbars: int) float",
        "ta.pivothigh(source: float, leftbars: int, rightbars: int) float",
        about: "High with lower values on both sides; of high where no source is given.",
        formula: "x[right] where no bar before is above, none after above or equal",
        lookback: "leftbars" + "rightbars", na: "ends its side", repeatsSkippedBars: true,
        omitted: ["source": .bar(.high)])
    case .pivotlow:
      KernelRow(
        "ta.pivotlow(leftbars: int, rightbars: int) float",
        "ta.pivotlow(source: float, leftbars: int, rightbars: int) float",
        about: "Low with higher values on both sides; of low where no source is given.",
        formula: "x[right] where no bar before is below, none after below or equal",
        lookback: "leftbars" + "rightbars", na: "ends its side", repeatsSkippedBars: true,
        omitted: ["source": .bar(.low)])
    case .vwap:
      KernelRow(
        "ta.vwap(source: float, anchor?: bool) float", "ta.vwap float",
        about: "Mean price weighted by volume since the anchor, or since the day's start.",
        formula: "Σ x·v / Σ v since the anchor, before the first one since bar 0", lookback: 0,
        na: "na", omitted: ["source": .bar(.hlc3), "anchor": .newDay], addsUp: true)
    case .obv:
      KernelRow(
        "ta.obv float",
        about: "On-balance volume.",
        formula: "Σ ±v by the sign of c − c[1]", lookback: 1, na: "na", addsUp: true)
    case .accdist:
      KernelRow(
        "ta.accdist float",
        about: "Accumulation and distribution.",
        formula: "Σ ((c − l) − (h − c))/(h − l)·v", lookback: 0, na: "adds nothing", addsUp: true)
    case .nvi:
      KernelRow(
        "ta.nvi float",
        about: "Negative volume index: counts bars of falling volume.",
        formula: "from 1: y + (c − c[1])/c[1]·y where v < v[1]", lookback: 0, na: "adds nothing",
        chart: [.close: 1, .volume: 1], addsUp: true)
    case .pvi:
      KernelRow(
        "ta.pvi float",
        about: "Positive volume index: counts bars of rising volume.",
        formula: "from 1: y + (c − c[1])/c[1]·y where v > v[1]", lookback: 0, na: "adds nothing",
        chart: [.close: 1, .volume: 1], addsUp: true)
    case .pvt:
      KernelRow(
        "ta.pvt float",
        about: "Price-volume trend.",
        formula: "Σ (c − c[1])/c[1]·v", lookback: 1, na: "na", chart: [.close: 1, .volume: 1], addsUp: true)
    case .wad:
      KernelRow(
        "ta.wad float",
        about: "Williams' accumulation and distribution.",
        formula: "Σ c − min(l, c[1]) on rises, c − max(h, c[1]) on falls", lookback: 0,
        na: "adds nothing", chart: [.close: 1, .volume: 1], addsUp: true)
    case .wvad:
      KernelRow(
        "ta.wvad float",
        about: "Williams' variable accumulation and distribution.",
        formula: "(c − o)/(h − l)·v", lookback: 0, na: "in")
    case .iii:
      KernelRow(
        "ta.iii float",
        about: "Intraday intensity index.",
        formula: "(2c − h − l)/((h − l)·v)", lookback: 0, na: "in")
    case .max:
      KernelRow(
        "ta.max(source: number) number",
        about: "Highest value so far.",
        formula: "largest of all", lookback: 0, na: "skips")
    case .min:
      KernelRow(
        "ta.min(source: number) number",
        about: "Lowest value so far.",
        formula: "smallest of all", lookback: 0, na: "skips")
    case .sum:
      KernelRow(
        "math.sum(source: float, length: length) float",
        about: "Sum of the newest length values.",
        formula: "Σ x", lookback: "length" - 1, na: "skips")
    case .fixnan:
      KernelRow(
        "fixnan(source: value) value",
        about: "Newest value that is not na.",
        formula: "the newest value that is not na", lookback: 0, na: "skips")
    case .vwapBands:
      KernelRow(
        "ta.vwap(source: float, anchor: bool, stdev_mult: float) (float, float, float)",
        about: "Mean price weighted by volume with bands: middle, upper, lower.",
        formula: "vwap ± stdev_mult·deviation", lookback: 0, na: "na")
    case .timeframeChange:
      KernelRow(
        "timeframe.change(timeframe: string) bool",
        about: "Whether this is the first bar of a period of the timeframe.",
        formula: "the period's start differs from the last bar's", lookback: 1, na: "–")
    }
  }
}
