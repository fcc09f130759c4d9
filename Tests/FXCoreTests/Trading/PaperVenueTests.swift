import Testing

@testable import FXCore

struct PaperVenueTests {
  private let quote = QuoteSteps(bid: 100, ask: 103)
  private let crossed = QuoteSteps(bid: 103, ask: 100)

  @Test func buysPayTheAskAndSellsGetTheBid() {
    #expect(PaperVenue.price(of: 1, at: quote) == 103)
    #expect(PaperVenue.price(of: -1, at: quote) == 100)
  }

  @Test func aCrossedQuoteIsNoGift() {
    #expect(PaperVenue.price(of: 1, at: crossed) == 103)
    #expect(PaperVenue.price(of: -1, at: crossed) == 100)
  }

  @Test func ordersComeOutOldestFirstForTheirInstrumentAndOnLaterQuotesOnly() {
    var venue = PaperVenue()
    for (id, slot, born) in [(1, 0, 5), (2, 1, 5), (3, 0, 5), (4, 0, 6)] as [(Int64, Int, UInt64)] {
      let isTaken = venue.accept(
        Order(id: id, strategySlot: Int(id), instrumentSlot: slot, quantity: 1, bornAt: born))
      #expect(isTaken)
    }
    #expect(ids { venue.next(instrumentSlot: 0, before: 5)?.id } == [])
    #expect(ids { venue.next(instrumentSlot: 0, before: 6)?.id } == [1, 3])
    #expect(ids { venue.next(instrumentSlot: 0, before: 7)?.id } == [4])
    #expect(ids { venue.next(instrumentSlot: 1, before: 7)?.id } == [2])
  }

  @Test func cancellingTakesOneStrategysOrdersOnly() {
    var venue = PaperVenue()
    for id in Int64(1)...4 {
      _ = venue.accept(
        Order(
          id: id, strategySlot: Int(id % 2), instrumentSlot: 0, quantity: 1, bornAt: 0))
    }
    #expect(ids { venue.cancel(strategySlot: 1)?.id } == [1, 3])
    #expect(ids { venue.cancel(strategySlot: 9)?.id } == [])
    #expect(ids { venue.next(instrumentSlot: 0, before: 1)?.id } == [2, 4])
  }

  private func ids(_ next: () -> Int64?) -> [Int64] {
    var all: [Int64] = []
    while let id = next() { all.append(id) }
    return all
  }
}
