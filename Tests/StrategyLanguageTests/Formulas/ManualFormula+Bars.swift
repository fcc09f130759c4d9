extension ManualFormula {
  /// Those that read the bar's fields themselves.
  static let ofBars: [ManualFormula] = ranges + trends + volumes

  private static let ranges: [ManualFormula] = [
    .init(
      "ta.tr", "f()",
      "f() => math.max(high - low, math.abs(high - close[1]), math.abs(low - close[1]))"),
    .init(
      "ta.tr(true)", "f()",
      """
      f() =>
          na(close[1]) ? high - low : math.max(high - low, math.abs(high - close[1]), math.abs(low - close[1]))
      """),
    .init(
      "ta.atr(7)", "f(7)",
      """
      f(simple int n) =>
          span = na(high[1]) ? high - low : math.max(math.max(high - low, math.abs(high - close[1])), math.abs(low - close[1]))
          ta.rma(span, n)
      """),
    .init(
      "g(7)", "f(7)",
      """
      g(simple int n) =>
          [middle, upper, lower] = ta.kc(close, n, 1.5)
          middle + 2 * upper + 4 * lower
      f(simple int n) =>
          middle = ta.ema(close, n)
          range = ta.ema(ta.tr, n)
          middle + 2 * (middle + range * 1.5) + 4 * (middle - range * 1.5)
      """),
    .init(
      "ta.kcw(close, 7, 1.5, false)", "f(7)",
      """
      f(simple int n) =>
          middle = ta.ema(close, n)
          range = ta.ema(high - low, n)
          (middle + range * 1.5 - (middle - range * 1.5)) / middle
      """),
    .init(
      "ta.kcw(close, 7, 1.5)", "f(7)",
      """
      f(simple int n) =>
          middle = ta.ema(close, n)
          range = ta.ema(math.max(high - low, math.abs(high - close[1]), math.abs(low - close[1])), n)
          (middle + range * 1.5 - (middle - range * 1.5)) / middle
      """),
  ]

  private static let trends: [ManualFormula] = [
    .init(
      "g(7, 5)", "f(7, 5)",
      """
      g(simple int n, simple int smoothing) =>
          [plus, minus, adx] = ta.dmi(n, smoothing)
          plus + 2 * minus + 4 * adx
      f(simple int n, simple int smoothing) =>
          up = ta.change(high)
          down = -ta.change(low)
          rise = na(up) ? na : up > down and up > 0 ? up : 0
          fall = na(down) ? na : down > up and down > 0 ? down : 0
          width = ta.rma(ta.tr, n)
          plus = fixnan(100 * ta.rma(rise, n) / width)
          minus = fixnan(100 * ta.rma(fall, n) / width)
          sum = plus + minus
          adx = 100 * ta.rma(math.abs(plus - minus) / (sum == 0 ? 1 : sum), smoothing)
          plus + 2 * minus + 4 * adx
      """),
    .init(
      "g(1.2, 5)", "f(1.2, 5)",
      """
      g(factor, simple int n) =>
          [line, direction] = ta.supertrend(factor, n)
          line + 1000 * direction
      f(factor, simple int n) =>
          width = ta.atr(n)
          upper = hl2 + factor * width
          lower = hl2 - factor * width
          lowerBefore = nz(lower[1])
          upperBefore = nz(upper[1])
          lower := lower > lowerBefore or close[1] < lowerBefore ? lower : lowerBefore
          upper := upper < upperBefore or close[1] > upperBefore ? upper : upperBefore
          int direction = na
          float line = na
          lineBefore = line[1]
          if na(width[1])
              direction := 1
          else if lineBefore == upperBefore
              direction := close > upper ? -1 : 1
          else
              direction := close < lower ? 1 : -1
          line := direction == -1 ? lower : upper
          line + 1000 * direction
      """),
    .init(
      "ta.sar(0.02, 0.02, 0.2)", "f(0.02, 0.02, 0.2)",
      """
      f(start, step, most) =>
          var float stop = na
          var float extreme = na
          var float speed = na
          var bool isBelow = false
          isFirst = false
          if bar_index == 1
              if close > close[1]
                  isBelow := true
                  extreme := high
                  stop := low[1]
              else
                  isBelow := false
                  extreme := low
                  stop := high[1]
              isFirst := true
              speed := start
          stop := stop + speed * (extreme - stop)
          if isBelow
              if stop > low
                  isFirst := true
                  isBelow := false
                  stop := math.max(high, extreme)
                  extreme := low
                  speed := start
          else
              if stop < high
                  isFirst := true
                  isBelow := true
                  stop := math.min(low, extreme)
                  extreme := high
                  speed := start
          if not isFirst
              if isBelow
                  if high > extreme
                      extreme := high
                      speed := math.min(speed + step, most)
              else
                  if low < extreme
                      extreme := low
                      speed := math.min(speed + step, most)
          if isBelow
              stop := math.min(stop, low[1])
              if bar_index > 1
                  stop := math.min(stop, low[2])
          else
              stop := math.max(stop, high[1])
              if bar_index > 1
                  stop := math.max(stop, high[2])
          stop
      """),
  ]

  private static let volumes: [ManualFormula] = [
    .init("ta.obv", "f()", "f() => ta.cum(math.sign(ta.change(close)) * volume)"),
    .init("ta.pvt", "f()", "f() => ta.cum(ta.change(close) / close[1] * volume)"),
    .init(
      "ta.accdist", "f()",
      "f() => ta.cum(high == low ? 0 : (2 * close - low - high) / (high - low) * volume)"),
    .init(
      "ta.nvi", "f()",
      """
      f() =>
          float line = 1.0
          before = nz(line[1]) == 0 ? 1.0 : line[1]
          if nz(close) == 0 or nz(close[1]) == 0
              line := before
          else
              line := volume < nz(volume[1]) ? before + (close - close[1]) / close[1] * before : before
          line
      """),
    .init(
      "ta.pvi", "f()",
      """
      f() =>
          float line = 1.0
          before = nz(line[1]) == 0 ? 1.0 : line[1]
          if nz(close) == 0 or nz(close[1]) == 0
              line := before
          else
              line := volume > nz(volume[1]) ? before + (close - close[1]) / close[1] * before : before
          line
      """),
    .init(
      "ta.wad", "f()",
      """
      f() =>
          top = math.max(high, close[1])
          bottom = math.min(low, close[1])
          move = ta.change(close)
          ta.cum(move > 0 ? close - bottom : move < 0 ? close - top : 0)
      """),
    .init("ta.wvad", "f()", "f() => (close - open) / (high - low) * volume"),
    .init("ta.iii", "f()", "f() => (2 * close - high - low) / ((high - low) * volume)"),
    .init(
      "ta.vwap", "f()",
      """
      f() =>
          var float weighted = 0.0
          var float volumes = 0.0
          if timeframe.change("1D")
              weighted := 0.0
              volumes := 0.0
          weighted += hlc3 * volume
          volumes += volume
          weighted / volumes
      """),
    .init(
      "g(bar_index % 30 == 11)", "f(bar_index % 30 == 11)",
      """
      g(anchor) =>
          [middle, upper, lower] = ta.vwap(close, anchor, 2)
          middle + 2 * upper + 4 * lower
      f(anchor) =>
          var float weighted = 0.0
          var float volumes = 0.0
          var float squares = 0.0
          if anchor
              weighted := 0.0
              volumes := 0.0
              squares := 0.0
          weighted += close * volume
          volumes += volume
          squares += close * (close * volume)
          mean = weighted / volumes
          distance = 2 * math.sqrt(math.max(0, squares / volumes - mean * mean))
          mean + 2 * (mean + distance) + 4 * (mean - distance)
      """),
  ]
}
