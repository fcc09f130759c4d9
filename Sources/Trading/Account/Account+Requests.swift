import CFxaot
import Market

/// Requests of clients: submit, modify, cancel, close, cash, trading state. Each answers at once; what it causes
/// is in the log. A fault changes nothing.
extension Account {
  package typealias Answer = (status: fxaot_status, answer: fxaot_order_answer)

  func fault(_ fault: fxaot_order_fault) -> Answer {
    var answer = fxaot_order_answer()
    answer.fault = fault.rawValue
    return (FXAOT_BAD_ORDER, answer)
  }

  func answer(
    _ number: Int64, _ state: fxaot_order_state, _ refusal: fxaot_reject? = nil
  ) -> Answer {
    var answer = fxaot_order_answer()
    answer.order_id = number
    answer.state = state.rawValue
    if let refusal {
      answer.reject = refusal.rawValue
      answer.measured = refusalMeasure.measured
      answer.bound = refusalMeasure.bound
    }
    return (refusal == nil ? FXAOT_OK : FXAOT_REJECTED, answer)
  }

  /// The answer to an id that an earlier order has.
  private func answer(known place: Int) -> Answer {
    var answer = fxaot_order_answer()
    guard let record = records[place] else { return (FXAOT_OK, answer) }
    answer.order_id = record.pointee.order.order_id
    answer.state = record.pointee.order.state
    answer.is_known = 1
    guard record.pointee.order.state == FXAOT_ORDER_REJECTED.rawValue else { return (FXAOT_OK, answer) }
    answer.reject = UInt32(record.pointee.order.reason)
    answer.measured = record.pointee.order.measured
    answer.bound = record.pointee.order.bound
    return (FXAOT_REJECTED, answer)
  }

  // MARK: - Submit

  /// Takes an order of a client. `slot` is its instrument's (−1: unknown), `strategySlot` its strategy's (−1:
  /// none) with its own position. O(live orders) for its names, else as the gate.
  package mutating func submit(
    _ request: fxaot_order_request, slot: Int, strategySlot: Int, own: Int64?
  ) -> Answer {
    let id = request.id
    guard id.length <= UInt32(FXAOT_ID_BYTES), !id.isReserved else { return fault(FXAOT_FAULT_ID) }
    if id.length > 0 {
      let known = records.place(of: id)
      if known >= 0 { return answer(known: known) }
    }
    if slot < 0 { return refuseUnknown(request) }
    forgetIfFull()
    var order = AccountOrder.blank
    do throws(Wrong) { try read(request, slot, into: &order) } catch { return fault(error.fault) }
    order.strategySlot = strategySlot
    order.strategyRef = request.strategy_ref
    var parent: Int?
    if request.after.length > 0 {
      let place = records.place(of: request.after)
      guard place >= 0, !request.after.isReserved else { return fault(FXAOT_FAULT_AFTER) }
      parent = place
    }
    if request.oco.length > 0 {
      guard let group = group(request.oco) else { return (FXAOT_OUT_OF_MEMORY, fxaot_order_answer()) }
      order.group = group
    }
    if id.length > 0 {
      order.record = addRecord(request, order)
      guard order.record >= 0 else { return (FXAOT_OUT_OF_MEMORY, fxaot_order_answer()) }
    }
    if let parent, let record = records[parent]?.pointee.order,
      record.state != FXAOT_ORDER_FILLED.rawValue
    {
      return wait(order, for: record)
    }
    if order.group > 0 { groups.base[Int(order.group) - 1].orders += 1 }
    let (number, refusal) = admit(order, Sender(own: own))
    if refusal != nil, order.group > 0 { groups.base[Int(order.group) - 1].orders -= 1 }
    return answer(number, refusal == nil ? admitted : FXAOT_ORDER_REJECTED, refusal)
  }

  /// The state of an order that the gate has let through.
  var admitted: fxaot_order_state { gateway.isOn ? FXAOT_ORDER_PENDING_NEW : FXAOT_ORDER_ACCEPTED }

  /// Keeps an order until its parent is filled; where that has ended otherwise, the order ends too.
  private mutating func wait(_ order: AccountOrder, for parent: fxaot_order) -> Answer {
    var order = order
    order.id = gate.number()
    order.parent = parent.order_id
    order.isDormant = true
    let hasRoom = venue.makeRoom()
    if !hasRoom || dormantOrders >= Self.mostDormant {
      let refusal = hasRoom ? FXAOT_REJECT_MAX_ORDERS : FXAOT_REJECT_OUT_OF_MEMORY
      refused(order, refusal)
      return answer(order.id, FXAOT_ORDER_REJECTED, refusal)
    }
    if order.group > 0 { groups.base[Int(order.group) - 1].orders += 1 }
    if parent.state >= FXAOT_ORDER_CANCELLED.rawValue, parent.state != FXAOT_ORDER_PENDING_NEW.rawValue {
      markets[order.instrumentSlot].pointee.orders += 1
      ended(order, FXAOT_ORDER_CANCELLED, FXAOT_CANCEL_AFTER)
      return answer(order.id, FXAOT_ORDER_CANCELLED)
    }
    _ = venue.accept(order)
    enter(order, by: 1)
    record(order) { $0.state = FXAOT_ORDER_NEW.rawValue }
    if order.lifetime == .day || order.expires != .max { updateDeadline() }
    return answer(order.id, FXAOT_ORDER_NEW)
  }

  /// When an order ends, each is looked at.
  private static let mostDormant = 1_000

  private var dormantOrders: Int { venue.waiting.elements.count { $0.isDormant && $0.instrumentSlot >= 0 } }

  private mutating func refuseUnknown(_ request: fxaot_order_request) -> Answer {
    let isHalted = gate.state == FXAOT_TRADING_HALTED.rawValue
    let refusal = isHalted ? FXAOT_REJECT_HALTED : FXAOT_REJECT_UNKNOWN_SYMBOL
    let number = gate.number()
    refusalMeasure = Measure()
    var event = fxaot_event()
    event.kind = UInt32(FXAOT_EVENT_REJECT)
    event.code = refusal.rawValue
    event.time_ns = now
    event.side = request.side
    event.symbol_ref = request.symbol_ref
    event.strategy_ref = request.strategy_ref
    event.order_id = number
    event.quantity = request.quantity
    if request.id.length > 0 {
      var order = fxaot_order()
      order.order_id = number
      order.state = FXAOT_ORDER_REJECTED.rawValue
      order.reason = UInt16(truncatingIfNeeded: refusal.rawValue)
      order.symbol_ref = request.symbol_ref
      order.side = request.side
      order.type = request.type
      order.quantity = request.quantity
      (order.price, order.limit) = (request.price, request.limit)
      (order.average_price, order.stop_loss, order.take_profit) = (.nan, .nan, .nan)
      forgetIfFull()
      name(&event, records.add(request.id, end: 0, order))
    }
    log.append(event)
    return answer(number, FXAOT_ORDER_REJECTED, refusal)
  }

  private struct Wrong: Error {
    let fault: fxaot_order_fault
    init(_ fault: fxaot_order_fault) { self.fault = fault }
  }

  /// The order that a request describes, in steps; the first field that is wrong.
  private func read(_ request: fxaot_order_request, _ slot: Int, into order: inout AccountOrder) throws(Wrong) {
    guard request.side == UInt32(FXAOT_BUY) || request.side == UInt32(FXAOT_SELL) else {
      throw Wrong(FXAOT_FAULT_SIDE)
    }
    guard let kind = AccountOrder.Kind(rawValue: request.type) else { throw Wrong(FXAOT_FAULT_TYPE) }
    guard (1...Instrument.quantityLimit).contains(request.quantity) else {
      throw Wrong(FXAOT_FAULT_QUANTITY)
    }
    let isBuy = request.side == UInt32(FXAOT_BUY)
    order = AccountOrder(
      id: 0, strategySlot: -1, instrumentSlot: slot,
      quantity: isBuy ? request.quantity : -request.quantity, fillsFrom: quoteNumber &+ 1)
    order.kind = kind
    let grid = markets[slot].pointee.instrument.grid
    let price = try Self.steps(request.price, grid, FXAOT_FAULT_PRICE)
    let limit = try Self.steps(request.limit, grid, FXAOT_FAULT_LIMIT)
    let trails = request.trail_steps != 0
    guard (kind == .market) == (price == 0) || (trails && kind == .stop) else {
      throw Wrong(FXAOT_FAULT_PRICE)
    }
    guard (kind == .stopLimit || kind == .limitIfTouched) == (limit != 0) else {
      throw Wrong(FXAOT_FAULT_LIMIT)
    }
    if kind == .limit { order.order.limit = price } else { order.order.stop = price }
    if limit != 0 { order.order.limit = limit }
    try readTrail(request, grid, &order)
    try readLifetime(request, &order)
    order.stopLoss = try Self.steps(request.stop_loss, grid, FXAOT_FAULT_STOP_LOSS)
    order.takeProfit = try Self.steps(request.take_profit, grid, FXAOT_FAULT_TAKE_PROFIT)
    guard request.reduce_only <= 1, request.post_only <= 1, request.trigger <= UInt32(FXAOT_TRIGGER_OPPOSITE)
    else { throw Wrong(FXAOT_FAULT_TYPE) }
    guard request.post_only == 0 || kind == .limit else { throw Wrong(FXAOT_FAULT_TYPE) }
    order.isReduceOnly = request.reduce_only == 1
    order.isPostOnly = request.post_only == 1
    switch Int(request.trigger) {
    case FXAOT_TRIGGER_MID: order.side = .mid
    case FXAOT_TRIGGER_OPPOSITE: order.side = isBuy ? .bid : .ask
    default: order.side = isBuy ? .ask : .bid
    }
  }

  private func readTrail(
    _ request: fxaot_order_request, _ grid: PriceGrid, _ order: inout AccountOrder
  ) throws(Wrong) {
    let most = Int64(1) << 50
    guard (0...most).contains(request.trail_steps), (0...most).contains(request.trail_step) else {
      throw Wrong(FXAOT_FAULT_TRAIL)
    }
    let activation = try Self.steps(request.trail_activation, grid, FXAOT_FAULT_TRAIL)
    if request.trail_steps == 0 {
      guard request.trail_step == 0, activation == 0 else { throw Wrong(FXAOT_FAULT_TRAIL) }
      return
    }
    guard order.kind == .stop else { throw Wrong(FXAOT_FAULT_TRAIL) }
    order.trail.distance = request.trail_steps
    order.trail.step = max(request.trail_step, 1)
    order.trail.activation = activation
  }

  private func readLifetime(
    _ request: fxaot_order_request, _ order: inout AccountOrder
  ) throws(Wrong) {
    guard let lifetime = AccountOrder.Lifetime(rawValue: request.time_in_force) else {
      throw Wrong(FXAOT_FAULT_TIME_IN_FORCE)
    }
    order.lifetime = lifetime
    if lifetime == .untilDate {
      guard request.expires_ns > now, request.expires_ns <= FXAOT_MAX_TIME_NS else {
        throw Wrong(FXAOT_FAULT_EXPIRES)
      }
      order.expires = request.expires_ns
    } else if request.expires_ns != 0 {
      throw Wrong(FXAOT_FAULT_EXPIRES)
    }
  }

  /// NaN is no price: 0 steps.
  private static func steps(
    _ price: Double, _ grid: PriceGrid, _ wrong: fxaot_order_fault
  ) throws(Wrong) -> Int64 {
    if price.isNaN { return 0 }
    guard let steps = grid.quote(price, price) else { throw Wrong(wrong) }
    return steps.bid
  }

  private mutating func addRecord(_ request: fxaot_order_request, _ order: AccountOrder) -> Int {
    var entry = fxaot_order()
    // Not the alias.
    entry.symbol_ref = markets[order.instrumentSlot].pointee.ref
    entry.strategy_ref = request.strategy_ref
    entry.type = request.type
    entry.time_in_force = request.time_in_force
    entry.reduce_only = request.reduce_only
    entry.average_price = .nan
    entry.trail_steps = request.trail_steps
    entry.expires_ns = request.expires_ns
    setPrices(&entry, order)
    return records.add(request.id, end: 0, entry)
  }

  func setPrices(_ entry: inout fxaot_order, _ order: AccountOrder) {
    let slot = order.instrumentSlot
    entry.price = price(order.kind == .limit ? order.order.limit : order.order.stop, slot)
    entry.limit = price(order.kind == .limit ? 0 : order.order.limit, slot)
    entry.stop_loss = price(order.stopLoss, slot)
    entry.take_profit = price(order.takeProfit, slot)
  }

  /// The record of an order that the account names itself; −1 without memory.
  mutating func newRecord(_ name: fxaot_id, _ order: AccountOrder) -> Int {
    var entry = fxaot_order()
    entry.symbol_ref = markets[order.instrumentSlot].pointee.ref
    entry.reduce_only = 1
    entry.average_price = .nan
    setPrices(&entry, order)
    return records.add(name, end: 0, entry)
  }

  mutating func forgetIfFull() {
    guard records.isFull else { return }
    for position in positions.elements { records.hold(position.record) }
    let places = records.forget()
    for place in 0..<venue.waiting.count where venue.waiting.base[place].record >= 0 {
      venue.waiting.base[place].record = places.elements[checked: venue.waiting.base[place].record]
    }
    for place in 0..<positions.count where positions.base[place].record >= 0 {
      positions.base[place].record = places.elements[checked: positions.base[place].record]
    }
    gateway.renumberRecords { places.elements[checked: $0] }
  }

  /// The number of a group, which begins where it has no orders; nil without memory.
  private mutating func group(_ name: fxaot_id) -> Int32? {
    var free: Int?
    for place in 0..<groups.count {
      if groups.base[place].orders == 0 {
        free = free ?? place
      } else if groups.base[place].name.isEqual(name) {
        return Int32(place + 1)
      }
    }
    if let free {
      groups.base[free] = OrderGroup(name: name, orders: 0)
      return Int32(free + 1)
    }
    return groups.append(OrderGroup(name: name, orders: 0)) ? Int32(groups.count) : nil
  }

  // MARK: - Modify and cancel

  /// The place of the record of an id, with or without the end of an attached order.
  package func recordPlace(_ id: fxaot_id) -> Int {
    guard id.length > 0, id.length <= UInt32(FXAOT_ID_BYTES) else { return -1 }
    if id.end != 0 { return records.place(of: id, end: UInt8(clamping: id.end)) }
    let plain = records.place(of: id)
    if plain >= 0 { return plain }
    let (name, end) = id.parted
    return end == 0 ? -1 : records.place(of: name, end: end)
  }

  package mutating func cancel(_ id: fxaot_id) -> Answer {
    let place = recordPlace(id)
    guard let record = records[place] else { return fault(FXAOT_FAULT_ID) }
    guard let live = venue.index(of: record.pointee.order.order_id),
      venue.waiting.base[live].role != .liquidation
    else { return fault(FXAOT_FAULT_STATE) }
    let order = cancel(at: live, FXAOT_CANCEL_USER)
    if isAtBroker(order) { return answer(order.id, fxaot_order_state(records[place]?.pointee.order.state ?? 0)) }
    venue.sweep()
    return answer(order.id, FXAOT_ORDER_CANCELLED)
  }

  /// Changes a live order, or the pair of a filled one whose position is open. The place is lost when a price
  /// changes or the quantity grows. O(live orders).
  package mutating func modify(_ id: fxaot_id, _ change: fxaot_order_change) -> Answer {
    let place = recordPlace(id)
    guard let record = records[place]?.pointee.order else { return fault(FXAOT_FAULT_ID) }
    guard let live = venue.index(of: record.order_id) else { return modifyPair(record, place, change) }
    let old = venue.waiting.base[live]
    guard old.role != .liquidation, !gateway.isCancelling(old.id) else { return fault(FXAOT_FAULT_STATE) }
    let new: AccountOrder
    do throws(Wrong) { new = try changed(old, change) } catch { return fault(error.fault) }
    if let refusal = changeRefusal(new, from: old) {
      return answer(old.id, fxaot_order_state(record.state), refusal)
    }
    if isAtBroker(old) {
      modifyAtBroker(live, new, place)
      return answer(old.id, fxaot_order_state(record.state))
    }
    guard venue.makeRoom() else { return (FXAOT_OUT_OF_MEMORY, fxaot_order_answer()) }
    replace(live, by: new)
    venue.sweep()
    if new.expires != old.expires { updateDeadline() }
    if let record = records.change(place) { setPrices(&record.pointee.order, new) }
    records.change(place)?.pointee.order.expires_ns = new.expires == .max ? 0 : new.expires
    records.change(place)?.pointee.order.trail_steps = new.trail.distance
    return answer(old.id, fxaot_order_state(record.state))
  }

  /// Puts the changed order in the live one's place, and says so. The place is lost when a price changes or the
  /// quantity grows. There must be room.
  mutating func replace(_ live: Int, by new: AccountOrder) {
    let old = venue.waiting.base[live]
    let movesPrice = new.order.limit != old.order.limit || new.order.stop != old.order.stop
    venue.waiting.base[live] = new
    if !old.isDormant, old.kind == .market { reserve(old, new.order.quantity - old.order.quantity) }
    if movesPrice || new.order.quantity > old.order.quantity {
      venue.waiting.base[live].fillsFrom = quoteNumber &+ 1
      venue.losePlace(live)
    }
    if !new.isDormant { markets[new.instrumentSlot].pointee.orderRange = .never }
    say(FXAOT_EVENT_ORDER, new) { $0.code = FXAOT_ORDER_MODIFIED.rawValue }
    record(new) { _ in }
  }

  /// A pair's prices are the account's until the order fills; the rest is the broker's to change.
  private mutating func modifyAtBroker(_ live: Int, _ new: AccountOrder, _ place: Int) {
    venue.waiting.base[live].stopLoss = new.stopLoss
    venue.waiting.base[live].takeProfit = new.takeProfit
    let order = venue.waiting.base[live]
    if let record = records.change(place) { setPrices(&record.pointee.order, order) }
    requestChange(live, new)
  }

  private func changed(
    _ old: AccountOrder, _ change: fxaot_order_change
  ) throws(Wrong) -> AccountOrder {
    var new = old
    let grid = markets[old.instrumentSlot].pointee.instrument.grid
    if change.quantity != 0 {
      guard change.quantity > old.filled, change.quantity <= Instrument.quantityLimit else {
        throw Wrong(FXAOT_FAULT_QUANTITY)
      }
      new.order.quantity = change.quantity - old.filled
    }
    let price = try Self.steps(change.price, grid, FXAOT_FAULT_PRICE)
    let limit = try Self.steps(change.limit, grid, FXAOT_FAULT_LIMIT)
    if price != 0 {
      guard old.kind != .market else { throw Wrong(FXAOT_FAULT_PRICE) }
      if old.kind == .limit { new.order.limit = price } else { new.order.stop = price }
    }
    if limit != 0 {
      guard old.kind == .stopLimit || old.kind == .limitIfTouched else { throw Wrong(FXAOT_FAULT_LIMIT) }
      new.order.limit = limit
    }
    if change.trail_steps != 0 {
      guard old.trail.distance > 0, (1...Int64(1) << 50).contains(change.trail_steps) else {
        throw Wrong(FXAOT_FAULT_TRAIL)
      }
      new.trail.distance = change.trail_steps
    }
    if change.expires_ns != 0 {
      guard old.lifetime == .untilDate, change.expires_ns > now else { throw Wrong(FXAOT_FAULT_EXPIRES) }
      new.expires = change.expires_ns
    }
    if old.role != .plain, !change.stop_loss.isNaN || !change.take_profit.isNaN {
      throw Wrong(FXAOT_FAULT_STOP_LOSS)
    }
    let stopLoss = try Self.steps(change.stop_loss, grid, FXAOT_FAULT_STOP_LOSS)
    let takeProfit = try Self.steps(change.take_profit, grid, FXAOT_FAULT_TAKE_PROFIT)
    if stopLoss != 0 { new.stopLoss = stopLoss }
    if takeProfit != 0 { new.takeProfit = takeProfit }
    return new
  }

  /// Why the gate refuses a change. An order that grows passes all that a new order does, but for the limits of how
  /// many there are.
  mutating func changeRefusal(
    _ new: AccountOrder, from old: AccountOrder, own: Int64? = nil
  ) -> fxaot_reject? {
    if !new.isDormant, new.order.quantity > old.order.quantity, new.role == .plain {
      if old.kind == .market { reserve(old, -old.order.quantity) }
      defer { if old.kind == .market { reserve(old, old.order.quantity) } }
      if let refusal = refusal(of: new, Sender(own: own), isChange: true) {
        refusalMeasure = measure(refusal, of: new)
        return refusal
      }
    }
    let refusal = termsOfChange(new)
    if let refusal { refusalMeasure = measure(refusal, of: new) }
    return refusal
  }

  private func termsOfChange(_ new: AccountOrder) -> fxaot_reject? {
    let state = markets[new.instrumentSlot].pointee
    if new.role == .plain, !new.isExit {
      let instrument = state.instrument
      let size = new.filled + new.order.quantity
      if size > instrument.maximumQuantity { return FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM }
      if size < instrument.minimumQuantity { return FXAOT_REJECT_QUANTITY_BELOW_MINIMUM }
      if new.order.quantity % instrument.quantityStep != 0 { return FXAOT_REJECT_QUANTITY_STEP }
      if state.hasQuote, let refusal = collarRefusal(new) { return refusal }
      if gate.limits.raw.max_order_quantity > 0, size > gate.limits.raw.max_order_quantity {
        return FXAOT_REJECT_MAX_QUANTITY
      }
    }
    return new.isDormant || !state.hasQuote ? nil : termsRefusal(new)
  }

  private mutating func modifyPair(
    _ parent: fxaot_order, _ place: Int, _ change: fxaot_order_change
  ) -> Answer {
    let isPair = !change.stop_loss.isNaN || !change.take_profit.isNaN
    guard isPair, change.quantity == 0, change.price.isNaN, change.limit.isNaN,
      parent.state == FXAOT_ORDER_FILLED.rawValue, parent.name_end == 0,
      let position = positions.elements.first(where: {
        markets[$0.instrumentSlot].pointee.ref == parent.symbol_ref
          && (settings.mode == .netting || $0.order == parent.order_id)
      }), position.isLong == (parent.side == UInt32(FXAOT_BUY))
    else { return fault(FXAOT_FAULT_STATE) }
    let slot = position.instrumentSlot
    let state = markets[slot].pointee
    let (stopLoss, takeProfit): (Int64, Int64)
    do throws(Wrong) {
      stopLoss = try Self.steps(change.stop_loss, state.instrument.grid, FXAOT_FAULT_STOP_LOSS)
      takeProfit = try Self.steps(change.take_profit, state.instrument.grid, FXAOT_FAULT_TAKE_PROFIT)
    } catch { return fault(error.fault) }
    if let refusal = protectionRefusal(
      isLong: position.isLong, stopLoss: stopLoss, takeProfit: takeProfit,
      entry: position.isLong ? state.low : state.high, state)
    {
      refusalMeasure = distance(
        refusal, isLong: position.isLong, stopLoss: stopLoss, takeProfit: takeProfit,
        entry: position.isLong ? state.low : state.high, state)
      return answer(parent.order_id, FXAOT_ORDER_FILLED, refusal)
    }
    var order = AccountOrder(
      id: parent.order_id, strategySlot: -1, instrumentSlot: slot,
      quantity: position.isLong ? parent.filled : -parent.filled, fillsFrom: quoteNumber &+ 1)
    order.record = place
    order.strategyRef = parent.strategy_ref
    let units = min(parent.filled, Int64(clamping: position.quantity.magnitude))
    for (role, price) in [(AccountOrder.Role.stopLoss, stopLoss), (.takeProfit, takeProfit)] where price != 0 {
      if let leg = leg(role, of: parent.order_id) {
        move(leg, to: price)
      } else {
        attach(role, price, to: order, units)
      }
    }
    records.change(place)?.pointee.order.stop_loss = stopLoss == 0 ? parent.stop_loss : change.stop_loss
    records.change(place)?.pointee.order.take_profit = takeProfit == 0 ? parent.take_profit : change.take_profit
    venue.sweep()
    return answer(parent.order_id, FXAOT_ORDER_FILLED)
  }

  private mutating func move(_ place: Int, to price: Int64) {
    if isAtBroker(venue.waiting.base[place]) {
      var wanted = venue.waiting.base[place]
      wanted.order.quantity = units(of: place)
      if wanted.role == .stopLoss { wanted.order.stop = price } else { wanted.order.limit = price }
      return requestChange(place, wanted)
    }
    guard venue.makeRoom() else { return }
    if venue.waiting.base[place].role == .stopLoss {
      venue.waiting.base[place].order.stop = price
    } else {
      venue.waiting.base[place].order.limit = price
    }
    venue.waiting.base[place].fillsFrom = quoteNumber &+ 1
    let leg = venue.waiting.base[place]
    venue.losePlace(place)
    narrow(for: leg)
    say(FXAOT_EVENT_ORDER, leg) { $0.code = FXAOT_ORDER_MODIFIED.rawValue }
    let shown = self.price(price, leg.instrumentSlot)
    record(leg) { $0.price = shown }
  }
}

extension fxaot_id {
  func isEqual(_ other: fxaot_id) -> Bool {
    guard length == other.length else { return false }
    return withUnsafeBytes(of: text) { mine in
      withUnsafeBytes(of: other.text) { theirs in
        mine.prefix(Int(length)).elementsEqual(theirs.prefix(Int(length)))
      }
    }
  }
}

extension UnsafeMutableBufferPointer<Int> {
  /// −1 where there is no such element.
  fileprivate subscript(checked index: Int) -> Int { index < count ? self[index] : -1 }
}
