import Market
import Messaging

/// The paper venue: market orders wait here for the first quote after the one that caused them.
///
/// Buys fill at the ask, sells at the bid; on a crossed quote a buy at the higher and a sell at the
/// lower of the two, so that a broken quote is never a gift.
package struct PaperVenue: ~Copyable {
  package private(set) var waiting = Slab<AccountOrder>()

  package init() {}

  /// Whether there is memory for one more order. Amortised O(1).
  package mutating func makeRoom() -> Bool { waiting.makeRoom() }

  /// False when there is no memory for it. Amortised O(1).
  package mutating func accept(_ order: AccountOrder) -> Bool { waiting.append(order) }

  /// The oldest order from place `cursor` on in this instrument that may fill at quote number `quote`,
  /// and moves the cursor past it; nil when none is left. Taken orders keep their place until `sweep`,
  /// so a pass over all of them is O(waiting orders).
  package mutating func take(instrumentSlot: Int, at quote: UInt64, from cursor: inout Int) -> AccountOrder? {
    while cursor < waiting.count {
      let index = cursor
      cursor += 1
      let order = waiting.base[index]
      if order.instrumentSlot == instrumentSlot && order.fillsFrom <= quote {
        waiting.base[index].instrumentSlot = PaperVenue.taken
        return order
      }
    }
    return nil
  }

  /// Gives the places of taken orders free; the others keep their order. O(waiting orders).
  package mutating func sweep() {
    waiting.removeAll { $0.instrumentSlot == PaperVenue.taken }
  }

  private static let taken = -1

  /// Makes room for more orders; false when there is no memory.
  package mutating func reserve(_ more: Int) -> Bool { waiting.reserve(waiting.count + more) }

  /// Gives the orders the new slots of their instruments, and takes out those whose instrument has
  /// none any more. O(waiting orders).
  package mutating func renumber(_ newSlot: (Int) -> Int?) {
    for index in 0..<waiting.count {
      waiting.base[index].instrumentSlot =
        newSlot(waiting.base[index].instrumentSlot) ?? PaperVenue.taken
    }
    sweep()
  }

  /// Takes out one order of a strategy that is being removed; nil when none is left.
  package mutating func cancel(strategySlot: Int) -> AccountOrder? {
    for index in 0..<waiting.count where waiting.base[index].strategySlot == strategySlot {
      let order = waiting.base[index]
      waiting.remove(at: index)
      return order
    }
    return nil
  }

  package static func price(of quantity: Int64, at quote: QuoteSteps) -> Int64 {
    quantity > 0 ? max(quote.bid, quote.ask) : min(quote.bid, quote.ask)
  }
}
