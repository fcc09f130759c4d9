import Market
import StrategyIR

/// What an order that fills does to the position.
extension BarBroker {
  /// Which lots a closing quantity comes from.
  enum Share {
    case oldest
    case lot(Int64)
    case entries(TextRef)
  }

  /// What closed a trade, for its record.
  struct Closing {
    var id: TextRef
    var comment: TextRef
    var reason: TradeRecord.ExitReason
  }

  /// Fills an order that is no longer in `orders`.
  func fill(_ order: PendingOrder, at level: Double, slips: Bool) {
    guard !risk.isHalted, risk.mayTrade || !order.opens else { return }
    let at = prices.nearest(slips ? level + order.direction * slip : level)
    switch order.purpose {
    case .close, .closeAll: fillClose(order, at: at)
    case .order, .entry: fillOpening(order, at: at)
    }
  }

  private func fillClose(_ order: PendingOrder, at: Double) {
    guard position * order.direction < 0 else { return }
    let all = order.purpose == .closeAll
    let open = all ? abs(position) : openQuantity(of: order.id)
    let quantity = min(order.quantity, open, abs(position))
    guard quantity > 0 else { return }
    let closing = Closing(
      id: order.id, comment: order.comment, reason: all ? .closeAll : .close)
    execute(
      .close(quantity, all ? .oldest : .entries(order.id), closing, side: 0 - order.direction),
      at: at)
  }

  /// What is left of the entries with an id.
  func openQuantity(of id: TextRef) -> Double {
    var open = 0.0
    forEachLot(id) { if lots[$0].id == id { open += lots[$0].remaining } }
    return open
  }

  private func fillOpening(_ order: PendingOrder, at: Double) {
    var own = ownQuantity(order, at: at)
    let against = position * order.direction < 0
    let opposite = against ? abs(position) : 0
    let reversal = order.reversal.isNaN ? opposite : order.reversal
    if order.purpose == .entry { own = limited(own, by: risk.maxPositionSize, order, against) }
    var total = quantities.snap(own + reversal)
    if order.isCloseOnly { total = min(total, opposite) }
    guard total > 0, !isRefused(order, total, at: at) else { return }
    execute(.opening(order, total: total), at: at)
  }

  func bookOpening(_ order: PendingOrder, total: Double, at: Double) {
    let against = position * order.direction < 0
    let closed = min(total, against ? abs(position) : 0)
    if closed > 0 {
      let closing = Closing(id: order.id, comment: order.comment, reason: .order)
      close(closed, at: at, .oldest, closing, orderQuantity: total)
    }
    let opened = quantities.snap(total - closed)
    if opened > 0 { open(order, opened, at: at, orderQuantity: total) }
    if opened > 0, order.isMarket, order.purpose == .entry { openedSide = order.direction }
    reduceGroup(order.order.links.rule, order.order.links.group, by: total)
    afterFill(at: at)
  }

  private func open(_ order: PendingOrder, _ quantity: Double, at: Double, orderQuantity: Double) {
    lastLot += 1
    var trade = TradeRecord()
    trade.entryID = order.id
    trade.entryComment = order.comment
    trade.entryBar = fillBar
    trade.entryTime = fillTime
    trade.entryPrice = at
    trade.size = order.direction * quantity
    trade.commission = commission(quantity, at: at, ofOrder: orderQuantity)
    openTrades.append(trade)
    lots.append(
      EntryLot(
        serial: lastLot, id: order.id, direction: order.direction, price: at, initial: quantity,
        remaining: quantity))
    isLotOrderStale = true
    position = quantities.snap(position + order.direction * quantity)
    updateAverage()
    totals.noteHeld(position)
    bindExits(to: lots.count - 1)
  }

  /// Fills one leg of an exit: it keeps its share, the rest of its prices lapse.
  func fillLeg(_ index: Int, at level: Double, slips: Bool, comment: TextRef) {
    let leg = legs[index]
    legs[index].isConsumed = true
    guard let lot = lotIndex(leg.lot) else { return }
    let quantity = min(leg.reserved, lots[lot].remaining, abs(position))
    guard quantity > 0 else { return }
    let at = prices.nearest(slips ? level - leg.direction * slip : level)
    let closing = Closing(
      id: leg.command.id, comment: comment != 0 ? comment : leg.command.comment, reason: .order)
    execute(.leg(quantity, lot: leg.lot, closing, ocaName: leg.command.ocaName), at: at)
  }

  /// Takes `quantity` (at most the position's) out of the position. `orderQuantity` is that of the
  /// whole order, which shares out a commission per order.
  func close(
    _ quantity: Double, at: Double, _ share: Share, _ closing: Closing, orderQuantity: Double
  ) {
    closeTrades(quantity, at: at, share, closing, orderQuantity)
    takeFromLots(quantity, share)
    let sign: Double = position > 0 ? 1 : -1
    position = quantities.snap(position - sign * quantity)
    if openTrades.isEmpty || position == 0 {
      position = 0
      lots.removeAll()
      isLotOrderStale = true
      legs.removeAll()
      standingExits.removeAll()
    }
    updateAverage()
  }

  private func closeTrades(
    _ quantity: Double, at: Double, _ share: Share, _ closing: Closing, _ orderQuantity: Double
  ) {
    var left = quantity
    while left > 0, let index = nextTrade(share) {
      let part = min(left, abs(openTrades[index].size))
      closePart(part, of: index, at: at, closing, orderQuantity)
      left = quantities.snap(left - part)
    }
  }

  /// The oldest trade; with `close_entries_rule = "ANY"` the oldest of those the order is for.
  private func nextTrade(_ share: Share) -> Int? {
    guard !openTrades.isEmpty else { return nil }
    guard settings.closeEntriesAny else { return 0 }
    switch share {
    case .oldest: return 0
    case .lot(let serial):
      let id = lotIndex(serial).map { lots[$0].id }
      return (0..<openTrades.count).first { openTrades[$0].entryID == id } ?? 0
    case .entries(let id):
      return (0..<openTrades.count).first { openTrades[$0].entryID == id } ?? 0
    }
  }

  private func closePart(
    _ part: Double, of index: Int, at: Double, _ closing: Closing, _ orderQuantity: Double
  ) {
    markTrade(index, at: at)
    let rest = openTrades.base + index
    let size = abs(rest.pointee.size)
    let fraction = part >= size ? 1 : part / size
    closedTrades.append(rest.pointee)
    let closed = closedTrades.base + (closedTrades.count - 1)
    closed.pointee.size = rest.pointee.size > 0 ? part : -part
    closed.pointee.exitID = closing.id
    closed.pointee.exitComment = closing.comment
    closed.pointee.exitReason = closing.reason
    closed.pointee.exitBar = fillBar
    closed.pointee.exitTime = fillTime
    closed.pointee.exitPrice = at
    closed.pointee.rate = rate
    closed.pointee.commission =
      rest.pointee.commission * fraction + commission(part, at: at, ofOrder: orderQuantity)
    closed.pointee.profit =
      (at - rest.pointee.entryPrice) * closed.pointee.size * unitValue - closed.pointee.commission
    closed.pointee.maxRunup = rest.pointee.maxRunup * fraction
    closed.pointee.maxDrawdown = rest.pointee.maxDrawdown * fraction
    totals.add(closed, pointValue: unitValue, initialCapital: settings.initialCapital)
    risk.hasClosedInBar = true
    if fraction == 1 {
      openTrades.remove(at: index)
    } else {
      rest.pointee.size = quantities.snap(rest.pointee.size - closed.pointee.size)
      rest.pointee.commission *= 1 - fraction
      rest.pointee.maxRunup *= 1 - fraction
      rest.pointee.maxDrawdown *= 1 - fraction
    }
  }

  private func takeFromLots(_ quantity: Double, _ share: Share) {
    var left = quantity
    for index in lots.indices where left > 0 {
      switch share {
      case .oldest: break
      case .lot(let serial): if lots[index].serial != serial { continue }
      case .entries(let id): if lots[index].id != id { continue }
      }
      let part = min(left, lots[index].remaining)
      lots[index].remaining = quantities.snap(lots[index].remaining - part)
      left = quantities.snap(left - part)
    }
    guard lots.contains(where: { $0.remaining <= 0 }) else { return }
    for index in lots.indices where lots[index].remaining <= 0 {
      legs.remove(from: lots.base + index) { _ in true }
    }
    lots.removeAll { $0.remaining <= 0 }
    isLotOrderStale = true
  }

  private func updateAverage() {
    hasTraded = true
    safePrices = .nowhere
    guard position != 0 else {
      averagePrice = .nan
      return
    }
    var value = 0.0
    var size = 0.0
    for index in 0..<openTrades.count {
      value += openTrades[index].entryPrice * openTrades[index].size
      size += openTrades[index].size
    }
    averagePrice = size == 0 ? .nan : value / size
  }

  /// A fill cancels or reduces the other orders of its group (the same name and type).
  func reduceGroup(_ type: OrderCommand.OCA, _ name: TextRef, by quantity: Double) {
    guard name != 0, type != .none else { return }
    if type == .cancel {
      orders.removeAll { $0.isIn(name, .cancel) && !$0.isSent }
      return
    }
    for index in orders.indices
    where orders[index].isIn(name, .reduce) && !orders[index].isSent {
      orders[index].quantity = quantities.snap(orders[index].quantity - quantity)
    }
    orders.removeAll { $0.isIn(name, .reduce) && $0.quantity <= 0 }
    for index in legs.indices where legs[index].command.ocaName == name && !legs[index].isConsumed {
      legs[index].reserved = quantities.snap(legs[index].reserved - quantity)
      if legs[index].reserved <= 0 { legs[index].isConsumed = true }
    }
  }
}
