import CFxaot
import Market
import Messaging
import Records

/// The paper venue: orders wait here for the quotes that fill them.
///
/// Market orders fill on the first quote of their instrument after the one that caused them, and after the
/// latency: buys at the ask, sells at the bid, and on a crossed quote a buy at the higher and a sell at the
/// lower of the two, so a broken quote never gains money. Limits fill when the opposite side reaches them,
/// at their price or better. Stops fill at the quote that triggers them, also far beyond their price. Quotes
/// with sizes fill no more than these.
package struct PaperVenue: ~Copyable {
  /// In order of acceptance, which is that of their turns.
  package private(set) var waiting = Slab<AccountOrder>()
  package private(set) var newestTurn: Int64 = 0
  /// How many of them have been taken out.
  private var gaps = 0
  package var settings = PaperSettings() {
    didSet { random = RandomSource(seed: settings.seed) }
  }
  private var random = RandomSource(seed: 0)
  /// What has happened to orders but fills, since the owner last looked.
  package private(set) var changes = Slab<Change>()

  package init() {}

  /// An order has changed its state without a fill.
  package struct Change: BitwiseCopyable {
    package let order: AccountOrder
    package let state: fxaot_order_state
    package let reason: fxaot_cancel?
  }

  /// Makes room for more orders; false when there is no memory.
  package mutating func reserve(_ more: Int) -> Bool {
    waiting.reserve(waiting.count + more) && changes.reserve(waiting.count + more)
  }

  /// Gives the orders their instruments' new slots, and removes orders whose instrument has left.
  /// O(waiting orders).
  package mutating func renumber(_ newSlot: (Int) -> Int?) {
    for index in 0..<waiting.count {
      let slot = waiting.base[index].instrumentSlot
      waiting.base[index].instrumentSlot = slot < 0 ? slot : newSlot(slot) ?? PaperVenue.taken
    }
    gaps = waiting.count
    sweep()
  }

  package static func price(of quantity: Int64, at quote: QuoteSteps) -> Int64 {
    quantity > 0 ? max(quote.bid, quote.ask) : min(quote.bid, quote.ask)
  }

  static let taken = -1

  /// Frees the places of orders that have gone; the others keep their order. O(waiting orders).
  mutating func sweep() {
    if gaps == 0 { return }
    gaps = 0
    waiting.removeAll { $0.instrumentSlot == PaperVenue.taken }
  }

  mutating func clearChanges() { changes.removeAll() }

  /// The place of the live order of a number; nil if it has ended. O(waiting orders).
  func index(of id: Int64) -> Int? {
    (0..<waiting.count).first { waiting.base[$0].id == id && waiting.base[$0].instrumentSlot >= 0 }
  }

  /// The place of a live order by its number and its turn. O(log waiting orders); with a turn of before a move to
  /// another engine O(waiting orders).
  package func index(of id: Int64, turn: Int64) -> Int? {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if waiting.base[middle].turn < turn { low = middle + 1 } else { high = middle }
    }
    if low < waiting.count, waiting.base[low].id == id, waiting.base[low].instrumentSlot >= 0 { return low }
    return index(of: id)
  }

  /// Takes an order out. Its place is freed by the next `sweep`.
  mutating func remove(at index: Int) {
    waiting.base[index].instrumentSlot = PaperVenue.taken
    gaps += 1
  }

  /// To the end, behind all others. Its old place stays, taken, until the next `sweep`, so that none is passed over
  /// while a quote fills orders. There must be room.
  mutating func losePlace(_ index: Int) {
    let order = waiting.base[index]
    remove(at: index)
    _ = accept(order)
  }
}

extension PaperVenue: Venue {
  /// A quote of one instrument.
  package struct Event {
    let instrumentSlot: Int
    /// By the engine's count.
    let number: UInt64
    let quote: QuoteSteps
    let time: Int64
    /// Units that the quote still offers to buyers and to sellers; nil: any number.
    fileprivate var askLeft: Int64?
    fileprivate var bidLeft: Int64?
    fileprivate let step: Int64
    /// Market orders go first, then those that rest.
    fileprivate var isAtRest = false
    /// No new quote, but the end: only what closes fills, whatever the latency.
    var isLast = false
    /// The next place among the waiting orders.
    fileprivate var place = 0

    /// Sizes of 0: the quote has none.
    package init(
      instrumentSlot: Int, number: UInt64, quote: QuoteSteps, time: Int64 = .max,
      bidSize: Double = 0, askSize: Double = 0, step: Int64 = 1
    ) {
      self.step = max(step, 1)
      self.instrumentSlot = instrumentSlot
      self.number = number
      self.quote = quote
      self.time = time
      askLeft = askSize > 0 ? Int64(min(askSize, 1e15)) : nil
      bidLeft = bidSize > 0 ? Int64(min(bidSize, 1e15)) : nil
    }
  }

  /// An order that fills, in part or whole.
  package struct Fill {
    /// As it was before the fill.
    package let order: AccountOrder
    /// The price.
    package let steps: Int64
    /// Units, without a sign; at most the order's.
    package let quantity: Int64
    let place: Int
  }

  package var waitingCount: Int { waiting.count }

  /// Whether there is memory for one more order, and the two that it may bring. Amortised O(1).
  package mutating func makeRoom() -> Bool {
    let wanted = waiting.count + 3
    if wanted <= waiting.roomCount, wanted <= changes.roomCount { return true }
    return waiting.reserve(max(16, wanted * 2)) && changes.reserve(max(16, wanted * 2))
  }

  /// False when there is no memory for it. Amortised O(1).
  package mutating func accept(_ order: AccountOrder) -> Bool {
    guard waiting.append(order) else { return false }
    newestTurn += 1
    waiting.base[waiting.count - 1].turn = newestTurn
    return true
  }

  @discardableResult
  package mutating func cancel(where isOut: (AccountOrder) -> Bool) -> Int {
    let count = waiting.count
    waiting.removeAll(where: isOut)
    return count - waiting.count
  }

  /// The next order that the quote fills. It no longer waits; its place is kept for `keepRest`. Changes that are no fills are in `changes`, and come before the fill. All fills of a quote are
  /// O(waiting orders).
  package mutating func nextFill(on event: inout Event) -> Fill? {
    while true {
      while event.place < waiting.count {
        let place = event.place
        event.place += 1
        if let fill = fill(place, on: &event) { return fill }
      }
      if event.isAtRest { break }
      event.isAtRest = true
      event.place = 0
    }
    sweep()
    return nil
  }

  private mutating func fill(_ place: Int, on event: inout Event) -> Fill? {
    let order = waiting.base + place
    guard order.pointee.instrumentSlot == event.instrumentSlot,
      order.pointee.fillsFrom <= event.number, !order.pointee.isDormant, !event.isLast || order.pointee.closesNow,
      order.pointee.fillsAfter <= event.time, event.isAtRest != order.pointee.isAtMarket
    else { return nil }
    if !order.pointee.hasArrived {
      order.pointee.hasArrived = true
      if isRefused(order.pointee) {
        change(place, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_REJECTED_BY_VENUE)
        return nil
      }
    }
    if event.isAtRest {
      order.pointee.follow(event.quote)
      if !order.pointee.isTriggered, order.pointee.isReached(by: event.quote) {
        order.pointee.isTriggered = true
        change(place, FXAOT_ORDER_TRIGGERED)
      }
      let mayFill =
        order.pointee.isAtLimit ? order.pointee.isMarketable(at: event.quote) : order.pointee.isAtMarket
      if !mayFill {
        tryOnce(place)
        return nil
      }
    }
    let left = order.pointee.isBuy ? event.askLeft : event.bidLeft
    var quantity = min(order.pointee.order.quantity, left ?? .max)
    // A part is on the instrument's step.
    if quantity < order.pointee.order.quantity { quantity -= quantity % event.step }
    if quantity <= 0 || (order.pointee.lifetime == .allOrNothing && quantity < order.pointee.order.quantity) {
      tryOnce(place)
      return nil
    }
    let fill = Fill(
      order: order.pointee, steps: price(of: order.pointee, at: event.quote), quantity: quantity,
      place: place)
    remove(at: place)
    return fill
  }

  /// An order that is tried once has had its try.
  private mutating func tryOnce(_ place: Int) {
    switch waiting.base[place].lifetime {
    case .immediate: change(place, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_IOC)
    case .allOrNothing: change(place, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_FOK)
    default: break
    }
  }

  /// A fill is booked with at most its quantity: what is left waits again, unless the order is tried once. Where the
  /// owner has cut the fill, it answers for the rest.
  mutating func keepRest(of fill: Fill, _ quantity: Int64, on event: inout Event) {
    let order = waiting.base + fill.place
    order.pointee.order.quantity -= quantity
    order.pointee.filled += quantity
    if order.pointee.isBuy {
      event.askLeft = event.askLeft.map { $0 - quantity }
    } else {
      event.bidLeft = event.bidLeft.map { $0 - quantity }
    }
    if order.pointee.order.quantity > 0 {
      order.pointee.instrumentSlot = fill.order.instrumentSlot
      gaps -= 1
      if quantity == fill.quantity { tryOnce(fill.place) }
    }
  }

  private mutating func change(
    _ place: Int, _ state: fxaot_order_state, _ reason: fxaot_cancel? = nil
  ) {
    _ = changes.append(Change(order: waiting.base[place], state: state, reason: reason))
    if state == FXAOT_ORDER_CANCELLED { remove(at: place) }
  }

  /// What a liquidation or an attached order asks for is never refused: nobody would ask again.
  private mutating func isRefused(_ order: AccountOrder) -> Bool {
    guard settings.rejects.numerator > 0, order.role == .plain || order.role == .close else { return false }
    return Int64(random.next() % UInt64(Fraction.billion)) < settings.rejects.numerator
  }

  private mutating func price(of order: AccountOrder, at quote: QuoteSteps) -> Int64 {
    let price = PaperVenue.price(of: order.isBuy ? 1 : -1, at: quote)
    if order.isAtLimit { return price }
    var worse = settings.slippage
    if settings.spreadSlippage.numerator > 0 {
      worse += settings.spreadSlippage.of(Int64(clamping: (quote.ask - quote.bid).magnitude))
    }
    if settings.randomSlippage > 0 {
      worse += Int64(random.next() % UInt64(settings.randomSlippage + 1))
    }
    return order.isBuy ? price + worse : max(price - worse, 1)
  }
}

extension PaperVenue {
  mutating func persist(_ archive: inout some StateArchive) {
    // New settings begin new random numbers: saving sets none.
    var terms = settings
    terms.persist(&archive)
    if archive.isLoading { settings = terms }
    random.persist(&archive)
    archive(&newestTurn)
    if !(0...(1 << 61)).contains(newestTurn) { archive.fail() }
    sweep()
    archive.slab(&waiting, fresh: .blank, bytes: 200) { $1.persist(&$0) }
  }
}
