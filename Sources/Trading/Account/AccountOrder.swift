import CFxaot
import Market
import Records

/// An order of an engine's account, from the risk gate to the venue.
package struct AccountOrder: BitwiseCopyable, VenueOrder {
  package enum Kind: UInt32, BitwiseCopyable {
    case market, limit, stop, stopLimit, marketIfTouched, limitIfTouched
  }

  /// Who has sent it, and what it does to positions.
  package enum Role: BitwiseCopyable {
    /// A strategy's or a user's.
    case plain
    case stopLoss, takeProfit
    /// Ends a position, on request.
    case close
    case liquidation
  }

  package enum Lifetime: UInt32, BitwiseCopyable { case untilCancelled, day, untilDate, immediate, allOrNothing }

  package var id: Int64
  /// Its place among the records of named orders; −1: it has no name.
  package var record = -1
  /// −1: no strategy's.
  package var strategySlot: Int
  package var strategyRef: UInt64 = 0
  package var instrumentSlot: Int
  /// Limit and trigger (`stop`) in steps; the quantity is what is still to be filled.
  package var order: Order<Int64, Int64>
  package var kind = Kind.market
  package var role = Role.plain
  package var lifetime = Lifetime.untilCancelled
  /// The number, by the engine's count, of the first quote at which it may fill, and the earliest time.
  package var fillsFrom: UInt64
  package var fillsAfter: Int64 = .min
  package var filled: Int64 = 0
  package var side: PriceSide = .bid
  package var trail = Trail()
  package var expires: Int64 = .max
  package var acceptedAt: Int64 = 0
  package var stopLoss: Int64 = 0
  package var takeProfit: Int64 = 0
  /// One-cancels-other group; 0: none.
  package var group: Int32 = 0
  /// The number of the order that it comes after, or belongs to; 0: none.
  package var parent: Int64 = 0
  /// Of an attached order: the number of the older one of its pair.
  package var born: Int64 = 0
  /// The number of the order whose ticket it closes; 0: none.
  package var ticket: Int64 = 0
  /// The strategy whose ticket that is; 0: none's.
  package var ticketStrategy: UInt64 = 0
  package var isReduceOnly = false
  package var isPostOnly = false
  /// A strategy's signal or script has caused it, and waits for its fill.
  package var isSignal = false
  /// `RestingOrder.key` of a script's resting order; 0 for every other order.
  package var scriptKey: Int64 = 0
  /// A script's order that can only close its own position.
  package var isExit = false
  /// Orders stand at the venue in the order of this number.
  package internal(set) var turn: Int64 = 0
  /// Waits for its parent.
  package var isDormant = false
  /// The venue has not refused it when it arrived.
  package var hasArrived = false
  /// Its margin fits, as last looked at when it was triggered.
  package var isTriggered = false

  package struct Trail: BitwiseCopyable {
    /// Steps behind the best price; 0: none.
    package var distance: Int64 = 0
    package var step: Int64 = 1
    package var activation: Int64 = 0
    package var best: Int64 = 0

    package init() {}
  }

  /// A market order of signed base units.
  package init(
    id: Int64, strategySlot: Int, instrumentSlot: Int, quantity: Int64, fillsFrom: UInt64
  ) {
    self.id = id
    self.strategySlot = strategySlot
    self.instrumentSlot = instrumentSlot
    order = Order(Side(quantity), Int64(clamping: quantity.magnitude), state: .sent)
    self.fillsFrom = fillsFrom
  }

  /// Signed base units still to be filled.
  package var quantity: Int64 { order.side == .buy ? order.quantity : -order.quantity }

  var isBuy: Bool { order.side == .buy }
  var isProtection: Bool { role == .stopLoss || role == .takeProfit }

  /// Fills at the market when its time has come: a market order, or what is left of a triggered one.
  var isAtMarket: Bool {
    switch kind {
    case .market: true
    case .stop, .marketIfTouched: isTriggered
    default: false
    }
  }

  /// It rests at a limit.
  var isAtLimit: Bool {
    switch kind {
    case .limit: true
    case .stopLimit, .limitIfTouched: isTriggered
    default: false
    }
  }

  /// A close or a liquidation.
  package var closesNow: Bool { role == .close || role == .liquidation }

  /// Can only close, so it passes where new risk does not.
  package var onlyCloses: Bool { role != .plain }

  /// It only ever fills against positions that are there. A script's exit does so by itself: in a netting account the
  /// net position may be on its side all the same.
  func isBounded(in mode: AccountSettings.Mode) -> Bool {
    onlyCloses || isReduceOnly || (isExit && mode == .hedging)
  }
}

extension AccountOrder {
  /// The price of a quote that triggers it.
  func trigger(_ quote: QuoteSteps) -> Int64 {
    switch side {
    case .bid: quote.bid
    case .ask: quote.ask
    // Twice the mid is compared with twice the trigger: see `reaches`.
    case .mid: quote.sum
    }
  }

  /// Whether a quote has reached the trigger: a stop from the side of its loss, a touched order from the other.
  func isReached(by quote: QuoteSteps) -> Bool {
    guard !order.stop.isNone else { return false }
    let rising = (kind == .stop || kind == .stopLimit) == isBuy
    let (price, level) =
      side == .mid ? (trigger(quote), 2 * order.stop) : (trigger(quote), order.stop)
    return rising ? price >= level : price <= level
  }

  /// Whether its limit can be had at a quote.
  func isMarketable(at quote: QuoteSteps) -> Bool {
    let price = PaperVenue.price(of: isBuy ? 1 : -1, at: quote)
    return isBuy ? price <= order.limit : price >= order.limit
  }

  /// Moves a trailing stop after the best price so far; never back.
  mutating func follow(_ quote: QuoteSteps) {
    guard trail.distance > 0 else { return }
    // The mid, rounded against the order.
    let price = side == .mid ? (isBuy ? (quote.sum + 1) / 2 : quote.sum / 2) : trigger(quote)
    if trail.best == 0 {
      if trail.activation != 0, isBuy ? price > trail.activation : price < trail.activation { return }
      trail.best = price
    } else if isBuy ? price < trail.best : price > trail.best {
      trail.best = price
    }
    let wanted = isBuy ? trail.best + trail.distance : trail.best - trail.distance
    if order.stop.isNone {
      order.stop = max(wanted, 1)
      return
    }
    let moved = isBuy ? order.stop - wanted : wanted - order.stop
    if moved >= trail.step {
      let whole = moved / trail.step * trail.step
      order.stop = max(isBuy ? order.stop - whole : order.stop + whole, 1)
    }
  }

  /// Narrows the prices at which the account need not look at its orders.
  func narrow(_ range: inout QuietRange) {
    if isAtLimit {
      let side: PriceSide = isBuy ? .ask : .bid
      isBuy ? range.keepAbove(order.limit, side) : range.keepBelow(order.limit, side)
      return
    }
    if !order.stop.isNone {
      let rising = (kind == .stop || kind == .stopLimit) == isBuy
      rising ? range.keepBelow(order.stop, side) : range.keepAbove(order.stop, side)
    }
    if trail.distance > 0 {
      let next = trail.best == 0 ? trail.activation : trail.best + (isBuy ? -1 : 1)
      if next <= 0 {
        range = .never
      } else {
        isBuy ? range.keepAbove(next, side) : range.keepBelow(next, side)
      }
    }
  }
}

extension AccountOrder {
  mutating func persist(_ archive: inout some StateArchive) {
    archive(&id)
    archive(&record)
    archive(&strategySlot)
    archive.ref(&strategyRef)
    archive(&instrumentSlot)
    order.persist(&archive)
    archive(&kind)
    archive.choice(&role, of: [.plain, .stopLoss, .takeProfit, .close, .liquidation])
    archive(&lifetime)
    archive(&fillsFrom)
    archive(&fillsAfter)
    archive(&filled)
    archive.choice(&side, of: [.bid, .ask, .mid])
    archive(&trail.distance)
    archive(&trail.step)
    archive(&trail.activation)
    archive(&trail.best)
    archive(&expires)
    archive(&acceptedAt)
    archive(&stopLoss)
    archive(&takeProfit)
    archive(&group)
    archive(&parent)
    archive(&born)
    archive(&ticket)
    archive.ref(&ticketStrategy)
    archive(&isReduceOnly)
    archive(&isPostOnly)
    archive(&isSignal)
    archive(&scriptKey)
    archive(&isExit)
    archive(&turn)
    archive(&isDormant)
    archive(&hasArrived)
    archive(&isTriggered)
    let prices: ClosedRange<Int64> = -(1 << 53)...(1 << 53)
    if ![order.limit, order.stop, stopLoss, takeProfit, trail.distance, trail.step, trail.activation, trail.best]
      .allSatisfy(prices.contains)
    {
      archive.fail()
    }
    if trail.distance < 0 || trail.step < 1 || order.quantity < 0 || filled < 0 { archive.fail() }
  }

  static var blank: AccountOrder {
    AccountOrder(id: 0, strategySlot: -1, instrumentSlot: 0, quantity: 1, fillsFrom: 0)
  }
}

extension Order where Price == Int64, Quantity == Int64 {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    archive.choice(&side, of: [.buy, .sell])
    archive.choice(&timeInForce, of: [.goodTillCancelled, .immediately])
    archive.choice(&state, of: [.waiting, .triggered, .sent])
    archive(&quantity)
    archive(&limit)
    archive(&stop)
    archive(&sequence)
    // The account's orders are in none of a script's groups.
    archive.same(links.group)
  }
}
