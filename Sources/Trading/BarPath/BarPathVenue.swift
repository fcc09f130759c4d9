import Market
import Records
import StrategyIR

/// The venue of a script's orders: they fill along the path that the price is assumed to take through a bar,
/// or, live, along the quotes.
///
/// It holds orders, and legs of exits, which belong to the lots that entries opened. It knows neither money
/// nor rules: its `BarBroker` decides how much of an order fills, and books it.
///
/// A class for the same reasons as `ScriptBook`.
@usableFromInline
package final class BarPathVenue {
  let prices: PriceGrid
  let quantities: QuantityGrid
  /// Ticks by which stops and market orders fill worse than their price.
  @exclusivity(unchecked) private var slippage: Double
  /// Ticks by which a limit price must be passed before it fills.
  @exclusivity(unchecked) var limitVerification: Double

  // How far the price has come on its path.
  @exclusivity(unchecked) @usableFromInline var price = Double.nan
  /// Whether the venue is at the bar's open.
  @exclusivity(unchecked) var isAtOpen = false
  /// The end of the current stretch of the path, and how many ends this run has reached.
  @exclusivity(unchecked) var heading = Double.nan
  @exclusivity(unchecked) var arrivals: Int64 = 0

  // What waits.
  @exclusivity(unchecked) @usableFromInline var orders = PlainList<PendingOrder>()
  @exclusivity(unchecked) @usableFromInline var legs = ExitLegs()
  /// Exits that wait for a pending entry, by the entry's id.
  @exclusivity(unchecked) var awaitingExits = PlainList<OrderCommand>()
  /// Exits without `from_entry`, which also hold for entries that join the position later.
  @exclusivity(unchecked) var standingExits = PlainList<OrderCommand>()
  @exclusivity(unchecked) private var lastSequence: Int64 = 0

  @exclusivity(unchecked) package internal(set) var lots = PlainList<EntryLot>()
  /// The lots in the order of their entries' ids; see `LotCursor`.
  @exclusivity(unchecked) var lotsByID: [UInt64] = []
  @exclusivity(unchecked) var isLotOrderStale = true
  @exclusivity(unchecked) var lastLot: Int64 = 0

  /// Orders that the quantity step has reduced to 0, and those not reported yet, if they are reported.
  @exclusivity(unchecked) var cuts = CutOrders()
  @exclusivity(unchecked) var newCuts: [CutOrder] = []
  @exclusivity(unchecked) var tellsCuts = false

  init(_ settings: BrokerSettings, _ prices: PriceGrid, _ quantities: QuantityGrid) {
    self.prices = prices
    self.quantities = quantities
    slippage = settings.slippage
    limitVerification = settings.limitVerification
  }

  /// Another version's settings.
  func succeed(_ settings: BrokerSettings) {
    slippage = settings.slippage
    limitVerification = settings.limitVerification
  }

  /// In units of price.
  var slip: Double { slippage * prices.tick }

  func nextSequence() -> Int64 {
    lastSequence += 1
    return lastSequence
  }

  /// The position has been closed: removes its lots and their exits.
  func endPosition() {
    lots.removeAll()
    isLotOrderStale = true
    legs.removeAll()
    standingExits.removeAll()
  }
}

extension BarPathVenue: Venue {
  package enum Event {
    /// Trade at the current price: market orders fill, from this place among the waiting ones on.
    case trade(from: Int)
    /// The price moves in one direction to `to` and meets the orders on the way, nearest first. Orders whose
    /// price is already passed (a gap, or a fill beyond their level) fill at once.
    case move(to: Double)
  }

  package enum Fill {
    case order(PendingOrder, level: Double, slips: Bool)
    /// A leg of an exit. It keeps its share of the lot, and its other prices lapse.
    case leg(ExitLeg, level: Double, slips: Bool, comment: TextRef)
  }

  package var waitingCount: Int { orders.count + legs.count + awaitingExits.count }

  /// Its lists grow as Swift's own do.
  package func makeRoom() -> Bool { true }

  /// Gives the order its turn.
  @inline(__always) @discardableResult
  package func accept(_ order: PendingOrder) -> Bool {
    var order = order
    let sequence = nextSequence()
    order.sequence = sequence
    order.serial = sequence
    orders.append(order)
    return true
  }

  @discardableResult
  package func cancel(where isOut: (PendingOrder) -> Bool) -> Int {
    let count = orders.count
    orders.removeAll { !$0.isSent && isOut($0) }
    return count - orders.count
  }

  @inline(__always)
  package func nextFill(on event: inout Event) -> Fill? {
    switch event {
    case .trade(var place):
      guard let order = takeMarketOrder(from: &place) else { return nil }
      event = .trade(from: place)
      return .order(order, level: price, slips: true)
    case .move(let target):
      while let reached = firstReached(on: target) {
        price = reached.at
        if let fill = take(reached) { return fill }
      }
      return nil
    }
  }

  /// Takes out the first market order from a place on, and sets the place to where it was.
  @inline(__always)
  private func takeMarketOrder(from place: inout Int) -> PendingOrder? {
    while place < orders.count {
      if orders[place].isMarket { return orders.remove(at: place) }
      place += 1
    }
    return nil
  }
}

extension BarPathVenue {
  /// Settings and grids are given by the program and its instrument.
  func persist(_ archive: inout some StateArchive) {
    archive(&price)
    archive(&isAtOpen)
    archive(&heading)
    archive(&arrivals)
    orders.persist(&archive, fresh: PendingOrder(.entry, id: 0, direction: 1, quantity: 0), bytes: 80) {
      $1.persist(&$0)
    }
    legs.persist(&archive)
    awaitingExits.persist(&archive, fresh: OrderCommand(kind: .exit), bytes: 80) { $1.persist(&$0) }
    standingExits.persist(&archive, fresh: OrderCommand(kind: .exit), bytes: 80) { $1.persist(&$0) }
    archive(&lastSequence)
    lots.persist(
      &archive, fresh: EntryLot(serial: 0, id: 0, direction: 1, price: 0, initial: 0, remaining: 0), bytes: 60
    ) { $1.persist(&$0) }
    archive(&lastLot)
    archive(&cuts.count)
    archive(&cuts.firstID)
    archive(&cuts.firstSize)
    archive.list(&newCuts, fresh: CutOrder(isBuy: true, size: 0)) { $1.persist(&$0) }
    archive(&tellsCuts)
    if archive.isLoading {
      isLotOrderStale = true
      let counts: ClosedRange<Int64> = 0...(1 << 58)
      if ![arrivals, lastSequence, lastLot, Int64(cuts.count)].allSatisfy(counts.contains) || !isSound {
        archive.fail()
      }
    }
  }

  /// Whether lots grow by their serials, and each leg is in the list of one lot, or free.
  private var isSound: Bool {
    for place in lots.indices.dropFirst() where lots[place].serial <= lots[place - 1].serial { return false }
    return legs.isSound(lots.indices.map { lots[$0].firstLeg })
  }
}
