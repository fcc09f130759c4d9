import Market
import StrategyIR

/// A live broker's priced orders and exits, which rest at its venue.
///
///     script's step, fill ─▶ isStale ─▶ nextChange … ─▶ venue ─▶ rests | lost | filled
///
/// What is to rest follows from the orders and exits that wait, and from the position: after each change of these
/// the owner asks for the differences, also between two fills of one quote. So an exit that fills takes the others
/// of its entry away before the venue can fill them.
extension BarBroker {
  /// The next change of the resting orders; nil when the venue has what the script wants.
  public func nextChange() -> RestingChange? {
    live.resting.nextChange { wanted in collect(into: &wanted) }
  }

  /// The venue has accepted an order or its change.
  public func rests(_ order: RestingOrder, at: VenuePlace) { live.resting.rests(order, at: at) }

  /// The gate has refused an order, or a client or the venue has ended it: it fills no more. A script must order again;
  /// an exit that the gate refuses is tried again after the next bar. `number`: its number at the venue, if it has been
  /// there.
  public func lost(_ key: Int64, number: Int64? = nil, isRefused: Bool) {
    if let number, !live.resting.drop(key, number: number) { return }
    live.resting.isStale = true
    let serial = key >> 2
    if key & 3 == RestingOrder.Part.entry.rawValue {
      venue.orders.removeAll { $0.serial == serial && !$0.isSent }
      venue.dropLapsedExits()
    } else if let leg = venue.leg(serial) {
      let part: UInt8 = 1 << UInt8(truncatingIfNeeded: key & 3)
      if isRefused { venue.legs[leg].refused |= part } else { venue.legs[leg].ended |= part }
    }
  }

  /// The venue has refused to end or to change an order, which is as it says. What the script wants is asked for again
  /// after the next bar or fill.
  package func stands(_ order: AccountOrder) {
    live.resting.stands(RestingOrder(order), at: VenuePlace(number: order.id, turn: order.turn))
  }

  private func collect(into wanted: inout [RestingOrder]) {
    guard !risk.isHalted else { return }
    for index in venue.orders.indices {
      if let order = resting(venue.orders[index]) { wanted.append(order) }
    }
    if book.position == 0 { return }
    for index in venue.legs.indices where !venue.legs[index].isConsumed { collect(venue.legs[index], into: &wanted) }
  }

  /// nil while it would open nothing.
  private func resting(_ order: PendingOrder) -> RestingOrder? {
    guard !order.isMarket, !order.isSent, risk.mayTrade else { return nil }
    let against = book.position * order.direction < 0
    let opposite = against ? abs(book.position) : 0
    var own = order.quantity
    if order.purpose == .entry { own = limited(own, by: risk.rules.maxPositionSize, order, against) }
    var total = book.quantities.snap(own + (order.reversal.isNaN ? opposite : order.reversal))
    if order.isCloseOnly { total = min(total, opposite) }
    guard total > 0 else { return nil }
    let kind: RestingOrder.Kind =
      order.stop.isNaN ? .limit : order.limit.isNaN ? .stop : .stopLimit
    var resting = RestingOrder(order.serial, .entry, kind, isBuy: order.direction > 0, total)
    if !order.limit.isNaN { resting.limit = steps(order.limit) }
    if !order.stop.isNaN { resting.stop = steps(order.stop) }
    return resting
  }

  private func collect(_ leg: ExitLeg, into wanted: inout [RestingOrder]) {
    guard let remaining = venue.remaining(of: leg.lot) else { return }
    let quantity = min(book.quantities.snap(leg.reserved - leg.filled), remaining, abs(book.position))
    guard quantity > 0 else { return }
    func add(_ part: RestingOrder.Part, _ kind: RestingOrder.Kind, _ setPrices: (inout RestingOrder) -> Void) {
      guard (leg.refused | leg.ended) & 1 << UInt8(truncatingIfNeeded: part.rawValue) == 0 else { return }
      var order = RestingOrder(leg.serial, part, kind, isBuy: leg.direction < 0, quantity)
      setPrices(&order)
      wanted.append(order)
    }
    if !leg.stop.isNaN { add(.stop, .stop) { $0.stop = steps(leg.stop) } }
    if !leg.activation.isNaN {
      if leg.offset > 0 {
        add(.trail, .stop) {
          $0.trail = max(1, steps(leg.offset))
          $0.activation = steps(leg.activation)
        }
      } else {
        // With no distance to fall back, the activation itself is the exit.
        add(.trail, .touched) { $0.stop = steps(leg.activation) }
      }
    }
    if !leg.limit.isNaN { add(.limit, .limit) { $0.limit = steps(leg.limit) } }
  }

  /// A price on the venue's grid. A price that nothing can reach, or that is long passed, stays so.
  private func steps(_ price: Double) -> Int64 {
    let most = Int64(1) << 50
    guard let steps = venue.prices.quote(price, price)?.bid else { return price > 1 ? most : 1 }
    return min(steps, most)
  }

  // MARK: - Fills

  /// The venue has filled an order, or a part of it. What the broker does not expect is booked all the same: the
  /// venue is right.
  public func filled(_ fill: LiveFill) {
    live.time = fill.time
    venue.price = fill.quote
    live.resting.isStale = true
    let booked = fill.key == 0 ? fillExecution(fill) : fillResting(fill)
    let rest = book.quantities.snap(fill.quantity - booked)
    if rest > 0 { bookUnexpected(fill, rest) }
    mark()
  }

  /// The units of the fill that it booked.
  private func fillExecution(_ fill: LiveFill) -> Double {
    guard let execution = live.execution, live.isBuy == fill.isBuy else { return 0 }
    let part = min(fill.quantity, execution.quantity)
    let left = book.quantities.snap(execution.quantity - part)
    venue.forgetSent()
    live.execution = left > 0 ? execution.rest(left, after: part, opposite: opposite(to: fill.isBuy)) : nil
    if left > 0 {
      if case .opening(let order, _)? = live.execution { venue.keepSent(order) }
      live.opposite = max(0, live.opposite - part)
    } else {
      live.endExecution()
    }
    let booked = execution.closesOnly ? min(part, opposite(to: fill.isBuy)) : part
    if booked > 0 {
      settle(execution.with(booked), at: fill.price, of: live.whole, isLast: left <= 0)
    }
    return booked
  }

  private func fillResting(_ fill: LiveFill) -> Double {
    defer { recallIfStale() }
    guard let entry = live.resting.take(fill.quantity, of: fill.key, number: fill.number, on: book.quantities),
      entry.order.isBuy == fill.isBuy
    else { return 0 }
    let isLast = fill.quantity >= entry.order.quantity
    let part = min(fill.quantity, entry.order.quantity)
    if entry.order.part != .entry { return fillLeg(entry, part, at: fill.price, isLast: isLast) }
    guard let place = venue.orders.firstIndex(where: { $0.serial == entry.order.serial && !$0.isSent }) else {
      return 0
    }
    let order = venue.orders.remove(at: place)
    let opposite = opposite(to: fill.isBuy)
    settle(.opening(order, total: part), at: fill.price, of: entry.whole, isLast: isLast)
    if !isLast {
      venue.orders.insert(order.rest(after: part, opposite: opposite), at: min(place, venue.orders.count))
    }
    return part
  }

  private func fillLeg(_ entry: RestingOrders.Entry, _ part: Double, at price: Double, isLast: Bool) -> Double {
    guard let index = venue.leg(entry.order.serial) else { return 0 }
    venue.legs[index].filled = book.quantities.snap(venue.legs[index].filled + part)
    let leg = venue.legs[index]
    // With the last part its other prices lapse. An earlier part changes the other exits of its group, but not it.
    venue.legs[index].isConsumed = true
    defer {
      if !isLast, venue.legs[index].serial == leg.serial { venue.legs[index].isConsumed = false }
    }
    let quantity = min(part, opposite(to: entry.order.isBuy), venue.remaining(of: leg.lot) ?? 0)
    guard quantity > 0 else { return 0 }
    let comment: TextRef =
      switch entry.order.part {
      case .stop: leg.command.commentLoss
      case .trail: leg.command.commentTrailing
      default: leg.command.commentProfit
      }
    let closing = ScriptBook.Closing(
      id: leg.command.id, comment: comment != 0 ? comment : leg.command.comment, reason: .order)
    settle(
      .leg(quantity, lot: leg.lot, closing, ocaName: leg.command.ocaName), at: price, of: entry.whole,
      isLast: isLast)
    return quantity
  }

  /// Units of the position that an order of this side closes.
  func opposite(to isBuy: Bool) -> Double { max(0, isBuy ? -book.position : book.position) }

  /// A fill that no order of the script explains: closes, then opens.
  private func bookUnexpected(_ fill: LiveFill, _ quantity: Double) {
    var order = PendingOrder(.order, id: 0, direction: fill.isBuy ? 1 : -1, quantity: quantity)
    order.placedBar = barIndex
    order.serial = venue.nextSequence()
    settle(.opening(order, total: quantity), at: fill.price, of: quantity, isLast: true)
  }

  /// Somebody else has closed a part of the position: the account, for lack of margin, or a client.
  public func taken(_ fill: LiveFill, as reason: TradeRecord.ExitReason) {
    defer { recallIfStale() }
    live.time = fill.time
    venue.price = fill.quote
    live.resting.isStale = true
    let quantity = min(fill.quantity, opposite(to: fill.isBuy))
    if quantity > 0 { settle(.forced(quantity, reason), at: fill.price, of: quantity) }
    // One ticket of two on different sides.
    let rest = book.quantities.snap(fill.quantity - quantity)
    if rest > 0 { bookUnexpected(fill, rest) }
    mark()
  }

  // MARK: - The market order, when the position changes before its fill

  /// Whether the order at the venue was made for another position: it would close more than there is, or a market
  /// entry that reverses would find another position to close.
  private func recallIfStale() {
    guard let execution = live.execution, live.recall == .none else { return }
    let opposite = opposite(to: live.isBuy)
    let isStale: Bool
    if case .opening(let order, _) = execution {
      isStale = order.reversal.isNaN && opposite != live.opposite
    } else {
      isStale = execution.quantity > opposite
    }
    if isStale { live.recall = .wanted }
  }

  /// Whether the market order at the venue is to be cancelled, since the position has changed; once for each. When it
  /// has been (`refused`), the script's order is made again.
  public func takeRecall() -> Bool {
    guard live.recall == .wanted else { return false }
    live.recall = .asked
    return true
  }

  /// Puts the order back that was recalled.
  func repeatOrder(_ execution: Execution) {
    switch execution {
    case .opening(var order, _):
      order.order.state = .waiting
      venue.orders.insert(order, at: 0)
    case .close(let quantity, _, let closing, let side):
      guard book.position * side > 0 else { return }
      var order = PendingOrder(
        closing.reason == .closeAll ? .closeAll : .close, id: closing.id, direction: -side,
        quantity: quantity)
      order.comment = closing.comment
      order.placedBar = barIndex
      venue.accept(order)
    case .forced(_, let reason):
      if reason != .marginCall { live.dueClose = live.dueClose ?? reason }
    case .leg: break
    }
  }
}

extension Execution {
  var closesOnly: Bool { if case .opening = self { false } else { true } }

  func with(_ quantity: Double) -> Execution {
    switch self {
    case .opening(let order, _): .opening(order, total: quantity)
    case .close(_, let share, let closing, let side): .close(quantity, share, closing, side: side)
    case .leg(_, let lot, let closing, let ocaName): .leg(quantity, lot: lot, closing, ocaName: ocaName)
    case .forced(_, let reason): .forced(quantity, reason)
    }
  }

  /// With `left` units, after `part` has filled while the position had `opposite` units to close.
  func rest(_ left: Double, after part: Double, opposite: Double) -> Execution {
    guard case .opening(let order, _) = self else { return with(left) }
    return .opening(order.rest(after: part, opposite: opposite), total: left)
  }
}

extension PendingOrder {
  /// What is left of it: a fill closes first, and then opens.
  func rest(after part: Double, opposite: Double) -> PendingOrder {
    var rest = self
    let closed = min(part, reversal.isNaN ? opposite : reversal)
    if !reversal.isNaN { rest.reversal = max(0, reversal - closed) }
    rest.quantity = max(0, quantity - (part - closed))
    rest.budget = .nan
    return rest
  }
}

extension BarPathVenue {
  /// The place of a leg that may fill, by its serial. O(legs).
  func leg(_ serial: Int64) -> Int? {
    legs.indices.first { !legs[$0].isConsumed && legs[$0].serial == serial }
  }
}
