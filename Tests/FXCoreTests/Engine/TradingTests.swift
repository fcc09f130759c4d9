import CFxaot
import TestTerms
import Testing

@testable import FXCore
@testable import Market

/// Signal ▶ order ▶ fill ▶ account, worked out by hand. The puppet buys above its center and sells
/// below it; it is deployed on every quote; 10,000 units a signal, USD 100,000 at the start.
struct TradingTests {
  private let micro: Int64 = 1_000_000

  @Test func `a reversal in dollars to the micro`() throws {
    let world = try World.eurusd()
    try world.deploy()
    world.tick(start + 1, 1.1001, 1.1002)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    world.tick(start + 2, 1.0998, 1.1)
    #expect(world.take().map(\.text) == ["fill 10000", "signal -1.0", "order -20000"])
    // 10,000 bought at 1.10000, valued at the bid 1.09980: −2 USD
    #expect(world.account.unrealised_micro == -2 * micro)
    #expect(world.account.equity_micro == 99_998 * micro)
    #expect(world.account.realised_micro == 0)

    world.tick(start + 3, 1.0995, 1.0996)
    let events = world.take()
    #expect(events.map(\.text) == ["fill -20000", "signal -1.0"])  // it is short already
    #expect(events[0].price == 1.0995)
    #expect(events[0].profit_micro == -5 * micro)
    #expect(events[0].order_id == 2)
    #expect(events[0].time_ns == start + 3)
    // Short 10,000 at 1.09950, valued at the ask 1.09960: −1 USD
    let account = world.account
    #expect(account.realised_micro == -5 * micro)
    #expect(account.balance_micro == 99_995 * micro)
    #expect(account.unrealised_micro == -1 * micro)
    #expect(account.equity_micro == 99_994 * micro)
    #expect(account.unvalued == 0)
    let position = try #require(world.positions.first)
    #expect(world.positions.count == 1)
    #expect(position.quantity == -10_000)
    #expect(position.average_price == 1.0995)
    #expect(position.realised_micro == -5 * micro)
    #expect(position.unrealised_micro == -1 * micro)
    let own = try #require(world.strategies.first)
    #expect(own.strategy_ref == 100)
    #expect([own.bars, own.signals, own.orders, own.fills, own.rejects] == [3, 3, 2, 2, 0])
    #expect(own.quantity == -10_000)
    #expect(own.realised_micro == -5 * micro)
  }

  @Test func `an order does not fill on the quote that caused it`() throws {
    let world = try World.eurusd()
    try world.deploy(kind: FXAOT_TF_SECONDS)
    world.tick(start + 0, 1.2, 1.2)
    world.tick(start + second, 1.3, 1.3)  // closes the bar: the order is born of this quote
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    world.tick(start + second, 1.4, 1.4)  // the next one, though at the same time
    let fills = world.take()
    #expect(fills.map(\.text) == ["fill 10000"])
    #expect(fills[0].price == 1.4)
  }

  @Test func `an order of an advance fills on the first quote after it`() throws {
    let world = try World.eurusd()
    try world.deploy(kind: FXAOT_TF_SECONDS)
    world.tick(start + 0, 1.2, 1.2)
    world.advance(to: start + second)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    world.tick(start + second, 1.3, 1.3)
    #expect(world.take().map(\.text) == ["fill 10000"])
  }

  @Test func `a quote of another instrument fills nothing`() throws {
    let world = try World.eurusd()
    try world.add("GBP", "USD", 2)
    try world.deploy()
    world.tick(start + 1, 1.2, 1.2)
    world.tick(start + 2, 1.3, 1.3, on: 2)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    world.tick(start + 3, 1.2, 1.2)
    #expect(world.take().map(\.text) == ["fill 10000", "signal 1.0"])
  }

  @Test func `a crossed quote fills at the worse price`() throws {
    let world = try World.eurusd()
    try world.deploy()
    world.tick(start + 1, 1.2, 1.2)
    world.tick(start + 2, 1.3, 1.25)
    #expect(world.take().last { $0.kind == UInt32(FXAOT_EVENT_FILL) }?.price == 1.3)
    #expect(world.stats.crossed == 1)
  }

  @Test func `two strategies net in the account and keep their own books`() throws {
    let world = try World.eurusd()
    try world.deploy(ref: 1)
    try world.deploy(ref: 2, params: ["gain": -1e9])
    world.tick(start + 1, 1.2, 1.2)
    world.tick(start + 2, 1.2, 1.2001)
    world.tick(start + 3, 1.25, 1.2501)
    #expect(world.account.realised_micro == -1 * micro)  // the spread, paid by the one who sold
    #expect(world.account.unrealised_micro == 0)
    #expect(world.positions.map(\.quantity) == [0])
    #expect(world.strategies.map(\.quantity) == [10_000, -10_000])
    #expect(world.strategies.map(\.unrealised_micro) == [499 * micro, -501 * micro])
  }

  @Test func `yen profits are divided by their own quote`() throws {
    let world = try World()
    try world.add("USD", "JPY", 1, decimals: 3)
    try world.deploy(params: ["center": 50])
    world.tick(start + 1, 100, 100)
    world.tick(start + 2, 100, 100)
    world.tick(start + 3, 101, 101)
    // 10,000 JPY / 101 = 99.00990099 USD
    #expect(world.account.unrealised_micro == 99_009_901)
    #expect(world.account.equity_micro == 100_099_009_901)
  }

  @Test func `pounds go over their dollar quote`() throws {
    let world = try World()
    try world.add("EUR", "GBP", 1)
    try world.add("GBP", "USD", 2)
    try world.deploy(params: ["center": 0.5])
    world.tick(start + 1, 1.25, 1.2501, on: 2)
    world.tick(start + 2, 0.8, 0.8)
    world.tick(start + 3, 0.8, 0.8)
    world.tick(start + 4, 0.81, 0.81)
    // 100 GBP × 1.25005
    #expect(world.account.unrealised_micro == 125_005_000)
  }

  @Test func `a cross goes over two quotes`() throws {
    let world = try World()
    try world.add("EUR", "GBP", 1)
    try world.add("GBP", "CHF", 2)
    try world.add("USD", "CHF", 3)
    try world.deploy(params: ["center": 0.5])
    world.tick(start + 1, 1.2, 1.2, on: 2)
    world.tick(start + 1, 0.9, 0.9, on: 3)
    world.tick(start + 2, 0.8, 0.8)
    world.tick(start + 3, 0.8, 0.8)
    world.tick(start + 4, 0.81, 0.81)
    // 100 GBP × 1.2 / 0.9
    #expect(world.account.unrealised_micro == 133_333_333)
  }

  @Test func `without a way to the account currency orders are refused`() throws {
    let world = try World()
    try world.add("EUR", "GBP", 1)
    try world.deploy(params: ["center": 0.5])
    let noConversion = "reject \(FXAOT_REJECT_NO_CONVERSION.rawValue)"
    world.tick(start + 1, 0.8, 0.8)
    #expect(world.take().map(\.text) == ["signal 1.0", noConversion])
    try world.add("GBP", "USD", 2)
    world.tick(start + 2, 0.8, 0.8)  // it has no quote yet
    #expect(world.take().map(\.text) == ["signal 1.0", noConversion])
    world.tick(start + 3, 1.25, 1.25, on: 2)
    world.tick(start + 4, 0.8, 0.8)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
    #expect(world.stats.rejects == 2)
    #expect(world.strategies.map(\.rejects) == [2])
  }

  @Test func `a new instrument without quotes takes no conversion away`() throws {
    let world = try World()
    try world.add("AAA", "JPY", 1, decimals: 3)
    try world.add("EUR", "JPY", 2, decimals: 3)
    try world.add("EUR", "USD", 3)
    try world.deploy()
    world.tick(start + 1, 100, 100, on: 2)
    world.tick(start + 1, 1.25, 1.25, on: 3)
    world.tick(start + 1, 100, 100)
    world.tick(start + 2, 100, 100)
    world.tick(start + 3, 200, 200)
    // 10,000 × 100 JPY / 100 × 1.25
    #expect(world.account.unrealised_micro == 12_500 * micro)
    try world.add("USD", "JPY", 4, decimals: 3)
    #expect(world.account.unrealised_micro == 12_500 * micro)
    #expect(world.account.unvalued == 0)
    // One that comes after it goes the way of the others.
    try world.add("BBB", "JPY", 5, decimals: 3)
    try world.deploy(ref: 5, on: 5)
    _ = world.take()
    world.tick(start + 4, 100, 100, on: 5)
    #expect(world.take().map(\.text) == ["signal 1.0", "order 10000"])
  }
}
