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
    #expect(taken(&venue, 0, at: 5) == [])
    #expect(taken(&venue, 0, at: 6) == [1, 3])
    #expect(taken(&venue, 0, at: 7) == [4])
    #expect(taken(&venue, 1, at: 7) == [2])
    #expect(venue.waiting.count == 0)
  }

  @Test func `cancelling takes one strategys orders only`() {
    var venue = PaperVenue()
    for id in Int64(1)...4 {
      _ = venue.accept(
        AccountOrder(
          id: id, strategySlot: Int(id % 2), instrumentSlot: 0, quantity: 1, fillsFrom: 1))
    }
    #expect(ids { venue.cancel(strategySlot: 1)?.id } == [1, 3])
    #expect(ids { venue.cancel(strategySlot: 9)?.id } == [])
    #expect(taken(&venue, 0, at: 1) == [2, 4])
  }

  private func taken(_ venue: inout PaperVenue, _ slot: Int, at quote: UInt64) -> [Int64] {
    var cursor = 0
    defer { venue.sweep() }
    return ids { venue.take(instrumentSlot: slot, at: quote, from: &cursor)?.id }
  }

  private func ids(_ next: () -> Int64?) -> [Int64] {
    var all: [Int64] = []
    while let id = next() { all.append(id) }
    return all
  }
}
