import CFxaot
import StrategyIR
import StrategyLanguage
import StrategyVM
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Scripts in a test's engine.
extension World {
  /// Deploys the text of a script on one-minute bars unless told otherwise.
  func deploy(
    script text: String, ref: UInt64 = 100, on symbol: UInt64 = 1,
    kind: Int = FXAOT_TF_MINUTES, count: UInt32 = 1, price: Int = FXAOT_MID,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws {
    let bytes = try Scripts.program(text).encoded()
    try deploy(
      program: bytes, ref: ref, on: symbol, kind: kind, count: count, price: price,
      parameters: parameters)
  }

  func deploy(
    program bytes: [UInt8], ref: UInt64 = 100, on symbol: UInt64 = 1,
    kind: Int = FXAOT_TF_MINUTES, count: UInt32 = 1, price: Int = FXAOT_MID,
    parameters: [(name: String, value: ParameterValue)] = []
  ) throws {
    var deployment = Engine.ScriptDeployment(
      symbolRef: symbol, timeframe: fxaot_timeframe(kind: UInt32(kind), count: count),
      price: UInt32(price))
    deployment.parameters = parameters
    try bytes.withUnsafeBytes {
      try engine.pointee.addScript($0, deployment, ref: ref)
    }
  }

  func send(_ quotes: [TestQuote], on ref: UInt64 = 1) {
    for quote in quotes { tick(quote.time, quote.bid, quote.ask, on: ref) }
  }
}

struct TestQuote {
  var time: Int64
  var bid, ask: Double
  var mid: Double { (bid + ask) / 2 }
}

enum Scripts {
  static func program(_ text: String) throws -> Program {
    let compilation = FrontEnd.compile(text)
    return try #require(compilation.program, "\(compilation.report)")
  }

  /// Quotes every ten seconds from an hour on, each a few steps from the one before, 2 wide.
  static func walk(_ count: Int, seed: UInt64) -> [TestQuote] {
    var state = seed
    var step = 110_000
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      step += Int(state >> 33) % 21 - 10
      return TestQuote(
        time: start + hour + Int64(index) * 10 * second, bid: Double(step) / 100_000,
        ask: Double(step + 2) / 100_000)
    }
  }

  /// Bars of the quotes' mids, a minute each.
  static func bars(_ quotes: [TestQuote]) -> [ScriptBar] {
    var bars: [ScriptBar] = []
    for quote in quotes {
      let open = quote.time / minute * 60_000
      if bars.last?.time == open {
        bars[bars.count - 1].high = max(bars[bars.count - 1].high, quote.mid)
        bars[bars.count - 1].low = min(bars[bars.count - 1].low, quote.mid)
        bars[bars.count - 1].close = quote.mid
        bars[bars.count - 1].volume += 1
      } else {
        bars.append(
          ScriptBar(
            time: open, timeClose: open + 60_000, open: quote.mid, high: quote.mid, low: quote.mid,
            close: quote.mid, volume: 1))
      }
    }
    return bars
  }

  static let cross = """
    //@version=6
    strategy("Cross", default_qty_value = 1000)
    fast = ta.ema(close, input.int(3, "Fast", minval = 1, maxval = 50))
    slow = ta.ema(close, 8)
    if ta.crossover(fast, slow)
        strategy.entry("L", strategy.long)
    if ta.crossunder(fast, slow)
        strategy.entry("S", strategy.short)
    """
}
