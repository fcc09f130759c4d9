import Testing

@testable import Market
@testable import Trading

struct PaperVenueTests {
  private let quote = QuoteSteps(bid: 100, ask: 103)
  private let crossed = QuoteSteps(bid: 103, ask: 100)

  @Test func `buys pay the ask and sells get the bid`() {
    #expect(PaperVenue.price(of: 1, at: quote) == 103)
    #expect(PaperVenue.price(of: -1, at: quote) == 100)
  }

  @Test func `a crossed quote is no gift`() {
    #expect(PaperVenue.price(of: 1, at: crossed) == 103)
    #expect(PaperVenue.price(of: -1, at: crossed) == 100)
  }

  @Test func `orders come out oldest first for their instrument and on later quotes only`() {
    var venue = PaperVenue()
    for (id, slot, born) in [(1, 0, 5), (2, 1, 5), (3, 0, 5), (4, 0, 6)] as [(Int64, Int, UInt64)] {
      let isTaken = venue.accept(
        AccountOrder(
          id: id, strategySlot: Int(id), instrumentSlot: slot, quantity: 1, fillsFrom: born + 1))
      #expect(isTaken)
    }
    #expect(filled(&venue, 0, at: 5) == [])
    #expect(filled(&venue, 0, at: 6) == [1, 3])
    #expect(filled(&venue, 0, at: 7) == [4])
    #expect(filled(&venue, 1, at: 7) == [2])
    #expect(venue.waitingCount == 0)
  }

  @Test func `cancelling takes one strategys orders only`() {
    var venue = PaperVenue()
    for id in Int64(1)...4 {
      _ = venue.accept(
        AccountOrder(
          id: id, strategySlot: Int(id % 2), instrumentSlot: 0, quantity: 1, fillsFrom: 1))
    }
    #expect(venue.cancel { $0.strategySlot == 1 } == 2)
    #expect(venue.cancel { $0.strategySlot == 9 } == 0)
    #expect(filled(&venue, 0, at: 1) == [2, 4])
  }

  @Test func `a fill has the price of its side`() {
    var venue = PaperVenue()
    for (id, quantity) in [(1, 5), (2, -5)] as [(Int64, Int64)] {
      _ = venue.accept(
        AccountOrder(id: id, strategySlot: 0, instrumentSlot: 0, quantity: quantity, fillsFrom: 1))
    }
    var event = PaperVenue.Event(instrumentSlot: 0, number: 1, quote: quote)
    #expect(venue.nextFill(on: &event)?.steps == 103)
    #expect(venue.nextFill(on: &event)?.steps == 100)
    #expect(venue.nextFill(on: &event)?.order.id == nil)
  }

  @Test func `an order that comes during a quote may fill at it`() {
    var venue = PaperVenue()
    func order(_ id: Int64) -> AccountOrder {
      AccountOrder(id: id, strategySlot: 0, instrumentSlot: 0, quantity: 1, fillsFrom: 7)
    }
    _ = venue.accept(order(1))
    var event = PaperVenue.Event(instrumentSlot: 0, number: 7, quote: quote)
    #expect(venue.nextFill(on: &event)?.order.id == 1)
    _ = venue.accept(order(2))
    #expect(venue.nextFill(on: &event)?.order.id == 2)
    #expect(venue.nextFill(on: &event)?.order.id == nil)
    #expect(venue.waitingCount == 0)
  }

  private func filled(_ venue: inout PaperVenue, _ slot: Int, at number: UInt64) -> [Int64] {
    var event = PaperVenue.Event(instrumentSlot: slot, number: number, quote: quote)
    var ids: [Int64] = []
    while let fill = venue.nextFill(on: &event) { ids.append(fill.order.id) }
    return ids
  }
}
