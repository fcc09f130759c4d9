import StrategyIR

/// `strategy.exit`: one leg for each entry it is for, each with a share of that entry.
extension BarBroker {
  func placeExit(_ command: OrderCommand) {
    guard !(command.quantity <= 0) else { return }
    for index in lots.indices {
      let lot = lots[index]
      guard command.fromEntry == 0 || lot.id == command.fromEntry else { continue }
      setLeg(command, lot, startingAt: bar.close, isFill: false)
    }
    if command.fromEntry == 0, position != 0 {
      standingExits.removeAll { $0.id == command.id }
      standingExits.append(command)
    }
    for index in orders.indices where orders[index].opens && isTarget(orders[index], of: command) {
      var bound = command
      bound.fromEntry = orders[index].id
      awaitExit(bound)
    }
  }

  /// Without `from_entry` an exit holds for pending entries too, except for one that reverses the
  /// position.
  private func isTarget(_ order: PendingOrder, of command: OrderCommand) -> Bool {
    if command.fromEntry != 0 { return order.id == command.fromEntry }
    return position * order.direction >= 0
  }

  private func awaitExit(_ command: OrderCommand) {
    let place = awaitingExits.firstIndex {
      $0.id == command.id && $0.fromEntry == command.fromEntry
    }
    if let place {
      awaitingExits[place] = command
    } else {
      awaitingExits.append(command)
    }
  }

  /// Exits whose entry is pending no more.
  func dropLapsedExits() {
    guard !awaitingExits.isEmpty else { return }
    awaitingExits.removeAll { exit in
      !orders.contains { $0.opens && $0.id == exit.fromEntry }
    }
  }

  /// An entry has filled: the exits that waited for it get their legs.
  func bindExits(to lot: EntryLot) {
    for index in awaitingExits.indices where awaitingExits[index].fromEntry == lot.id {
      setLeg(awaitingExits[index], lot, startingAt: price, isFill: true)
    }
    for index in standingExits.indices where !isAwaited(standingExits[index].id, by: lot) {
      setLeg(standingExits[index], lot, startingAt: price, isFill: true)
    }
    awaitingExits.removeAll { $0.fromEntry == lot.id }
  }

  private func isAwaited(_ exit: TextRef, by lot: EntryLot) -> Bool {
    awaitingExits.contains { $0.fromEntry == lot.id && $0.id == exit }
  }

  /// Makes the leg of an exit for a lot, or gives it new prices (where all are na, none). A leg
  /// that has filled stays so.
  private func setLeg(
    _ command: OrderCommand, _ lot: EntryLot, startingAt start: Double, isFill: Bool
  ) {
    let place = legs.firstIndex { $0.lot == lot.serial && $0.command.id == command.id }
    if let place, legs[place].isConsumed { return }
    var leg = ExitLeg(
      command: command, lot: lot.serial, direction: lot.direction,
      reserved: share(command, lot, except: place))
    guard leg.reserved > 0 else { return }
    setLevels(&leg, lot)
    leg.sequence = nextSequence()
    let earlier = place.map { legs[$0] }
    if let earlier, leg.hasSameTrail(as: earlier) {
      leg.best = earlier.best
      if leg.hasSameLevels(as: earlier) { leg.sequence = earlier.sequence }
    } else if !leg.activation.isNaN {
      let gain = (start - leg.activation) * leg.direction
      if gain > 0 || (isFill && gain == 0) { leg.best = start }
    }
    if let place { legs[place] = leg } else { legs.append(leg) }
  }

  /// What an exit may close of a lot: what it asks for, but no part that another exit has.
  private func share(_ command: OrderCommand, _ lot: EntryLot, except place: Int?) -> Double {
    var free = lot.initial
    for index in legs.indices where index != place && legs[index].lot == lot.serial {
      free -= legs[index].reserved
    }
    free = quantities.snap(free)
    guard !command.quantity.isNaN || !command.quantityPercent.isNaN else { return free }
    let wanted =
      command.quantity.isNaN ? lot.initial * command.quantityPercent / 100 : command.quantity
    let part =
      command.quantity.isNaN
      ? quantities.part(lot.initial, percent: command.quantityPercent)
      : quantities.floor(command.quantity)
    if free > 0 { noteCut(command.id, wanted: wanted, left: part, direction: -lot.direction) }
    return min(part, free)
  }

  /// Prices from the call's prices and its distances from the entry; of two, the one reached first.
  private func setLevels(_ leg: inout ExitLeg, _ lot: EntryLot) {
    let command = leg.command
    let isLong = lot.direction > 0
    let tick = prices.tick * lot.direction
    leg.limit = sooner(
      prices.reaching(command.limit, rising: isLong),
      prices.reaching(lot.price + command.profit * tick, rising: isLong), rising: isLong)
    leg.stop = sooner(
      prices.reaching(command.stop, rising: !isLong),
      prices.reaching(lot.price - command.loss * tick, rising: !isLong), rising: !isLong)
    leg.activation = sooner(
      prices.reaching(command.trailPrice, rising: !isLong),
      prices.reaching(lot.price + command.trailPoints * tick, rising: isLong), rising: isLong)
    let offset = command.trailOffset
    leg.offset = offset > 0 ? offset.rounded(.towardZero) * prices.tick : 0
  }

  /// The one of two levels that a rising (falling) price meets first; nan is none.
  private func sooner(_ a: Double, _ b: Double, rising: Bool) -> Double {
    if a.isNaN { return b }
    if b.isNaN { return a }
    return rising ? min(a, b) : max(a, b)
  }
}
