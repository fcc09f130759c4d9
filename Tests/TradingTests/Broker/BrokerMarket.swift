import RandomMarket
import StrategyIR
import StrategyVM

@testable import Market
@testable import Trading

/// A broker and the bars that a test shows it, one after the other; texts are numbers.
final class BrokerMarket {
  let broker: BarBroker
  private var index: Int64 = -1

  init(tick: Double = 0.01, step: Double = 0.0001, _ set: (inout BrokerSettings) -> Void = { _ in }) {
    var settings = BrokerSettings()
    set(&settings)
    broker = BarBroker(settings, tick: tick, quantityStep: step)
  }

  /// A bar of a day of its own (or of `day`), then what the script orders at its close.
  func bar(
    _ open: Double, _ high: Double, _ low: Double, _ close: Double, day: Int64? = nil,
    _ commands: OrderCommand...
  ) {
    index += 1
    let time = index * 900_000
    let bar = ScriptBar(
      time: time, timeClose: time + 900_000, open: open, high: high, low: low, close: close,
      volume: 1)
    broker.advance(bar, index: index, day: day ?? 0)
    broker.place(commands)
  }

  /// A bar on which nothing moves.
  func flat(_ price: Double, day: Int64? = nil, _ commands: OrderCommand...) {
    index += 1
    let time = index * 900_000
    let bar = ScriptBar(
      time: time, timeClose: time + 900_000, open: price, high: price, low: price, close: price,
      volume: 1)
    broker.advance(bar, index: index, day: day ?? 0)
    broker.place(commands)
  }

  func rules(_ rules: RiskRule...) { broker.take(rules) }

  subscript(field: BookField) -> Double { broker.bookView.numbers[Int(field.rawValue)] }

  /// Closed trades as "entry>exit×size@entry bar-exit bar".
  var closed: [String] {
    (0..<broker.book.closedTrades.count).map { place in
      let trade = broker.book.closedTrades[place]
      return "\(trade.entryPrice)>\(trade.exitPrice)×\(trade.size)@\(trade.entryBar)-\(trade.exitBar)"
    }
  }

  var position: Double { self[.positionSize] }
}
