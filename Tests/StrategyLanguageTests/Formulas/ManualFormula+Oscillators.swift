extension ManualFormula {
  static let oscillators: [ManualFormula] = [
    .init(
      "ta.rsi(close, 14)", "f(close, 14)",
      """
      f(x, simple int n) =>
          up = math.max(x - x[1], 0)
          down = math.max(x[1] - x, 0)
          100 - 100 / (1 + ta.rma(up, n) / ta.rma(down, n))
      """),
    .init(
      "g(close)", "f(close)",
      """
      g(x) =>
          [line, signal, histogram] = ta.macd(x, 5, 12, 4)
          line + 2 * signal + 4 * histogram
      f(x) =>
          line = ta.ema(x, 5) - ta.ema(x, 12)
          signal = ta.ema(line, 4)
          line + 2 * signal + 4 * (line - signal)
      """),
    .init(
      "ta.stoch(close, high, low, 9)", "f(9)",
      "f(n) => 100 * (close - ta.lowest(low, n)) / (ta.highest(high, n) - ta.lowest(low, n))"),
    .init(
      "ta.cci(close, 10)", "f(close, 10)",
      "f(x, n) => (x - ta.sma(x, n)) / (0.015 * ta.dev(x, n))"),
    .init(
      "ta.cmo(close, 10)", "f(close, 10)",
      """
      f(x, n) =>
          move = ta.change(x)
          up = math.sum(move >= 0 ? move : 0.0, n)
          down = math.sum(move >= 0 ? 0.0 : -move, n)
          100 * (up - down) / (up + down)
      """),
    .init(
      "ta.cog(close, 10)", "f(close, 10)",
      """
      f(x, n) =>
          total = math.sum(x, n)
          weighted = 0.0
          for i = 0 to n - 1
              weighted += x[i] * (i + 1)
          -weighted / total
      """),
    .init(
      "ta.mfi(hlc3, 10)", "f(hlc3, 10)",
      """
      f(x, n) =>
          upper = math.sum(volume * (ta.change(x) <= 0.0 ? 0.0 : x), n)
          lower = math.sum(volume * (ta.change(x) >= 0.0 ? 0.0 : x), n)
          100.0 - 100.0 / (1.0 + upper / lower)
      """),
    .init("ta.change(close, 3)", "f(close, 3)", "f(x, n) => x - x[n]"),
    .init("ta.mom(close, 3)", "f(close, 3)", "f(x, n) => x - x[n]"),
    .init("ta.roc(close, 3)", "f(close, 3)", "f(x, n) => 100 * (x - x[n]) / x[n]"),
    .init(
      "ta.tsi(close, 5, 9)", "f(close, 5, 9)",
      """
      smooth(x, simple int short, simple int long) => ta.ema(ta.ema(x, long), short)
      f(x, simple int short, simple int long) =>
          move = ta.change(x)
          smooth(move, short, long) / smooth(math.abs(move), short, long)
      """),
    .init(
      "ta.wpr(9)", "f(9)",
      "f(n) => 100 * (close - ta.highest(n)) / (ta.highest(n) - ta.lowest(n))"),
    .init(
      "ta.rci(math.round(close), 9)", "f(math.round(close), 9)",
      """
      f(x, n) =>
          xy = 0.0
          xx = 0.0
          yy = 0.0
          for i = 0 to n - 1
              below = 0
              equal = 0
              for k = 0 to n - 1
                  below += x[k] < x[i] ? 1 : 0
                  equal += x[k] == x[i] ? 1 : 0
              rank = below + (equal - 1) / 2 - (n - 1) / 2
              place = n - 1 - i - (n - 1) / 2
              xy += rank * place
              xx += rank * rank
              yy += place * place
          na(x[n]) ? na : 100 * xy / math.sqrt(xx * yy)
      """),
  ]

  static let events: [ManualFormula] = [
    .init(
      "ta.crossover(close, ta.sma(close, 5)) ? 1 : 0.5", "f(close, ta.sma(close, 5)) ? 1 : 0.5",
      "f(x, y) => x > y and x[1] <= y[1]"),
    .init(
      "ta.crossunder(close, ta.sma(close, 5)) ? 1 : 0.5", "f(close, ta.sma(close, 5)) ? 1 : 0.5",
      "f(x, y) => x < y and x[1] >= y[1]"),
    .init(
      "ta.rising(close, 2) ? 1 : 0.5", "f(close, 2) ? 1 : 0.5",
      """
      f(x, n) =>
          holds = true
          for i = 0 to n - 1
              if not (x[i] > x[i + 1])
                  holds := false
          holds
      """),
    .init(
      "ta.falling(close, 2) ? 1 : 0.5", "f(close, 2) ? 1 : 0.5",
      """
      f(x, n) =>
          holds = true
          for i = 0 to n - 1
              if not (x[i] < x[i + 1])
                  holds := false
          holds
      """),
    .init(
      "ta.barssince(close > open + 1)", "f(close > open + 1)",
      """
      f(condition) =>
          var int since = na
          since := condition ? 0 : since + 1
          since
      """),
    .init(
      "ta.valuewhen(close > open + 1, high, 1)", "f(close > open + 1, high)",
      """
      f(condition, x) =>
          var float newest = na
          var float second = na
          if condition
              second := newest
              newest := x
          second
      """),
    .init(
      "ta.pivothigh(3, 2)", "f(high, 3, 2)",
      """
      f(x, left, right) =>
          holds = not na(x[left + right])
          for i = 0 to left + right
              if i < right and x[i] >= x[right] or i > right and x[i] > x[right]
                  holds := false
          holds ? x[right] : na
      """),
    .init(
      "ta.pivotlow(3, 2)", "f(low, 3, 2)",
      """
      f(x, left, right) =>
          holds = not na(x[left + right])
          for i = 0 to left + right
              if i < right and x[i] <= x[right] or i > right and x[i] < x[right]
                  holds := false
          holds ? x[right] : na
      """),
    .init(
      "fixnan(close > open ? close : na)", "f(close > open ? close : na)",
      """
      f(x) =>
          var float kept = na
          kept := na(x) ? kept : x
          kept
      """),
  ]
}
