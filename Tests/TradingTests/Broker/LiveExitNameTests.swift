import RandomMarket
import Research
import StrategyIR
import StrategyVM
import Testing

@testable import Trading

/// A risk rule that closes a live position leaves the same words in the script's book as in a back-test.
struct LiveExitNameTests {
  @Test func `the cap on filled orders names itself`() throws {
    let broker = market(RiskRule(kind: .maxIntradayFilledOrders, value: 1))
    try fill(broker, at: 100)
    try fill(broker, at: 100)
    #expect(
      broker.listTrades { "\($0)" }.map(\.exitName)
        == ["Close Position (Max number of filled orders in one day)"])
  }

  @Test func `the intraday loss names itself`() throws {
    let broker = market(RiskRule(kind: .maxIntradayLoss, value: 10))
    try fill(broker, at: 100)
    broker.take(quote: 85)
    try fill(broker, at: 85)
    #expect(broker.listTrades { "\($0)" }.map(\.exitName) == ["Close Position (Max intraday Loss)"])
  }

  @Test func `a drawdown of the open position closes it at the quote that reaches it`() throws {
    let broker = market(RiskRule(kind: .maxDrawdown, value: 10))
    try fill(broker, at: 100)
    broker.take(quote: 91)
    #expect(broker.nextOrder() == nil)
    broker.take(quote: 90)
    try fill(broker, at: 90)
    #expect(broker.listTrades { "\($0)" }.map(\.exitName) == ["Close Position (risk rule)"])
  }

  /// A broker over quotes, one unit bought on its first bar.
  private func market(_ rule: RiskRule) -> BarBroker {
    let broker = BarBroker(BrokerSettings(), tick: 0.01, quantityStep: 1)
    broker.goLive()
    broker.take([rule])
    let bar = ScriptBar(
      time: 0, timeClose: 60_000, open: 100, high: 100, low: 100, close: 100, volume: 1)
    broker.closeBar(bar, index: 0, day: 0)
    broker.place([entry(1, 1, 1)])
    broker.take(quote: 100)
    return broker
  }

  private func fill(_ broker: BarBroker, at price: Double) throws {
    let order = try #require(broker.nextOrder())
    broker.filled(
      LiveFill(
        key: 0, isBuy: order.isBuy, quantity: order.quantity, price: price, quote: price, time: 60_000))
  }
}
