/// The paper venue: market orders wait here for the first quote after the one that caused them.
///
/// Buys fill at the ask, sells at the bid; on a crossed quote a buy at the higher and a sell at the
/// lower of the two, so that a broken quote is never a gift.
struct PaperVenue: ~Copyable {
  private(set) var waiting = Slab<Order>()

  /// False when there is no memory for it. Amortised O(1).
  mutating func accept(_ order: Order) -> Bool { waiting.append(order) }

  /// Takes out the oldest order in this instrument placed before quote number `quote`; nil when
  /// none is left. O(waiting orders).
  mutating func next(instrumentSlot: Int, before quote: UInt64) -> Order? {
    for index in 0..<waiting.count {
      let order = waiting.base[index]
      if order.instrumentSlot == instrumentSlot && order.bornAt < quote {
        waiting.remove(at: index)
        return order
      }
    }
    return nil
  }

  /// Takes out one order of a strategy that is being removed; nil when none is left.
  mutating func cancel(strategySlot: Int) -> Order? {
    for index in 0..<waiting.count where waiting.base[index].strategySlot == strategySlot {
      let order = waiting.base[index]
      waiting.remove(at: index)
      return order
    }
    return nil
  }

  static func price(of quantity: Int64, at quote: QuoteSteps) -> Int64 {
    quantity > 0 ? max(quote.bid, quote.ask) : min(quote.bid, quote.ask)
  }
}
