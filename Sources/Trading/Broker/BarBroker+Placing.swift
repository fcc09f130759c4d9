import StrategyIR

/// The orders of a script's step.
extension BarBroker {
  /// Takes a step's commands, in the order of the calls, at the bar's close.
  @inlinable @inline(__always)
  public func place(_ commands: UnsafeBufferPointer<OrderCommand>) {
    if !commands.isEmpty { placeAll(commands) }
  }

  @inline(never) @usableFromInline
  func placeAll(_ commands: UnsafeBufferPointer<OrderCommand>) {
    for index in commands.indices where !risk.isHalted { place(commands[index]) }
    live.resting.isStale = true
    venue.dropLapsedExits()
    fillAtClose()
  }

  @inline(__always)
  private func place(_ command: OrderCommand) {
    switch command.kind {
    case .entry: placeEntry(command)
    case .order: placeOrder(command)
    case .exit: venue.placeExit(command, at: now, book.position)
    case .close, .closeAll: placeClose(command)
    case .cancel: venue.cancel(command.id)
    case .cancelAll: venue.cancelEverything()
    }
  }

  /// Closings with `immediately` fill at this close; with `process_orders_on_close` so does every
  /// market order, and every priced one whose price the close has reached.
  private func fillAtClose() {
    venue.price = now
    if live.isOn { return }
    venue.heading = now
    if book.settings.processOrdersOnClose, !within.isOn {
      beginFills()
      fillMarketOrders()
      move(to: bar.close)
    } else if venue.orders.contains(where: { $0.isImmediate }) {
      beginFills()
      for order in venue.takeImmediate() { fill(order, at: venue.price, slips: true) }
      venue.arrivals += 1
    } else {
      return
    }
    endInstant()
    mark()
    book.isStale = true
  }

  private func beginFills() {
    barPosition = book.position
    barEquity = book.readEquity(at: now)
  }

  private func placeEntry(_ command: OrderCommand) {
    guard risk.mayTrade, command.direction != 0 else { return }
    let direction = Double(command.direction)
    let earlier = venue.place(of: command.id)
    // A second call on one bar only changes the order's quantity and prices.
    let modifies = earlier.map { venue.orders[$0].placedBar == barIndex } ?? false
    guard let made = makeOrder(command, .entry, direction) else { return }
    var order = made.order
    let after = venue.afterMarketOrders(book.position)
    if !modifies, after.size * direction > 0 {
      let entries =
        order.isMarket || after.entries == 0 ? after.entries : venue.lots.count + sentEntries
      guard entries < max(1, book.settings.pyramiding) else { return }
    }
    venue.noteCut(order.id, wanted: made.wanted, left: order.quantity, direction: direction)
    if risk.rules.allowedDirection * direction < 0 {
      guard book.position * direction < 0 else { return }
      order.isCloseOnly = true
    } else if book.isUnaffordable(
      order.quantity, direction, at: order.isMarket ? sizingPrice(order) : now, close: now)
    {
      guard order.isMarket, book.position * direction < 0 else { return }
      order.quantity = 0
    }
    if order.isMarket {
      order.reversal = modifies ? 0 : .nan
    } else if !modifies, after.closedTo * direction < 0 {
      order.reversal = abs(after.closedTo)
    }
    guard order.quantity > 0 || order.reversal.isNaN || order.reversal > 0 else { return }
    venue.replace(earlier, by: order)
  }

  private func placeOrder(_ command: OrderCommand) {
    guard risk.mayTrade, command.direction != 0 else { return }
    let direction = Double(command.direction)
    guard let (order, wanted) = makeOrder(command, .order, direction) else { return }
    venue.noteCut(order.id, wanted: wanted, left: order.quantity, direction: direction)
    guard order.quantity > 0 else { return }
    venue.replace(venue.place(of: command.id), by: order)
  }

  /// An order with its prices on the grid and its size, and the size before rounding to the step;
  /// nil when the size is not a number above 0.
  @inline(__always)
  private func makeOrder(
    _ command: OrderCommand, _ purpose: PendingOrder.Purpose, _ direction: Double
  ) -> (order: PendingOrder, wanted: Double)? {
    var order = PendingOrder(purpose, id: command.id, direction: direction, quantity: 0)
    let buys = direction > 0
    order.limit = venue.prices.reaching(command.limit, rising: !buys)
    order.stop = venue.prices.reaching(command.stop, rising: buys)
    order.order.links = OrderLinks(group: command.ocaName, rule: command.oca)
    order.comment = command.comment
    order.placedBar = barIndex
    let wanted: Double
    if !command.quantity.isNaN {
      guard command.quantity > 0, command.quantity.isFinite else { return nil }
      wanted = command.quantity
      order.quantity = book.quantities.floor(wanted)
    } else if book.settings.sizing == .fixed {
      wanted = book.settings.defaultQuantity
      order.quantity = book.quantities.floor(wanted)
    } else {
      let money = book.defaultBudget(at: now)
      wanted = book.units(for: money, at: sizingPrice(order))
      order.quantity = book.quantities.truncate(wanted)
      if !order.isMarket { order.budget = money }
    }
    return order.quantity.isFinite && order.quantity >= 0 ? (order, wanted) : nil
  }

  /// The price at which an order would fill now: the close with slippage, or its own price while that is not
  /// reached.
  private func sizingPrice(_ order: PendingOrder) -> Double {
    let close = now
    let buys = order.direction > 0
    if !order.limit.isNaN { return buys ? min(order.limit, close) : max(order.limit, close) }
    if !order.stop.isNaN { return buys ? max(order.stop, close) : min(order.stop, close) }
    return close + order.direction * venue.slip
  }

  private func placeClose(_ command: OrderCommand) {
    let position = book.position
    guard position != 0 else { return }
    let all = command.kind == .closeAll
    var open = abs(position)
    if !all { open = venue.openQuantity(of: command.id) }
    var quantity = open
    if !command.quantity.isNaN {
      quantity = min(book.quantities.floor(command.quantity), open)
      venue.noteCut(
        command.id, wanted: min(command.quantity, open), left: quantity, direction: -position)
    } else if !command.quantityPercent.isNaN {
      quantity = book.quantities.part(open, percent: command.quantityPercent)
      venue.noteCut(
        command.id, wanted: open * command.quantityPercent / 100, left: quantity,
        direction: -position)
    }
    guard quantity > 0, quantity.isFinite else { return }
    var order = PendingOrder(
      all ? .closeAll : .close, id: all ? 0 : command.id,
      direction: position > 0 ? -1 : 1, quantity: quantity)
    order.comment = command.comment
    if command.immediately { order.order.timeInForce = .immediately }
    order.placedBar = barIndex
    venue.accept(order)
  }

  package func cancelEverything() { venue.cancelEverything() }
}
