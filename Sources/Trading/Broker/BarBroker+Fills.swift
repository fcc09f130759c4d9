import StrategyIR
import StrategyVM

/// The effect of a filled order on the position.
extension BarBroker {
  @inline(__always)
  func take(_ fill: BarPathVenue.Fill) {
    switch fill {
    case .order(let order, let level, let slips): self.fill(order, at: level, slips: slips)
    case .leg(let leg, let level, let slips, let comment):
      fillLeg(leg, at: level, slips: slips, comment: comment)
    }
  }

  /// Fills an order that the venue has taken out.
  @inline(__always)
  func fill(_ order: PendingOrder, at level: Double, slips: Bool) {
    guard !risk.isHalted, risk.mayTrade || !order.opens else { return }
    let at = venue.prices.nearest(slips ? level + order.direction * venue.slip : level)
    switch order.purpose {
    case .close, .closeAll: fillClose(order, at: at)
    case .order, .entry: fillOpening(order, at: at)
    }
  }

  private func fillClose(_ order: PendingOrder, at: Double) {
    let position = book.position
    guard position * order.direction < 0 else { return }
    let all = order.purpose == .closeAll
    let open = all ? abs(position) : venue.openQuantity(of: order.id)
    let quantity = min(order.quantity, open, abs(position))
    guard quantity > 0 else { return }
    let closing = ScriptBook.Closing(
      id: order.id, comment: order.comment, reason: all ? .closeAll : .close)
    execute(
      .close(quantity, all ? .oldest : .entries(order.id), closing, side: 0 - order.direction),
      at: at)
  }

  private func fillOpening(_ order: PendingOrder, at: Double) {
    var own = ownQuantity(order, at: at)
    let against = book.position * order.direction < 0
    let opposite = against ? abs(book.position) : 0
    let reversal = order.reversal.isNaN ? opposite : order.reversal
    if order.purpose == .entry { own = limited(own, by: risk.rules.maxPositionSize, order, against) }
    var total = book.quantities.snap(own + reversal)
    if order.isCloseOnly { total = min(total, opposite) }
    guard total > 0, !isRefused(order, total, at: at) else { return }
    execute(.opening(order, total: total), at: at)
  }

  /// The quantity that an order opens at its fill, without the reversal.
  private func ownQuantity(_ order: PendingOrder, at: Double) -> Double {
    guard !order.budget.isNaN else { return order.quantity }
    let wanted = book.units(for: order.budget, at: at)
    let own = book.quantities.truncate(wanted)
    venue.noteCut(order.id, wanted: wanted, left: own, direction: order.direction)
    return own
  }

  /// Whether an order is refused because the account could not carry the position after `total` is
  /// traded at `at`. Priced entries within a bar are never refused: a margin call cuts the excess. Nor
  /// is an order that the account could carry before this bar's fills.
  private func isRefused(_ order: PendingOrder, _ total: Double, at: Double) -> Bool {
    if order.purpose == .entry, !order.isMarket, !venue.isAtOpen { return false }
    // Two opposite market entries at one instant: both legs must be covered.
    if order.purpose == .entry, order.isMarket, openedSide * order.direction < 0,
      book.exceedsMargin(0, order.direction * total, at: at, equity: barEquity)
    {
      return true
    }
    // The other half of a reversal by two orders.
    if order.purpose == .entry, closedSide * order.direction < 0 { return false }
    let change = order.direction * total
    if book.exceedsMargin(barPosition, change, at: at, equity: barEquity) == false { return false }
    return book.position == barPosition
      || book.exceedsMargin(book.position, change, at: at, equity: book.equity(at: at))
  }

  /// Fills one leg of an exit.
  private func fillLeg(_ leg: ExitLeg, at level: Double, slips: Bool, comment: TextRef) {
    guard let remaining = venue.remaining(of: leg.lot) else { return }
    let quantity = min(leg.reserved, remaining, abs(book.position))
    guard quantity > 0 else { return }
    let at = venue.prices.nearest(slips ? level - leg.direction * venue.slip : level)
    let closing = ScriptBook.Closing(
      id: leg.command.id, comment: comment != 0 ? comment : leg.command.comment, reason: .order)
    execute(.leg(quantity, lot: leg.lot, closing, ocaName: leg.command.ocaName), at: at)
  }

  /// `total` units, which are all of its order or (`whole`) a part.
  func bookOpening(_ order: PendingOrder, total: Double, at: Double, of whole: Double, isLast: Bool) {
    let against = book.position * order.direction < 0
    let closed = min(total, against ? abs(book.position) : 0)
    if closed > 0 {
      let closing = ScriptBook.Closing(id: order.id, comment: order.comment, reason: .order)
      close(closed, at: at, .oldest, closing, orderQuantity: whole)
    }
    let opened = book.quantities.snap(total - closed)
    if opened > 0 {
      let opening = ScriptBook.Opening(id: order.id, comment: order.comment, direction: order.direction)
      book.open(opened, at: point(at), opening, orderQuantity: whole)
      if !live.isOn || !venue.extend(opened, at: at, for: order, isLast: isLast) {
        venue.open(opened, at: at, for: order, isLast: isLast)
      }
    }
    if opened > 0, order.isMarket, order.purpose == .entry { openedSide = order.direction }
    venue.reduceGroup(order.order.links.rule, order.order.links.group, by: total)
    afterFill(at: at, isLast: isLast)
  }

  /// Takes `quantity` (at most the position's) out of the position. `orderQuantity` is that of the
  /// whole order, which shares out a commission per order.
  func close(
    _ quantity: Double, at: Double, _ share: LotShare, _ closing: ScriptBook.Closing, orderQuantity: Double
  ) {
    let hasClosed = book.close(
      quantity, of: entry(of: share), at: point(at), closing, orderQuantity: orderQuantity)
    if hasClosed { risk.hasClosedInBar = true }
    venue.close(quantity, from: share)
    if book.position == 0 { venue.endPosition() }
  }

  private func entry(of share: LotShare) -> TextRef? {
    switch share {
    case .oldest: nil
    case .lot(let serial): venue.entry(of: serial)
    case .entries(let id): id
    }
  }

  private func point(_ price: Double) -> ScriptBook.FillPoint {
    ScriptBook.FillPoint(price: price, bar: fillBar, time: fillTime)
  }

  /// Checks the margin once more at the bar's close, after the script has run.
  @inlinable @inline(__always)
  public func settleMargin() {
    if book.lacksMargin(at: bar.close) { callMargin() }
  }

  @inline(never) @usableFromInline
  func callMargin() {
    venue.price = bar.close
    checkMargin()
    book.isStale = true
  }

  /// Carries out a margin call at the current price, for what lacks at this price or at that of a fill
  /// (`mark`).
  @discardableResult
  func checkMargin(markedAt mark: Double? = nil) -> Bool {
    guard let quantity = book.marginCall(at: mark ?? venue.price, isFill: mark != nil) else { return false }
    execute(.forced(quantity, .marginCall), at: closingPrice)
    return true
  }

  /// Where a market order that closes the position would fill now.
  var closingPrice: Double {
    let direction: Double = book.position > 0 ? 1 : -1
    return venue.prices.nearest(venue.price - direction * venue.slip)
  }

  /// Withdraws resting entries that equity no longer covers at the bar's close.
  func cancelUnaffordable() {
    guard !venue.orders.isEmpty else { return }
    let close = bar.close
    venue.cancel {
      $0.purpose == .entry && !$0.isMarket
        && book.isUnaffordable($0.quantity, $0.direction, at: close, close: close)
    }
  }
}
