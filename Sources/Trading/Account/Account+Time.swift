import CFxaot
import Calendar
import Market

/// What happens by time alone: swap, the end of day orders and dated orders, the day of the loss limit.
extension Account {
  /// Lets time pass up to a quote or an advance, before it takes effect. O(days × positions) from one 17:00 in New
  /// York to the next.
  package mutating func pass(to time: Int64) {
    if time >= deadline {
      endDays(until: time)
      now = max(now, time)
      expire(at: time) { $0.expires <= time }
    }
    now = max(now, time)
    if time >= deadline { updateDeadline() }
  }

  /// Positions and orders that `pass` looks at on its way to a time: all of them for each night. O(1).
  package func workOfPassing(to time: Int64) -> Int64 {
    guard time >= deadline else { return 0 }
    let night = Int64(86_400_000_000_000)
    let nights = max(0, time &- max(now, FXAOT_MIN_TIME_NS)) / night + 1
    let each = Int64(positions.count) + Int64(venue.waitingCount)
    return positions.count == 0 ? each : nights.multipliedReportingOverflow(by: each).partialValue
  }

  private mutating func endDays(until time: Int64) {
    if rollover == .min { rollover = Self.rollover(after: now) }
    guard rollover <= time else { return }
    while rollover <= time {
      now = max(now, rollover)
      endDay(at: rollover)
      // Without positions and day orders the days that follow are all alike.
      let isIdle = positions.count == 0 && !venue.waiting.elements.contains { $0.lifetime == .day }
      rollover = Self.rollover(after: isIdle ? max(rollover, time) : rollover)
    }
    wakeOnce()
  }

  /// The next time at which something happens by time alone. O(live orders).
  mutating func updateDeadline() {
    if rollover <= now { rollover = Self.rollover(after: now) }
    var next = rollover
    for order in venue.waiting.elements where order.instrumentSlot >= 0 && !isAtBroker(order) {
      next = min(next, order.expires)
    }
    deadline = next
  }

  private mutating func endDay(at time: Int64) {
    for place in 0..<positions.count { bookSwap(place, at: time) }
    expire(at: time) { $0.lifetime == .day || $0.expires <= time }
    dayEquity = equity()
  }

  private mutating func expire(at time: Int64, _ isOver: (AccountOrder) -> Bool) {
    var count = 0
    for place in 0..<venue.waiting.count {
      let order = venue.waiting.base[place]
      guard order.instrumentSlot >= 0, isOver(order), !isAtBroker(order) else { continue }
      venue.remove(at: place)
      ended(order, FXAOT_ORDER_EXPIRED, nil)
      count += 1
    }
    if count > 0 { venue.sweep() }
  }

  // MARK: - Swap

  private mutating func bookSwap(_ place: Int, at time: Int64) {
    let position = positions.base[place]
    let state = markets[position.instrumentSlot]
    let terms = state.pointee.terms
    guard terms.hasSwap else { return }
    let nights = state.pointee.holidays.nights(
      endOf: Self.newYork.day(at: time / 1_000_000 - 1), valueDays: terms.valueDays(state.pointee.instrument))
    let rate = terms.swapRate(isLong: position.isLong)
    guard nights > 0, rate != 0, let amount = swap(position, rate, nights) else { return }
    bookMoney(amount, position.instrumentSlot)
    swaps = Money.add(swaps, amount)
    positions.base[place].tradeProfit = Money.add(position.tradeProfit, amount)
    let conversion = rateToAccount(position.instrumentSlot)
    sayAccount(FXAOT_ACCOUNT_SWAP, of: position) {
      $0.time_ns = time
      $0.strategy_ref = position.strategyRef
      $0.side = UInt32(position.isLong ? FXAOT_BUY : FXAOT_SELL)
      $0.quantity = nights
      $0.price = Double(rate) / 1_000_000
      $0.strength = conversion
      $0.profit_micro = amount
    }
  }

  /// Micro-units of account currency; nil when they cannot be converted.
  private func swap(_ position: Position, _ rate: Int64, _ nights: Int64) -> Int64? {
    let state = markets[position.instrumentSlot]
    let instrument = state.pointee.instrument
    let units = Int128(position.quantity.magnitude)
    let all = Int128(rate) * Int128(nights)
    switch state.pointee.terms.swapMode {
    case .points:
      // Units × points × step; the rate is in millionths, as money is.
      let micro = Money.divide(
        units * all * Int128(instrument.grid.stepUnitsInteger), by: Int128(instrument.grid.scaleInteger))
      return markets.convert(Money.saturating(micro), state.pointee.conversion)
    case .currency: return Money.saturating(Money.divide(units * all, by: Int128(instrument.lot)))
    case .percent:
      guard let notional = notionalAtMid(position.instrumentSlot, position.quantity) else { return nil }
      return Money.saturating(
        Money.divide(Int128(notional) * all, by: 100_000_000 * Int128(state.pointee.terms.swapDays)))
    }
  }

  /// One unit of an instrument's quote currency in account currency.
  private func rateToAccount(_ slot: Int) -> Double {
    let million = 1_000_000 * Money.microPerUnit
    return markets.convert(million, markets[slot].pointee.conversion).map { Double($0) / Double(million) } ?? .nan
  }

  /// The first 17:00 in New York after an instant. O(log n) in the zone's transitions.
  static func rollover(after time: Int64) -> Int64 {
    let millis = time.quotientAndRemainder(dividingBy: 1_000_000).quotient
    return newYork.start(ofTradingDay: newYork.day(at: millis) + 1) * 1_000_000
  }

  /// Every day, from 17:00 to 17:00.
  private static var newYork: TradingCalendar {
    TradingCalendar(zone: MarketHours.forexRules, dayStart: -7 * 60)
  }
}
