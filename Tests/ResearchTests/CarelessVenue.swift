import RandomMarket
import StrategyVM
import Testing

@testable import Trading

/// A venue for a live broker that refuses some orders, cancels others, is late, and fills in parts.
final class CarelessVenue {
  private let broker: BarBroker
  private var resting: [(order: RestingOrder, at: VenuePlace)] = []
  private var market: LiveOrder?
  private var last: Int64 = 0
  /// The signed sum of all fills: the broker's position must be the same.
  private var position = 0.0

  init(_ broker: BarBroker) { self.broker = broker }

  /// A bar's four prices as quotes.
  func trade(_ bar: ScriptBar, _ random: inout Random) {
    for quote in [bar.open, bar.high, bar.low, bar.close] {
      if random.below(9) != 0 { fillMarket(at: quote, bar.time, &random) }
      for number in resting.map(\.at.number) { fillResting(number, at: quote, bar.time, &random) }
      broker.take(quote: quote)
      serve(&random)
    }
  }

  /// Carries out what the broker wants.
  func serve(_ random: inout Random) {
    while let change = broker.nextChange() {
      switch change {
      case .place(let order):
        if random.below(15) == 0 {
          broker.lost(order.key, isRefused: true)
        } else {
          #expect(!resting.contains { $0.order.key == order.key })
          last += 1
          let at = VenuePlace(number: last, turn: last)
          resting.append((order, at))
          broker.rests(order, at: at)
        }
      case .change(let order, let at):
        let place = resting.firstIndex { $0.at == at }
        #expect(place != nil)
        guard let place else { continue }
        resting[place].order = order
        broker.rests(order, at: at)
      case .withdraw(let at):
        #expect(resting.contains { $0.at == at })
        resting.removeAll { $0.at == at }
      }
    }
    if broker.takeRecall() {
      #expect(market != nil)
      market = nil
      broker.refused()
      return serve(&random)
    }
    while market == nil, let order = broker.nextOrder() {
      if random.below(9) == 0 {
        broker.refused()
        return serve(&random)
      }
      market = order
    }
  }

  private func fillMarket(at quote: Double, _ time: Int64, _ random: inout Random) {
    guard let order = market else { return }
    let part = random.below(6) == 0 ? half(of: order.quantity) : order.quantity
    guard part > 0 else { return }
    market =
      part < order.quantity
      ? LiveOrder(isBuy: order.isBuy, isExit: order.isExit, quantity: order.quantity - part) : nil
    report(0, 0, order.isBuy, part, at: quote + (order.isBuy ? 0.01 : -0.01), quote: quote, time, &random)
  }

  private func fillResting(_ number: Int64, at quote: Double, _ time: Int64, _ random: inout Random) {
    guard let place = resting.firstIndex(where: { $0.at.number == number }) else { return }
    let (order, at) = resting[place]
    if random.below(40) == 0 {
      resting.remove(at: place)
      broker.lost(order.key, number: at.number, isRefused: false)
      return serve(&random)
    }
    guard random.below(5) == 0, quote.isFinite else { return }
    var part = random.below(4) == 0 ? half(of: order.quantity) : order.quantity
    if part <= 0 { part = order.quantity }
    if part < order.quantity {
      resting[place].order.quantity -= part
    } else {
      resting.remove(at: place)
    }
    report(order.key, at.number, order.isBuy, part, at: quote, quote: quote, time, &random)
  }

  /// On the grid of quantities; 0 of a single step.
  private func half(of quantity: Double) -> Double {
    (quantity / broker.quantityStep / 2).rounded(.down) * broker.quantityStep
  }

  private func report(
    _ key: Int64, _ number: Int64, _ isBuy: Bool, _ part: Double, at price: Double, quote: Double, _ time: Int64,
    _ random: inout Random
  ) {
    broker.filled(
      LiveFill(
        key: key, number: number, isBuy: isBuy, quantity: part, price: price, quote: quote, time: time))
    position += isBuy ? part : -part
    #expect(abs(broker.book.position - position) < 1e-6)
    serve(&random)
  }
}
