import Market
import StrategyIR

/// What a step of the script ordered.
extension BarBroker {
  /// Takes a step's commands, in the order of the calls, at the bar's close.
  @inlinable @inline(__always)
  public func place(_ commands: UnsafeBufferPointer<OrderCommand>) {
    if !commands.isEmpty { placeAll(commands) }
  }

  @inline(never) @usableFromInline
  func placeAll(_ commands: UnsafeBufferPointer<OrderCommand>) {
    for index in commands.indices where !risk.isHalted { place(commands[index]) }
    dropLapsedExits()
    fillAtClose()
  }

  @inline(__always)
  private func place(_ command: OrderCommand) {
    switch command.kind {
    case .entry: placeEntry(command)
    case .order: placeOrder(command)
    case .exit: placeExit(command)
    case .close, .closeAll: placeClose(command)
    case .cancel: cancel(command.id)
    case .cancelAll: cancelEverything()
    }
  }

  /// Closings with `immediately` fill at this close; with `process_orders_on_close` so does every
  /// market order, and every priced one whose price the close has reached.
  private func fillAtClose() {
    price = bar.close
    if live.isOn { return }
    heading = price
    barPosition = position
    barEquity = closeEquity
    if settings.processOrdersOnClose {
      fillMarketOrders()
      move(to: bar.close)
    } else if orders.contains(where: { $0.isImmediate }) {
      let now = orders.indices.map { orders[$0] }.filter { $0.isImmediate }
      orders.removeAll { $0.isImmediate }
      for order in now { fill(order, at: price, slips: true) }
      arrivals += 1
    } else {
      return
    }
    endInstant()
    mark()
    isBookStale = true
  }

  private func placeEntry(_ command: OrderCommand) {
    guard risk.mayTrade, command.direction != 0 else { return }
    let direction = Double(command.direction)
    let earlier = pendingOrder(command.id)
    // A second call on one bar only changes the order's quantity and prices.
    let modifies = earlier.map { orders[$0].placedBar == barIndex } ?? false
    guard let made = makeOrder(command, .entry, direction) else { return }
    var order = made.order
    let after = positionAfterMarketOrders()
    if !modifies, after.size * direction > 0 {
      let entries = order.isMarket || after.entries == 0 ? after.entries : lots.count + sentEntries
      guard entries < max(1, settings.pyramiding) else { return }
    }
    noteCut(order.id, wanted: made.wanted, left: order.quantity, direction: direction)
    if risk.allowedDirection * direction < 0 {
      guard position * direction < 0 else { return }
      order.isCloseOnly = true
    } else if isUnaffordable(
      order.quantity, direction, at: order.isMarket ? sizingPrice(order) : bar.close)
    {
      guard order.isMarket, position * direction < 0 else { return }
      order.quantity = 0
    }
    if order.isMarket {
      order.reversal = modifies ? 0 : .nan
    } else if !modifies, after.closedTo * direction < 0 {
      order.reversal = abs(after.closedTo)
    }
    guard order.quantity > 0 || order.reversal.isNaN || order.reversal > 0 else { return }
    replace(earlier, by: order)
  }

  private func placeOrder(_ command: OrderCommand) {
    guard risk.mayTrade, command.direction != 0 else { return }
    let direction = Double(command.direction)
    guard let (order, wanted) = makeOrder(command, .order, direction) else { return }
    noteCut(order.id, wanted: wanted, left: order.quantity, direction: direction)
    guard order.quantity > 0 else { return }
    replace(pendingOrder(command.id), by: order)
  }

  /// The place of the first order with an id that may be changed.
  private func pendingOrder(_ id: TextRef) -> Int? {
    orders.firstIndex { $0.id == id && $0.opens && !$0.isSent }
  }

  /// An order with its prices on the grid and its size, and the size before it was cut at the step;
  /// nil when the size is not a number above 0.
  private func makeOrder(
    _ command: OrderCommand, _ purpose: PendingOrder.Purpose, _ direction: Double
  ) -> (order: PendingOrder, wanted: Double)? {
    var order = PendingOrder(purpose, id: command.id, direction: direction, quantity: 0)
    let buys = direction > 0
    order.limit = prices.reaching(command.limit, rising: !buys)
    order.stop = prices.reaching(command.stop, rising: buys)
    order.order.links = OrderLinks(group: command.ocaName, rule: command.oca)
    order.comment = command.comment
    order.placedBar = barIndex
    let wanted: Double
    if !command.quantity.isNaN {
      guard command.quantity > 0, command.quantity.isFinite else { return nil }
      wanted = command.quantity
      order.quantity = quantities.floor(wanted)
    } else if settings.sizing == .fixed {
      wanted = settings.defaultQuantity
      order.quantity = quantities.floor(wanted)
    } else {
      let money = defaultBudget()
      wanted = units(for: money, at: sizingPrice(order))
      order.quantity = quantities.truncate(wanted)
      if !order.isMarket { order.budget = money }
    }
    return order.quantity.isFinite && order.quantity >= 0 ? (order, wanted) : nil
  }

  /// The price at which an order would fill now: the close, slippage included, or its own price
  /// while that has not been reached.
  private func sizingPrice(_ order: PendingOrder) -> Double {
    let close = bar.close
    let buys = order.direction > 0
    if !order.limit.isNaN { return buys ? min(order.limit, close) : max(order.limit, close) }
    if !order.stop.isNaN { return buys ? max(order.stop, close) : min(order.stop, close) }
    return close + order.direction * slip
  }

  /// Puts an order in the place of the pending one with its id; an unchanged one keeps its turn.
  private func replace(_ place: Int?, by order: PendingOrder) {
    let sequence = nextSequence()
    guard let place else {
      orders.append(order)
      orders[orders.count - 1].sequence = sequence
      return
    }
    var order = order
    order.sequence = sequence
    let earlier = orders[place]
    let isSame =
      earlier.quantity == order.quantity && same(earlier.limit, order.limit)
      && same(earlier.stop, order.stop) && earlier.direction == order.direction
    if isSame {
      order.sequence = earlier.sequence
      order.order.state = earlier.order.state
    }
    orders.removeAll { $0.id == order.id && $0.opens && !$0.isSent }
    orders.insert(order, at: orders.firstIndex { $0.sequence > order.sequence } ?? orders.count)
  }

  private func same(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }

  /// The position that the market orders already waiting will leave: its size, its number of
  /// entries, and its size after the closings alone.
  private func positionAfterMarketOrders() -> (size: Double, entries: Int, closedTo: Double) {
    var size = position
    var closedTo = position
    // Entries count as long as something of their own is open, whichever trades are.
    var entries = lots.count
    for index in orders.indices {
      let order = orders.base + index
      guard order.pointee.isMarket || order.pointee.isSent else { continue }
      let (direction, quantity) = (order.pointee.direction, order.pointee.quantity)
      if order.pointee.opens {
        let against = size * direction < 0
        let reverses = order.pointee.purpose == .entry && against && order.pointee.reversal.isNaN
        entries = against ? 1 : entries + 1
        size = (reverses ? 0 : size) + direction * quantity
      } else if size * direction < 0 {
        size += direction * min(quantity, abs(size))
        if size == 0 { entries = 0 }
        if closedTo * direction < 0 { closedTo += direction * min(quantity, abs(closedTo)) }
      }
    }
    return (size, entries, closedTo)
  }

  private func placeClose(_ command: OrderCommand) {
    guard position != 0 else { return }
    let all = command.kind == .closeAll
    var open = abs(position)
    if !all { open = openQuantity(of: command.id) }
    var quantity = open
    if !command.quantity.isNaN {
      quantity = min(quantities.floor(command.quantity), open)
      noteCut(
        command.id, wanted: min(command.quantity, open), left: quantity, direction: -position)
    } else if !command.quantityPercent.isNaN {
      quantity = quantities.part(open, percent: command.quantityPercent)
      noteCut(
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
    order.sequence = nextSequence()
    orders.append(order)
  }

  private func cancel(_ id: TextRef) {
    orders.removeAll { $0.id == id && $0.opens && !$0.isSent }
    removeLegs { $0.command.id == id && !$0.isConsumed }
    awaitingExits.removeAll { $0.id == id }
    standingExits.removeAll { $0.id == id }
  }

  package func cancelEverything() {
    orders.removeAll { !$0.isSent }
    removeLegs { !$0.isConsumed }
    awaitingExits.removeAll()
    standingExits.removeAll()
  }
}
