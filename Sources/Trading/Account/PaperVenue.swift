import Market
import Messaging

/// The paper venue: market orders wait here for the first quote after the one that caused them.
///
/// Buys fill at the ask, sells at the bid; on a crossed quote a buy at the higher and a sell at the
/// lower of the two, so a broken quote never gains money.
package struct PaperVenue: ~Copyable {
  package private(set) var waiting = Slab<AccountOrder>()

  package init() {}

  /// Makes room for more orders; false when there is no memory.
  package mutating func reserve(_ more: Int) -> Bool { waiting.reserve(waiting.count + more) }

  /// Gives the orders their instruments' new slots, and removes orders whose instrument has left.
  /// O(waiting orders).
  package mutating func renumber(_ newSlot: (Int) -> Int?) {
    for index in 0..<waiting.count {
      waiting.base[index].instrumentSlot =
        newSlot(waiting.base[index].instrumentSlot) ?? PaperVenue.taken
    }
    sweep()
  }

  package static func price(of quantity: Int64, at quote: QuoteSteps) -> Int64 {
    quantity > 0 ? max(quote.bid, quote.ask) : min(quote.bid, quote.ask)
  }

  private static let taken = -1

  /// Frees the places of filled orders; the others keep their order. O(waiting orders).
  private mutating func sweep() {
    waiting.removeAll { $0.instrumentSlot == PaperVenue.taken }
  }
}

extension PaperVenue: Venue {
  /// A quote of one instrument.
  package struct Event {
    let instrumentSlot: Int
    /// By the engine's count.
    let number: UInt64
    let quote: QuoteSteps
    /// The next place among the waiting orders.
    fileprivate var place = 0

    package init(instrumentSlot: Int, number: UInt64, quote: QuoteSteps) {
      self.instrumentSlot = instrumentSlot
      self.number = number
      self.quote = quote
    }
  }

  package struct Fill {
    package let order: AccountOrder
    /// The price.
    package let steps: Int64
  }

  package var waitingCount: Int { waiting.count }

  /// Whether there is memory for one more order. Amortised O(1).
  package mutating func makeRoom() -> Bool { waiting.makeRoom() }

  /// False when there is no memory for it. Amortised O(1).
  package mutating func accept(_ order: AccountOrder) -> Bool { waiting.append(order) }

  @discardableResult
  package mutating func cancel(where isOut: (AccountOrder) -> Bool) -> Int {
    let count = waiting.count
    waiting.removeAll(where: isOut)
    return count - waiting.count
  }

  /// The oldest order of the quote's instrument that may fill at it. Filled orders keep their place until
  /// the event is over, so all fills of a quote are O(waiting orders).
  package mutating func nextFill(on event: inout Event) -> Fill? {
    while event.place < waiting.count {
      let index = event.place
      event.place += 1
      let order = waiting.base[index]
      if order.instrumentSlot == event.instrumentSlot && order.fillsFrom <= event.number {
        waiting.base[index].instrumentSlot = PaperVenue.taken
        return Fill(order: order, steps: PaperVenue.price(of: order.quantity, at: event.quote))
      }
    }
    sweep()
    return nil
  }
}
