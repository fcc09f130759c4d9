import StrategyIR
import Testing

@testable import Market
@testable import Trading

/// What holds at every venue.
struct VenueTests {
  @Test func `the paper venue keeps, cancels and fills orders`() {
    func order(_ id: Int64) -> AccountOrder {
      AccountOrder(id: id, strategySlot: 0, instrumentSlot: 0, quantity: 1, fillsFrom: 1)
    }
    let quote = QuoteSteps(bid: 100, ask: 103)
    check(
      PaperVenue(), [order(1), order(2), order(3)],
      PaperVenue.Event(instrumentSlot: 0, number: 1, quote: quote), is: { $0.id == 2 })
  }

  @Test func `the venue along a bars path keeps, cancels and fills orders`() {
    func order(_ id: TextRef) -> PendingOrder {
      PendingOrder(.order, id: id, direction: 1, quantity: 1)
    }
    check(venue(), [order(1), order(2), order(3)], .trade(from: 0), is: { $0.id == 2 })
    func stop(_ id: TextRef, _ price: Double) -> PendingOrder {
      var stop = order(id)
      stop.stop = price
      return stop
    }
    let atOpen = venue()
    atOpen.price = 100
    check(atOpen, [stop(1, 101), stop(2, 102), stop(3, 103)], .move(to: 104), is: { $0.id == 2 })
  }

  @Test func `an order that is handed on stays when others are cancelled`() {
    let venue = venue()
    venue.keepSent(PendingOrder(.order, id: 1, direction: 1, quantity: 1))
    venue.accept(PendingOrder(.order, id: 2, direction: 1, quantity: 1))
    #expect(venue.cancel { _ in true } == 1)
    #expect(venue.waitingCount == 1)
  }

  private func venue() -> BarPathVenue {
    BarPathVenue(BrokerSettings(), PriceGrid(tick: 0.01), QuantityGrid(step: 1))
  }

  /// Of three orders, all of which `event` reaches, the second is cancelled.
  private func check<V: Venue>(
    _ venue: consuming V, _ orders: [V.Waiting], _ event: V.Event, is isSecond: (V.Waiting) -> Bool
  ) where V: ~Copyable {
    var venue = venue
    for order in orders {
      let hasRoom = venue.makeRoom()
      let isAccepted = venue.accept(order)
      #expect(hasRoom && isAccepted)
    }
    #expect(venue.waitingCount == 3)
    #expect(venue.cancel(where: isSecond) == 1)
    #expect(venue.cancel(where: isSecond) == 0)
    #expect(venue.waitingCount == 2)
    var event = event
    var fills = 0
    while venue.nextFill(on: &event) != nil { fills += 1 }
    #expect(fills == 2)
    #expect(venue.waitingCount == 0)
  }
}
