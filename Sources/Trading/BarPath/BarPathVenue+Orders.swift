import StrategyIR

/// Orders of scripts: found by their ids, replaced, cancelled, reduced with their group.
extension BarPathVenue {
  /// The place of the first order with an id that may be changed.
  func place(of id: TextRef) -> Int? {
    orders.firstIndex { $0.id == id && $0.opens && !$0.isSent }
  }

  /// Replaces the pending order with the same id; an unchanged order keeps its turn.
  @inline(__always)
  func replace(_ place: Int?, by order: PendingOrder) {
    if let place { replace(place, by: order) } else { accept(order) }
  }

  @inline(never)
  private func replace(_ place: Int, by order: PendingOrder) {
    var order = order
    order.sequence = nextSequence()
    let earlier = orders[place]
    let isSameKind = earlier.direction == order.direction && earlier.order.kind == order.order.kind
    order.serial = isSameKind ? earlier.serial : order.sequence
    let isSame =
      earlier.quantity == order.quantity && same(earlier.limit, order.limit)
      && same(earlier.stop, order.stop) && earlier.direction == order.direction
    if isSame {
      order.sequence = earlier.sequence
      order.order.state = earlier.order.state
    }
    cancel { $0.id == order.id && $0.opens }
    orders.insert(order, at: orders.firstIndex { $0.sequence > order.sequence } ?? orders.count)
  }

  private func same(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }

  /// The position after the waiting market orders: its size, its number of entries, and its size after the
  /// closings alone.
  func afterMarketOrders(_ position: Double) -> (size: Double, entries: Int, closedTo: Double) {
    var size = position
    var closedTo = position
    // An entry counts while part of its own lot is open, whichever trades are.
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

  /// `strategy.cancel`: entries, orders and exits of this id.
  func cancel(_ id: TextRef) {
    cancel { $0.id == id && $0.opens }
    removeLegs { $0.command.id == id && !$0.isConsumed }
    awaitingExits.removeAll { $0.id == id }
    standingExits.removeAll { $0.id == id }
  }

  func cancelEverything() {
    cancel { _ in true }
    removeLegs { !$0.isConsumed }
    awaitingExits.removeAll()
    standingExits.removeAll()
  }

  /// A fill cancels or reduces the other orders of its group (the same name and type).
  func reduceGroup(_ type: OrderCommand.OCA, _ name: TextRef, by quantity: Double) {
    guard name != 0, type != .none else { return }
    if type == .cancel {
      cancel { $0.isIn(name, .cancel) }
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

  /// Takes out closings with `immediately`.
  func takeImmediate() -> [PendingOrder] {
    let now = orders.indices.map { orders[$0] }.filter { $0.isImmediate }
    orders.removeAll { $0.isImmediate }
    return now
  }

  // Live: triggered orders fill at another venue.

  /// Takes out the next market order. Orders to be filled at once go before orders for the next open.
  func takeMarketOrder() -> PendingOrder? {
    let index =
      orders.firstIndex { $0.isImmediate && !$0.isSent }
      ?? orders.firstIndex { $0.isMarket && !$0.isSent }
    return index.map { orders.remove(at: $0) }
  }

  /// Keeps an order in the list while another venue fills it.
  func keepSent(_ order: PendingOrder) {
    var order = order
    order.order.state = .sent
    orders.insert(order, at: 0)
  }

  func forgetSent() { orders.removeAll { $0.isSent } }

  /// Shifts bar numbers for another version of the script, which counts from another bar.
  func shiftBars(by shift: Int64) {
    for index in orders.indices { orders[index].placedBar &+= shift }
  }

  /// Calls `body` with every text that an order refers to; it may give another number.
  func forEachText(_ body: (inout TextRef) -> Void) {
    for index in orders.indices { orders[index].forEachText(body) }
    for index in lots.indices { body(&lots[index].id) }
    isLotOrderStale = true
    for index in legs.indices { legs[index].command.forEachText(body) }
    for index in awaitingExits.indices { awaitingExits[index].forEachText(body) }
    for index in standingExits.indices { standingExits[index].forEachText(body) }
  }
}

extension PendingOrder {
  mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&order.links.group)
    body(&comment)
  }
}

extension OrderCommand {
  fileprivate mutating func forEachText(_ body: (inout TextRef) -> Void) {
    body(&id)
    body(&fromEntry)
    body(&ocaName)
    body(&comment)
    body(&commentProfit)
    body(&commentLoss)
    body(&commentTrailing)
  }
}
