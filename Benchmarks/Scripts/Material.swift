import Calendar
import Research
import StrategyLanguage
import StrategyVM

struct BenchFailure: Error { let why: String }

/// The script of the rows with the bar broker.
let macd = """
  //@version=6
  strategy("MACD cross", initial_capital = 1000000, pyramiding = 1)
  [line, signal, _] = ta.macd(close, 12, 26, 9)
  if ta.crossover(line, signal)
      strategy.entry("L", strategy.long)
  if ta.crossunder(line, signal)
      strategy.entry("S", strategy.short)
  """

/// What scripts are made of, nine lines for an indicator.
func longScript(indicators: Int) -> String {
  var lines = ["//@version=6", "strategy(\"Bands\", overlay = true)"]
  for k in 1...indicators {
    lines += [
      "len\(k) = input.int(\(k + 5), \"Length \(k)\", minval = 1)",
      "avg\(k) = ta.sma(close, len\(k))",
      "dev\(k) = ta.stdev(close, len\(k))",
      "up\(k) = avg\(k) + 2.0 * dev\(k)",
      "dn\(k) = avg\(k) - 2.0 * dev\(k)",
      "sig\(k) = ta.crossover(close, up\(k)) ? 1 : ta.crossunder(close, dn\(k)) ? -1 : 0",
      "var int count\(k) = 0",
      "if sig\(k) != 0",
      "    count\(k) += sig\(k)",
    ]
  }
  let sum = (1...indicators).map { "count\($0)" }.joined(separator: " + ")
  lines += ["plot(\(sum), \"sum\")"]
  return lines.joined(separator: "\n") + "\n"
}

/// A seeded random walk. A bar moves by at most half of `move`: 0.01 has signals all the time,
/// 0.0005 is as restless as a currency's minutes.
func walk(_ count: Int, minutes: Int64 = 15, move: Double = 0.01) -> [ScriptBar] {
  let length = minutes * 60_000
  var seed: UInt64 = 7
  func random() -> Double {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(seed >> 11) / Double(1 << 53) - 0.5
  }
  var close = 2_000.0
  return (0..<count).map { index in
    let open = close
    close = max(1, open * (1 + random() * move))
    let time = 1_699_999_200_000 + Int64(index) * length
    return ScriptBar(
      time: time, timeClose: time + length, open: open,
      high: max(open, close) * (1 + (random() + 0.5) * 0.002),
      low: min(open, close) * (1 - (random() + 0.5) * 0.002), close: close,
      volume: 1_000 * (random() + 1))
  }
}

func ready(_ text: String) throws -> Backtest {
  guard let program = FrontEnd.compile(text).program, let period = Period("15") else {
    throw BenchFailure(why: FrontEnd.compile(text).report)
  }
  return try Backtest(program, environment: ScriptEnvironment(timeframe: period))
}
