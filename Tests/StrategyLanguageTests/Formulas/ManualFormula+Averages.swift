extension ManualFormula {
  static let averages: [ManualFormula] = [
    .init(
      "ta.sma(close, 7)", "f(close, 7)",
      """
      f(x, n) =>
          total = 0.0
          for i = 0 to n - 1
              total += x[i] / n
          total
      """),
    .init(
      "ta.ema(close, 9)", "f(close, 9)",
      """
      f(x, n) =>
          alpha = 2 / (n + 1)
          float y = 0.0
          y := na(y[1]) ? ta.sma(x, n) : alpha * x + (1 - alpha) * nz(y[1])
          y
      """),
    .init(
      "ta.rma(close, 9)", "f(close, 9)",
      """
      f(x, n) =>
          alpha = 1 / n
          float y = 0.0
          y := na(y[1]) ? ta.sma(x, n) : alpha * x + (1 - alpha) * nz(y[1])
          y
      """),
    .init(
      "ta.wma(close, 8)", "f(close, 8)",
      """
      f(x, n) =>
          norm = 0.0
          total = 0.0
          for i = 0 to n - 1
              weight = (n - i) * n
              norm += weight
              total += x[i] * weight
          total / norm
      """),
    .init(
      "ta.vwma(close, 6)", "f(close, 6)",
      """
      f(x, n) => ta.sma(x * volume, n) / ta.sma(volume, n)
      """),
    .init(
      "ta.swma(close)", "f(close)",
      """
      f(x) => x[3] / 6 + x[2] * 2 / 6 + x[1] * 2 / 6 + x / 6
      """),
    .init(
      "ta.hma(close, 20)", "f(close, 20)",
      """
      f(x, simple int n) => ta.wma(2 * ta.wma(x, int(n / 2)) - ta.wma(x, n), int(math.sqrt(n)))
      """),
    .init(
      "ta.alma(close, 9, 0.85, 6)", "f(close, 9, 0.85, 6)",
      """
      f(x, n, offset, sigma) =>
          m = offset * (n - 1)
          s = n / sigma
          norm = 0.0
          total = 0.0
          for i = 0 to n - 1
              weight = math.exp(-1 * math.pow(i - m, 2) / (2 * math.pow(s, 2)))
              norm += weight
              total += x[n - i - 1] * weight
          total / norm
      """),
    .init(
      "ta.linreg(close, 10, 2)", "f(close, 10, 2)",
      """
      f(x, n, offset) =>
          sx = 0.0
          sy = 0.0
          sxx = 0.0
          sxy = 0.0
          for i = 0 to n - 1
              sx += n - 1 - i
              sy += x[i]
              sxx += (n - 1 - i) * (n - 1 - i)
              sxy += (n - 1 - i) * x[i]
          slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
          intercept = (sy - slope * sx) / n
          intercept + slope * (n - 1 - offset)
      """),
  ]

  static let windows: [ManualFormula] = [
    .init(
      "ta.variance(close, 8)", "f(close, 8)",
      """
      f(x, n) =>
          mean = ta.sma(x, n)
          total = 0.0
          for i = 0 to n - 1
              total += math.pow(x[i] - mean, 2)
          total / n
      """),
    .init(
      "ta.stdev(close, 8)", "f(close, 8)",
      """
      f(x, n) =>
          mean = ta.sma(x, n)
          total = 0.0
          for i = 0 to n - 1
              total += math.pow(x[i] - mean, 2)
          math.sqrt(total / n)
      """),
    .init(
      "ta.stdev(close, 8, false)", "math.sqrt(f(close, 8))",
      """
      f(x, n) =>
          mean = ta.sma(x, n)
          total = 0.0
          for i = 0 to n - 1
              total += math.pow(x[i] - mean, 2)
          total / (n - 1)
      """),
    .init(
      "ta.dev(close, 8)", "f(close, 8)",
      """
      f(x, n) =>
          mean = ta.sma(x, n)
          total = 0.0
          for i = 0 to n - 1
              total += math.abs(x[i] - mean)
          total / n
      """),
    .init(
      "ta.median(close, 7)", "f(close, 7)",
      """
      f(x, n) =>
          float middle = na
          for i = 0 to n - 1
              below = 0
              above = 0
              for k = 0 to n - 1
                  below += x[k] < x[i] ? 1 : 0
                  above += x[k] > x[i] ? 1 : 0
              middle := below <= n / 2 and above <= n / 2 and not na(x[n - 1]) ? x[i] : middle
          middle
      """),
    .init(
      "ta.mode(math.round(close), 9)", "f(math.round(close), 9)",
      """
      f(x, n) =>
          float best = na
          most = 0
          for i = 0 to n - 1
              count = 0
              for k = 0 to n - 1
                  count += x[k] == x[i] ? 1 : 0
              if count > most or count == most and x[i] < best
                  most := count
                  best := x[i]
          na(x[n - 1]) ? na : best
      """),
    .init(
      "ta.percentrank(close, 12)", "f(close, 12)",
      """
      f(x, n) =>
          count = 0
          for i = 1 to n
              count += x[i] <= x ? 1 : 0
          na(x[n]) ? na : 100 * count / n
      """),
    .init(
      "ta.percentile_nearest_rank(close, 10, 35)", "f(close, 10, 35)",
      """
      f(x, n, percent) =>
          float answer = na
          for i = 0 to n - 1
              count = 0
              for k = 0 to n - 1
                  count += x[k] <= x[i] ? 1 : 0
              if count >= math.ceil(percent / 100 * n) and (na(answer) or x[i] < answer)
                  answer := x[i]
          na(x[n - 1]) ? na : answer
      """),
    .init(
      "ta.percentile_linear_interpolation(close, 10, 35)", "f(close, 10, 35)",
      """
      place(x, n, k) =>
          float answer = na
          for i = 0 to n - 1
              below = 0
              upTo = 0
              for j = 0 to n - 1
                  below += x[j] < x[i] ? 1 : 0
                  upTo += x[j] <= x[i] ? 1 : 0
              if below <= k and k < upTo
                  answer := x[i]
          na(x[n - 1]) ? na : answer
      f(x, n, percent) =>
          at = percent / 100 * n - 0.5
          lower = math.floor(at)
          place(x, n, lower) + (at - lower) * (place(x, n, lower + 1) - place(x, n, lower))
      """),
    .init(
      "ta.correlation(close, volume, 11)", "f(close, volume, 11)",
      """
      f(x, y, n) =>
          mx = ta.sma(x, n)
          my = ta.sma(y, n)
          xy = 0.0
          xx = 0.0
          yy = 0.0
          for i = 0 to n - 1
              xy += (x[i] - mx) * (y[i] - my)
              xx += math.pow(x[i] - mx, 2)
              yy += math.pow(y[i] - my, 2)
          xy / math.sqrt(xx * yy)
      """),
    .init(
      "ta.highest(close, 8)", "f(close, 8)",
      """
      f(x, n) =>
          best = x
          for i = 1 to n - 1
              best := math.max(best, x[i])
          best
      """),
    .init(
      "ta.lowest(8)", "f(low, 8)",
      """
      f(x, n) =>
          best = x
          for i = 1 to n - 1
              best := math.min(best, x[i])
          best
      """),
    .init(
      "ta.highestbars(8)", "f(high, 8)",
      """
      f(x, n) =>
          place = 0
          for i = 1 to n - 1
              if x[i] >= x[place]
                  place := i
          na(x[n - 1]) ? na : -place
      """),
    .init(
      "ta.lowestbars(8)", "f(low, 8)",
      """
      f(x, n) =>
          place = 0
          for i = 1 to n - 1
              if x[i] <= x[place]
                  place := i
          na(x[n - 1]) ? na : -place
      """),
    .init("ta.range(close, 8)", "f(close, 8)", "f(x, n) => ta.highest(x, n) - ta.lowest(x, n)"),
    .init(
      "ta.cum(close)", "f(close)",
      """
      f(x) =>
          var float total = 0.0
          total += x
          total
      """),
    .init(
      "ta.max(close) + ta.min(close)", "f(close)",
      """
      f(x) =>
          var float most = x
          var float least = x
          most := math.max(most, x)
          least := math.min(least, x)
          most + least
      """),
    .init(
      "math.sum(close, 5)", "f(close, 5)",
      """
      f(x, n) =>
          total = 0.0
          for i = 0 to n - 1
              total += x[i]
          total
      """),
    .init(
      "g(close, 9, 2)", "f(close, 9, 2)",
      """
      g(x, n, multiple) =>
          [middle, upper, lower] = ta.bb(x, n, multiple)
          middle + 2 * upper + 4 * lower
      f(x, n, multiple) =>
          middle = ta.sma(x, n)
          distance = multiple * ta.stdev(x, n)
          middle + 2 * (middle + distance) + 4 * (middle - distance)
      """),
    .init(
      "ta.bbw(close, 9, 2)", "f(close, 9, 2)",
      """
      f(x, n, multiple) =>
          middle = ta.sma(x, n)
          distance = multiple * ta.stdev(x, n)
          (middle + distance - (middle - distance)) / middle * 100
      """),
  ]
}
