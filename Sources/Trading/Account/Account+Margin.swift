import CFxaot
import Market

/// Equity and margin, from the positions and the newest quotes. O(positions).
extension Account {
  /// Unrealised profit of a book in account currency; nil when it cannot be converted.
  package func unrealised(_ book: AccountBook, _ slot: Int) -> Int64? {
    if book.quantity == 0 { return 0 }
    let state = markets[slot]
    let value = book.unrealised(at: state.pointee.quote)
    return markets.convert(
      Money.micro(stepUnits: value, on: state.pointee.instrument.grid), state.pointee.conversion,
      atSide: settings.convertsAtSide)
  }

  /// Balance + unrealised profit of all positions that can be valued.
  package func equity() -> Int64 {
    var sum = Int128(balance)
    for position in positions.elements {
      sum += Int128(unrealised(position.book, position.instrumentSlot) ?? 0)
    }
    return Money.saturating(sum)
  }

  /// The margin that the positions use; those that cannot be valued use none.
  package func marginUsed() -> Int64 {
    var sum = Int128(0)
    if settings.mode == .netting {
      for position in positions.elements {
        sum += Int128(margin(position.instrumentSlot, position.quantity, position.book) ?? 0)
      }
      return Money.saturating(sum)
    }
    for (place, position) in positions.elements.enumerated()
    where isFirst(place, of: position.instrumentSlot) {
      sum += Int128(hedgedMargin(position.instrumentSlot, HedgedUnits()) ?? 0)
    }
    return Money.saturating(sum)
  }

  private func isFirst(_ place: Int, of slot: Int) -> Bool {
    positions.elements[..<place].allSatisfy { $0.instrumentSlot != slot }
  }

  /// Longs and shorts of an instrument and twice their cost, without signs.
  struct HedgedUnits: BitwiseCopyable {
    var longs: Int64 = 0
    var shorts: Int64 = 0
    var longCost: Int128 = 0
    var shortCost: Int128 = 0
  }

  /// The margin of an instrument's tickets, together with `others`.
  private func hedgedMargin(_ slot: Int, _ others: HedgedUnits) -> Int64? {
    var units = others
    for position in positions.elements where position.instrumentSlot == slot {
      add(position, position.quantity, to: &units)
    }
    return margin(units, slot)
  }

  /// Adds a part of a ticket to its instrument's.
  func add(_ position: Position, _ part: Int64, to units: inout HedgedUnits) {
    let count = Int64(clamping: part.magnitude)
    if position.isLong {
      units.longs += count
      units.longCost += doubledCost(position, part)
    } else {
      units.shorts += count
      units.shortCost += doubledCost(position, part)
    }
  }

  func take(_ position: Position, _ part: Int64, from units: inout HedgedUnits) {
    let count = Int64(clamping: part.magnitude)
    if position.isLong {
      units.longs -= count
      units.longCost -= doubledCost(position, part)
    } else {
      units.shorts -= count
      units.shortCost -= doubledCost(position, part)
    }
  }

  private func doubledCost(_ position: Position, _ part: Int64) -> Int128 {
    settings.marginAtEntry
      ? 2 * position.book.cost(of: part)
      : Int128(part.magnitude) * Int128(markets[position.instrumentSlot].pointee.quote.sum)
  }

  /// The margin of an instrument's tickets by the account's mode; nil when it cannot be converted.
  func margin(_ units: HedgedUnits, _ slot: Int) -> Int64? {
    let isLong = units.longs >= units.shorts
    let (larger, cost) = isLong ? (units.longs, units.longCost) : (units.shorts, units.shortCost)
    switch settings.marginMode {
    case .sum:
      guard let long = margin(doubled: units.longCost, slot),
        let short = margin(doubled: units.shortCost, slot)
      else { return nil }
      return Money.add(long, short)
    case .max: return margin(doubled: cost, slot)
    case .net:
      let net = Int128((units.longs - units.shorts).magnitude)
      return margin(doubled: larger == 0 ? 0 : Money.proportion(cost, net, of: Int128(larger)), slot)
    }
  }

  /// The margin of a part of a position; nil when it cannot be converted.
  func margin(_ slot: Int, _ quantity: Int64, _ book: AccountBook) -> Int64? {
    // Twice the notional, so that the mid needs no half steps.
    margin(
      doubled: settings.marginAtEntry
        ? 2 * book.cost(of: quantity)
        : Int128(quantity.magnitude) * Int128(markets[slot].pointee.quote.sum), slot)
  }

  /// The margin of all positions and waiting market orders after one more order of signed units; nil when
  /// one of them cannot be converted.
  func marginAfter(_ order: AccountOrder) -> Int64? {
    var sum = Int128(0)
    for slot in 0..<markets.count {
      let state = markets[slot]
      let isOrders = slot == order.instrumentSlot
      guard
        isOrders || state.pointee.waitingBuys != 0 || state.pointee.waitingSells != 0
          || state.pointee.book.quantity != 0 || settings.mode == .hedging
      else { continue }
      guard let part = margin(of: slot, and: isOrders ? order.quantity : 0, order.isBounded(in: settings.mode))
      else { return nil }
      sum += Int128(part)
    }
    return Money.saturating(sum)
  }

  private func margin(of slot: Int, and extra: Int64, _ closes: Bool) -> Int64? {
    let state = markets[slot]
    if settings.mode == .netting {
      let after = state.pointee.book.quantity + state.pointee.waiting + extra
      return marginAtMid(slot, after)
    }
    var others = HedgedUnits(
      longs: state.pointee.waitingBuys, shorts: state.pointee.waitingSells)
    if !closes {
      if extra > 0 { others.longs += extra } else { others.shorts -= extra }
    }
    others.longCost = Int128(others.longs) * Int128(state.pointee.quote.sum)
    others.shortCost = Int128(others.shorts) * Int128(state.pointee.quote.sum)
    return hedgedMargin(slot, others)
  }

  /// What is held counts at its entry where the account says so, all else at the mid.
  private func marginAtMid(_ slot: Int, _ quantity: Int64) -> Int64? {
    let state = markets[slot]
    let (sum, held) = (Int128(state.pointee.quote.sum), state.pointee.book.quantity)
    let units = Int128(quantity.magnitude)
    guard settings.marginAtEntry, (held > 0) == (quantity > 0) else {
      return margin(doubled: units * sum, slot)
    }
    let kept = min(quantity.magnitude, held.magnitude)
    let signed = held > 0 ? Int64(clamping: kept) : -Int64(clamping: kept)
    return margin(doubled: 2 * state.pointee.book.cost(of: signed) + (units - Int128(kept)) * sum, slot)
  }

  private func margin(doubled stepUnits: Int128, _ slot: Int) -> Int64? {
    if stepUnits == 0 { return 0 }
    let state = markets[slot]
    let micro = Money.micro(stepUnits: stepUnits, on: state.pointee.instrument.grid)
    guard let own = markets.convert(micro, state.pointee.conversion) else { return nil }
    return state.pointee.terms.margin(doubled: own, leverage: settings.leverage)
  }

  /// The notional of units at a price in account currency; nil when it cannot be converted.
  func notional(_ slot: Int, _ quantity: Int64, at steps: Int64) -> Int64? {
    notional(doubled: 2 * Int128(quantity.magnitude) * Int128(steps), slot)
  }

  /// At the mid.
  func notionalAtMid(_ slot: Int, _ quantity: Int64) -> Int64? {
    notional(doubled: Int128(quantity.magnitude) * Int128(markets[slot].pointee.quote.sum), slot)
  }

  private func notional(doubled: Int128, _ slot: Int) -> Int64? {
    let state = markets[slot]
    let micro = Money.micro(stepUnits: doubled, on: state.pointee.instrument.grid)
    return markets.convert(micro, state.pointee.conversion).map(Money.half)
  }

  /// The commission of a fill in account currency; 0 where its currency cannot be converted.
  func commission(_ slot: Int, _ quantity: Int64, at steps: Int64) -> Int64 {
    let terms = markets[slot].pointee.terms
    if terms.commission == 0, terms.commissionMinimum == 0 { return 0 }
    let amount: Int64
    switch terms.commissionKind {
    case .perLot:
      let lot = Int128(markets[slot].pointee.instrument.lot)
      let own = Money.saturating(
        Money.divide(Int128(quantity.magnitude) * Int128(terms.commission), by: lot))
      let from = terms.commissionCurrency == 0 ? currency : terms.commissionCurrency
      amount = markets.convert(own, from: from, account: currency) ?? 0
    case .perMillion: amount = share(notional(slot, quantity, at: steps) ?? 0, terms.commission, 1_000_000_000_000)
    case .percent: amount = share(notional(slot, quantity, at: steps) ?? 0, terms.commission, 100_000_000)
    }
    return max(amount, terms.commissionMinimum)
  }

  private func share(_ amount: Int64, _ part: Int64, _ whole: Int64) -> Int64 {
    Money.saturating(Money.divide(Int128(amount) * Int128(part), by: Int128(whole)))
  }

  /// equity / margin; infinite without margin.
  package static func level(_ equity: Int64, _ used: Int64) -> Double {
    used == 0 ? .infinity : Double(equity) / Double(used)
  }
}
