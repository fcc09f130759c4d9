import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market
@testable import Trading

/// Sizer and risk gate inside the engine: how large an order is, and when there is none.
struct SizingTests {
  private let micro: Int64 = 1_000_000

  @Test(arguments: [(0.1, 1), (0.100001, 2), (-0.1, 1), (-0.100001, 2), (0, 0), (1e-12, 1)])
  func `only a signal above the minimum becomes an order`(strength: Double, events: Int64) throws {
    let world = try World.eurusd()
    try world.deploy(params: ["gain": strength, "mode": 4])
    #expect(world.tick(start + 1, 1.2, 1.2) == events)
  }

  @Test func `a signal of the held direction orders nothing`() throws {
    let world = try World.eurusd()
    try world.deploy()
    for time in Int64(1)...10 { world.tick(start + time, 1.2, 1.2) }
    #expect(world.stats.signals == 10)
    #expect(world.stats.orders == 1)
    #expect(world.stats.fills == 1)
  }

  @Test func `an answer that is no number raises an alarm and counts as nothing`() throws {
    for mode in [1, 2, 3] {
      let world = try World.eurusd { $0.bar_events = 1 }
      try world.deploy(params: ["mode": Double(mode)])
      world.tick(start + 1, 1.2, 1.2)
      let events = world.take()
      #expect(events.map(\.text) == ["alarm \(FXAOT_ALARM_BAD_SIGNAL.rawValue)", "bar"])
      #expect(events[1].strength == 0)
      #expect(world.stats.alarms == 1)
    }
  }

  @Test func `an answer beyond one is one`() throws {
    let world = try World.eurusd()
    try world.deploy(params: ["gain": 2, "mode": 4])
    try world.deploy(ref: 2, params: ["gain": -2, "mode": 4])
    world.tick(start + 1, 1.2, 1.2)
    let signals = world.take().filter { $0.kind == UInt32(FXAOT_EVENT_SIGNAL) }
    #expect(signals.map(\.strength) == [1, -1])
  }

  @Test func `percent of equity in the base currency is the same at every price`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 10
    }
    try world.add("USD", "JPY", 1, decimals: 3)
    try world.deploy()
    world.tick(start + 1, 149.995, 150.005)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
  }

  @Test func `percent of equity buys what the ask allows`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 10
    }
    try world.add("EUR", "USD", 1)
    try world.deploy()
    world.tick(start + 1, 1.2, 1.25)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 8000"])
  }

  @Test func `percent of equity in a foreign quote currency`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 10
    }
    try world.add("EUR", "JPY", 1, decimals: 3)
    try world.add("USD", "JPY", 2, decimals: 3)
    try world.deploy()
    world.tick(start + 1, 125, 125, on: 2)
    world.tick(start + 1, 160, 160)
    // 10,000 USD = 1,250,000 JPY = 7,812.5 EUR
    #expect(world.take().map(\.text) == ["signal 1.0", "order 7812"])
  }

  @Test func `without equity a signal closes and opens nothing`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 1_000
      $0.balance_micro = 100 * 1_000_000
    }
    try world.add("EUR", "USD", 1)
    try world.deploy()
    world.tick(start + 1, 1.25, 1.25)  // 1,000 USD buy 800
    world.tick(start + 2, 1.25, 1.25)
    world.tick(start + 3, 1.05, 1.05)  // 800 × −0.20 = −160 USD
    // An account without equity is stopped out too; the strategy's own order is older.
    #expect(world.take().map(\.text).contains("order -800"))
    #expect(world.account.equity_micro == -60 * micro)
    world.tick(start + 4, 1.05, 1.05)  // fills, and its bar sells again: nothing is held, nothing is left
    #expect(world.take().last?.text == "reject \(FXAOT_REJECT_NO_EQUITY.rawValue)")
    #expect(world.account.balance_micro == -60 * micro)
  }

  @Test func `quantities outside the limits are rejected`() throws {
    let world = try World { $0.fixed_quantity = 900 }
    let small = Terms.make("EUR", "USD", quantityStep: 1_000)
    try world.engine.pointee.addInstrument(small, ref: 1)
    try world.add("GBP", "USD", 2, maximum: 800)
    try world.deploy(ref: 1)
    try world.deploy(ref: 2, on: 2)
    world.tick(start + 1, 1.2, 1.2)
    let events = world.take()
    #expect(events.map(\.text) == ["signal 1.0", "reject 1", "alarm 5"])
    #expect(events[1].quantity == 900)
    // Size, step and smallest quantity.
    #expect(events[2].strength == 900 && events[2].quantity == 1_000 && events[2].price == 1_000)
    #expect(events[2].strategy_ref == 1 && events[2].symbol_ref == 1)
    world.tick(start + 1, 1.2, 1.2, on: 2)
    #expect(world.take().map(\.text) == ["signal 1.0", "reject 2"])
  }

  @Test func `every order that the step leaves nothing of is rejected and the first is an alarm`() throws {
    let world = try World { $0.fixed_quantity = 999 }
    let terms = Terms.make("EUR", "USD", quantityStep: 1_000)
    try world.engine.pointee.addInstrument(terms, ref: 1)
    try world.deploy(ref: 1)
    try world.deploy(ref: 2, params: ["gain": -1e9])
    for time in Int64(1)...3 { world.tick(start + time, 1.2, 1.2) }
    let buys = ["signal 1.0", "reject 1"]
    let sells = ["signal -1.0", "reject 1"]
    let expected = buys + ["alarm 5"] + sells + ["alarm 5"] + buys + sells + buys + sells
    let events = world.take()
    #expect(events.map(\.text) == expected)
    #expect(Set(events.map(\.order_id).filter { $0 != 0 }).count == 6)
    #expect(world.strategies.map(\.rejects) == [3, 3])
    let reason = FXAOT_REJECT_QUANTITY_BELOW_MINIMUM.rawValue
    #expect(world.strategies.map(\.refusals) == [[[reason, 3]], [[reason, 3]]])
    #expect(world.stats.rejects == 6 && world.stats.alarms == 2)
  }

  @Test func `a reversal whose new side is cut to nothing closes and says so`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 100
      $0.balance_micro = 1_100 * 1_000_000
    }
    let terms = Terms.make("EUR", "USD", quantityStep: 1_000)
    try world.engine.pointee.addInstrument(terms, ref: 1)
    try world.deploy(params: ["center": 1.2])
    world.tick(start + 1, 1.1, 1.1)  // 1,100 USD are 1,000 EUR short
    world.tick(start + 2, 1.1, 1.1)
    _ = world.take()
    world.tick(start + 3, 1.5, 1.5)  // 700 USD are 466 EUR, less than a step
    let events = world.take()
    #expect(events.map(\.text) == ["signal 1.0", "order 1000", "reject 1", "alarm 5"])
    #expect(events[2].quantity == 466 && events[2].side == UInt32(FXAOT_BUY))
    #expect(events[3].strength == 466 && events[3].quantity == 1_000)
  }

  @Test func `a size beyond an int 64 closes only and does not overflow`() throws {
    let world = try World {
      $0.sizer = UInt32(FXAOT_SIZER_EQUITY_PERCENT)
      $0.equity_percent = 100_000
      $0.balance_micro = 1_000_000_000_000_000_000
    }
    try world.add("ABC", "USD", 1, decimals: 9, maximum: 1_000_000_000_000)
    try world.deploy(params: ["center": 1, "gain": -1e9])  // sells above 1, buys below
    world.tick(start + 1, 1e6, 1e6)
    world.tick(start + 2, 1e6, 1e6)
    world.tick(start + 3, 1e-9, 1e-9)
    #expect(world.take().last?.text == "order 1000000000")  // what was sold at 2, and no more
  }

  @Test func `a net position that has grown to the limit takes no more`() throws {
    let world = try World.eurusd()
    // What a million removed strategies may have left.
    _ = world.engine.pointee.instruments.base[0].market.book.fill(1_000_000_000_000_000_000, at: 1)
    try world.deploy(ref: 1)
    try world.deploy(ref: 2, params: ["gain": -1e9])
    world.tick(start + 1, 1.2, 1.2)
    #expect(
      world.take().map(\.text) == [
        "signal 1.0", "reject \(FXAOT_REJECT_MARGIN.rawValue)", "signal -1.0", "order -10000",
      ])
  }

  private func sized(_ sizer: Int, _ quantity: Int64, percent: Double, balance: Int64 = 100_000) throws -> World {
    try World {
      $0.sizer = UInt32(sizer)
      $0.fixed_quantity = quantity
      $0.equity_percent = percent
      $0.balance_micro = balance * 1_000_000
    }
  }

  @Test func `a size by risk loses its share at the stop-loss that comes with it`() throws {
    let world = try sized(FXAOT_SIZER_RISK, 500, percent: 1)
    try world.add("EUR", "USD", 1)
    try world.deploy()
    world.tick(start + 1, 1.25, 1.25)  // 1 % of 100,000 USD over 0.005: 200,000
    world.tick(start + 2, 1.25, 1.25)
    #expect(world.take().map(\.text).prefix(3) == ["signal 1.0", "order 200000", "fill 200000"])
    world.tick(start + 3, 1.2449, 1.2449)
    #expect(world.take().filter { $0.kind == UInt32(FXAOT_EVENT_FILL) }.map(\.text) == ["fill -200000"])
    #expect(world.account.balance_micro == (100_000 - 1_020) * micro)
    #expect(world.strategies[0].quantity == 0)
  }

  @Test func `a size by volatility waits for its bars`() throws {
    let world = try sized(FXAOT_SIZER_VOLATILITY, 2, percent: 1)
    try world.add("EUR", "USD", 1)
    try world.deploy()
    world.tick(start + 1, 1.25, 1.25)
    #expect(world.take().map(\.text) == ["signal 1.0"])
    // The tick bars' ranges are 0 and 0.01: 0.005 on average. 1,000 USD over it are 200,000.
    world.tick(start + 2, 1.26, 1.26)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 200000"])
  }

  @Test func `strength scales a size when asked`() throws {
    let world = try sized(FXAOT_SIZER_FIXED + FXAOT_SIZER_SCALED, 10_000, percent: 0)
    try world.add("EUR", "USD", 1)
    try world.deploy(params: ["center": 1, "gain": 2])
    world.tick(start + 1, 1.25, 1.25)
    #expect(world.take().map(\.text) == ["signal 0.5", "order 5000"])
  }
}
