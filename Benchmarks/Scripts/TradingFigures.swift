import CFxaot
import FXCore
import Market
import Measuring
import StrategyIR
import StrategyLanguage
import StrategyVM

/// The account on the way of a quote and of an order; each figure is the time beyond that of a flat account
/// without orders, and its sibling `…_flat` that time itself.
func tradingFigures() throws {
  try report("order_path", try orderPath(), "ns")
  let flat = try markTime(positions: false)
  report("mark_28_flat", flat, "ns")
  try report("mark_28", try markTime(positions: true) - flat, "ns")
  let none = try restingTime(orders: 0)
  report("resting_1k_none", none, "ns")
  try report("resting_1k", try restingTime(orders: 1_000) - none, "ns")
  let idle = try scriptTime(plainScript)
  report("scripts_flat_1k", idle, "ns")
  try report("scripts_in_position_1k", try scriptTime(heldScript) - idle, "ns")
  try report("snapshot_pause", try snapshotPause() / 1_000_000, "ms")
  try report("scripts_with_exits_1k", try scriptTime(heldScript + exits) - idle, "ns")
}

private let second: Int64 = 1_000_000_000
private let begin: Int64 = 1_709_546_400 * second  // Monday, 4 March 2024, 10:00 UTC

/// An engine with a 50x account of 10 million USD and these built-in instruments, numbered from 1.
private func engine(_ symbols: [StaticString]) throws -> UnsafeMutablePointer<Engine> {
  var config = Engine.defaultConfig
  config.balance_micro = 10_000_000 * 1_000_000
  let engine = try Engine.make(config)
  for (index, symbol) in symbols.enumerated() {
    let terms = symbol.withUTF8Buffer { BuiltInInstruments.find(UnsafeRawBufferPointer($0)) }
    guard let terms else { throw BenchFailure(why: "no instrument") }
    try engine.pointee.addInstrument(terms, ref: UInt64(index + 1))
  }
  return engine
}

private func market(_ ref: UInt64, buys quantity: Int64) -> fxaot_order_request {
  var request = fxaot_order_request()
  request.symbol_ref = ref
  request.side = UInt32(FXAOT_BUY)
  request.quantity = quantity
  (request.price, request.limit, request.trail_activation) = (.nan, .nan, .nan)
  (request.stop_loss, request.take_profit) = (.nan, .nan)
  return request
}

private func tick(_ engine: UnsafeMutablePointer<Engine>, _ ref: UInt64, _ time: Int64, _ bid: Double) {
  _ = engine.pointee.tick(
    ref: ref, time: time, bid: bid, ask: bid * 1.00005, bidSize: 0, askSize: 0, entry: 0)
}

/// A market order through the whole gate, all limits on, to the venue; without its fill.
private func orderPath() throws -> Double {
  try median(of: 15) {
    let engine = try engine(["EURUSD", "GBPUSD"])
    defer { Engine.destroy(engine) }
    var limits = fxaot_risk()
    limits.max_quote_age_ns = 3_600 * second
    limits.max_spread_steps = 1_000
    limits.collar = 100_000_000
    limits.max_order_quantity = 10_000_000
    limits.max_order_notional_micro = .max / 2
    limits.max_position = 100_000_000
    limits.max_currency_notional_micro = .max / 2
    limits.max_positions = 1_000
    limits.max_orders = 100_000
    limits.order_rate_count = 1_000_000
    limits.order_rate_ns = second
    limits.daily_loss_micro = 1_000_000 * 1_000_000
    limits.max_drawdown = 900_000_000
    limits.max_losing_trades = 100_000
    try engine.pointee.setRisk(limits)
    for ref in UInt64(1)...2 { tick(engine, ref, begin, 1.1) }
    var time = 0.0
    let rounds = 1_000
    let (buy, sell) = (
      market(1, buys: 1_000),
      {
        var order = market(1, buys: 1_000)
        order.side = UInt32(FXAOT_SELL)
        return order
      }()
    )
    for round in 0..<rounds {
      let start = now()
      for order in 0..<10 { _ = engine.pointee.submit(order % 2 == 0 ? buy : sell) }
      time += now() - start
      tick(engine, 1, begin + Int64(round + 1) * second, 1.1)
      engine.pointee.clearEvents()
    }
    guard engine.pointee.stats.rejects == 0 else { throw BenchFailure(why: "the gate refused an order") }
    return time / Double(rounds * 10)
  }
}

private let majors: [StaticString] = [
  "EURUSD", "GBPUSD", "AUDUSD", "NZDUSD", "USDJPY", "USDCHF", "USDCAD", "EURGBP", "EURAUD", "EURNZD", "EURJPY",
  "EURCHF", "EURCAD", "GBPAUD", "GBPNZD", "GBPJPY", "GBPCHF", "GBPCAD", "AUDNZD", "AUDJPY", "AUDCHF", "AUDCAD",
  "NZDJPY", "NZDCHF", "NZDCAD", "CHFJPY", "CADJPY", "CADCHF",
]

/// A USDJPY quote, which revalues the seven yen pairs, with or without a position in each of the 28 pairs.
private func markTime(positions: Bool) throws -> Double {
  try median(of: 15) {
    let engine = try engine(majors)
    defer { Engine.destroy(engine) }
    for ref in 1...UInt64(majors.count) { tick(engine, ref, begin, ref == 5 || ref == 11 ? 150 : 1.1) }
    if positions {
      for ref in 1...UInt64(majors.count) { _ = engine.pointee.submit(market(ref, buys: 1_000)) }
      for ref in 1...UInt64(majors.count) { tick(engine, ref, begin, ref == 5 || ref == 11 ? 150 : 1.1) }
    }
    engine.pointee.clearEvents()
    return walkTime(engine, 5, from: 150)
  }
}

/// A EURUSD quote that triggers none of the resting orders.
private func restingTime(orders: Int) throws -> Double {
  try median(of: 15) {
    let engine = try engine(["EURUSD"])
    defer { Engine.destroy(engine) }
    tick(engine, 1, begin, 1.1)
    for index in 0..<orders {
      var limit = market(1, buys: 1_000)
      limit.type = UInt32(FXAOT_TYPE_LIMIT)
      limit.price = 1.08 - Double(index) * 0.00001
      _ = engine.pointee.submit(limit)
    }
    engine.pointee.clearEvents()
    return walkTime(engine, 1, from: 1.1)
  }
}

private let plainScript =
  "//@version=6\nstrategy(\"Flat\")\nif close < 0\n    strategy.entry(\"L\", strategy.long, 1)\n"
private let heldScript =
  "//@version=6\nstrategy(\"Held\")\nif bar_index == 0\n    strategy.entry(\"L\", strategy.long, 1)\n"
private let exits = "strategy.exit(\"X\", stop = 0.9, limit = 1.3)\n"

/// A EURUSD quote for 1,000 scripts, which reaches none of their prices.
private func scriptTime(_ text: String) throws -> Double {
  guard let checked = FrontEnd.compile(text).program else { throw BenchFailure(why: "no script") }
  let program = checked.encoded()
  return try median(of: 5) {
    let engine = try engine(["EURUSD"])
    defer { Engine.destroy(engine) }
    let place = Engine.ScriptDeployment(
      symbolRef: 1, timeframe: fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1),
      price: UInt32(FXAOT_MID))
    for ref in UInt64(1)...1_000 {
      try program.withUnsafeBytes { try engine.pointee.addScript($0, place, ref: ref) }
    }
    // Two bars, and the fill between them; then the extremes of the walk.
    for (index, price) in [1.1, 1.1, 1.1, 1.095, 1.105, 1.1, 1.1].enumerated() {
      tick(engine, 1, begin + Int64(index - 6) * 60 * second, price)
    }
    engine.pointee.clearEvents()
    return walkTime(engine, 1, from: 1.1)
  }
}

private let macdScript = """
  //@version=6
  strategy("MACD")
  [line, signal, hist] = ta.macd(close, 12, 26, 9)
  if hist > 0 or bar_index % 4 == 0
      strategy.entry("L", strategy.long, 1)
  if bar_index % 4 == 2
      strategy.close("L")

  """

/// How long the engine waits for a snapshot: 100 MACD scripts, 5,000 kept bars, 1,000 closed trades each.
private func snapshotPause() throws -> Double {
  guard let checked = FrontEnd.compile(macdScript).program else { throw BenchFailure(why: "no script") }
  let program = checked.encoded()
  let engine = try engine(["EURUSD"])
  defer { Engine.destroy(engine) }
  let place = Engine.ScriptDeployment(
    symbolRef: 1, timeframe: fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1), price: UInt32(FXAOT_MID))
  for ref in UInt64(1)...100 { try program.withUnsafeBytes { try engine.pointee.addScript($0, place, ref: ref) } }
  for bar in 0..<5_000 {
    for part in 0..<3 {
      let price = 1.1 + Double((bar * 7_919 + part * 31) % 200) * 0.00001
      tick(engine, 1, begin + Int64(bar) * 60 * second + Int64(part) * 20 * second, price)
    }
    engine.pointee.clearEvents()
  }
  guard engine.pointee.stats.fills >= 100 * 2_000 else { throw BenchFailure(why: "too few trades") }
  return median(of: 15) {
    let start = now()
    let snapshot = engine.pointee.capture()
    let time = now() - start
    _ = snapshot.bytes().count
    return time
  }
}

/// The time of a quote of a walk within ±0.1 %.
private func walkTime(_ engine: UnsafeMutablePointer<Engine>, _ ref: UInt64, from mid: Double) -> Double {
  let count = 100_000
  var seed: UInt64 = 1
  var step = 0.0
  let prices = (0..<count).map { _ in
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    step = (step + Double(Int64(seed >> 33) - 1 << 30) * 0x1p-30 * 0.05) * 0.99
    return mid * (1 + step * 0.001)
  }
  let start = now()
  for (index, price) in prices.enumerated() { tick(engine, ref, begin + Int64(index + 1) * 500_000, price) }
  return (now() - start) / Double(count)
}
