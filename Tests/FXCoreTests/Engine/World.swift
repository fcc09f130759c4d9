import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// An engine with what tests ask of it. Instruments have ref 1, 2, 3 … in the order they come.
final class World {
  let engine: UnsafeMutablePointer<Engine>

  init(_ change: (inout fxaot_config) -> Void = { _ in }) throws {
    try #require(Puppet.areRegistered)
    var config = Engine.defaultConfig
    change(&config)
    engine = try Engine.make(config)
  }

  init(_ loaded: consuming Engine) throws {
    guard let held = Engine.hold(loaded) else { throw EngineError(FXAOT_OUT_OF_MEMORY) }
    engine = held
  }

  /// With EURUSD as instrument 1.
  static func eurusd(_ change: (inout fxaot_config) -> Void = { _ in }) throws -> World {
    let world = try World(change)
    try world.add("EUR", "USD", 1)
    return world
  }

  deinit { Engine.destroy(engine) }

  func add(
    _ base: String, _ quote: String, _ ref: UInt64, decimals: UInt32 = 5, symbol: String? = nil,
    maximum: Int64 = 100_000_000
  ) throws {
    let terms = Terms.make(base, quote, decimals: decimals, maximum: maximum, symbol: symbol)
    try engine.pointee.addInstrument(terms, ref: ref)
  }

  /// Deploys on every quote unless told otherwise.
  func deploy(
    _ strategy: StaticString = Puppet.name, ref: UInt64 = 100, on symbol: UInt64 = 1,
    kind: Int = FXAOT_TF_TICK, count: UInt32 = 1, price: Int = FXAOT_MID,
    params: KeyValuePairs<StaticString, Double> = [:]
  ) throws {
    let values = params.map { fxaot_param_value(name: $0.key.cString, value: $0.value) }
    try values.withUnsafeBufferPointer {
      let deployment = fxaot_deployment(
        strategy: strategy.cString, symbol_ref: symbol,
        timeframe: fxaot_timeframe(kind: UInt32(kind), count: count), price: UInt32(price),
        param_count: UInt32($0.count), params: $0.baseAddress)
      try engine.pointee.addStrategy(deployment, ref: ref)
    }
  }

  func remove(_ ref: UInt64) throws { try engine.pointee.removeStrategy(ref: ref) }

  @discardableResult
  func tick(
    _ time: Int64, _ bid: Double, _ ask: Double, on ref: UInt64 = 1,
    sizes: (Double, Double) = (0, 0)
  ) -> Int64 {
    engine.pointee.tick(
      ref: ref, time: time, bid: bid, ask: ask, bidSize: sizes.0, askSize: sizes.1, entry: 0)
  }

  @discardableResult
  func advance(to time: Int64) -> Int64 { engine.pointee.advance(to: time) }

  /// What the engine has caused since the last call.
  func take() -> [fxaot_event] {
    defer { engine.pointee.clearEvents() }
    return Array(engine.pointee.events)
  }

  func takeBytes() -> [UInt8] {
    defer { engine.pointee.clearEvents() }
    return Array(UnsafeRawBufferPointer(engine.pointee.events))
  }

  func takeBars() -> [Bar] {
    take().filter { $0.kind == UInt32(FXAOT_EVENT_BAR) }.map { Bar($0.bar) }
  }

  var stats: fxaot_stats { engine.pointee.stats }
  var account: fxaot_account { engine.pointee.account }

  var positions: [fxaot_position] {
    var all = [fxaot_position](repeating: fxaot_position(), count: 16)
    let count = all.withUnsafeMutableBufferPointer { engine.pointee.positions(into: $0) }
    return Array(all.prefix(count))
  }

  var strategies: [fxaot_strategy_stats] {
    let none = UnsafeMutableBufferPointer<fxaot_strategy_stats>(start: nil, count: 0)
    let count = engine.pointee.strategyStats(into: none)
    return Array(unsafeUninitializedCapacity: count) {
      $1 = engine.pointee.strategyStats(into: $0)
    }
  }
}

extension fxaot_strategy_stats {
  /// Reasons and counts of its refused orders.
  var refusals: [[UInt32]] {
    var copy = rejected
    return withUnsafeBytes(of: &copy) {
      $0.bindMemory(to: fxaot_reject_count.self).prefix { $0.count > 0 }.map { [$0.code, UInt32($0.count)] }
    }
  }
}

/// A bar that can be compared to the bit.
struct Bar: Equatable {
  let openTime, endTime, ticks: Int64
  let prices: [Double]
  let volume: Double

  init(_ raw: fxaot_bar) {
    (openTime, endTime, ticks) = (raw.open_time_ns, raw.end_time_ns, raw.ticks)
    prices = [raw.open, raw.high, raw.low, raw.close]
    volume = raw.volume
  }

  init(_ openTime: Int64, _ endTime: Int64, _ prices: [Double], volume: Double, ticks: Int64) {
    (self.openTime, self.endTime, self.ticks) = (openTime, endTime, ticks)
    self.prices = prices
    self.volume = volume
  }
}

extension fxaot_event {
  /// Kind and the number that matters for it: "signal 1.0", "order 10000", "cancel 10000", "fill -20000", "bar",
  /// "reject 3", "alarm 1".
  var text: String {
    switch Int(kind) {
    case FXAOT_EVENT_SIGNAL: "signal \(strength)"
    case FXAOT_EVENT_ORDER: "\(orderChange) \(signedQuantity)"
    case FXAOT_EVENT_FILL: "fill \(signedQuantity)"
    case FXAOT_EVENT_REJECT: "reject \(code)"
    case FXAOT_EVENT_BAR: "bar"
    case FXAOT_EVENT_ALARM: "alarm \(code)"
    default: "kind \(kind)"
    }
  }

  private var orderChange: String {
    switch code {
    case FXAOT_ORDER_CANCELLED.rawValue: "cancel"
    case FXAOT_ORDER_MODIFIED.rawValue: "modify"
    case FXAOT_ORDER_TRIGGERED.rawValue: "trigger"
    default: "order"
    }
  }

  private var signedQuantity: Int64 { side == UInt32(FXAOT_SELL) ? -quantity : quantity }
}
